/** Signs a node by splicing a Signature into it [SAMLCore §5.4]: build, hash, sign. Nothing is parsed. */
import { createHash } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import { digestUri, type Signer } from './algorithms.ts';
import { writeXml, type XmlNode } from './writer.ts';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const ENVELOPED = `${DS}enveloped-signature`;
const SHA256 = digestUri('sha256');

/** SignedInfo as it is hashed: a constant with three holes. Inside Signature it is written without its own declaration of `ds`. */
const signedInfo = (id: string, digest: string, algorithm: string, declared: boolean): string =>
  `<ds:SignedInfo${declared ? ` xmlns:ds="${DS}"` : ''}><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${algorithm}"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${ENVELOPED}"></ds:Transform><ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;

/** Where the schemas want the signature: behind Issuer where there is one, else first [SAMLCore §5.4]. */
const placeOf = (node: XmlNode, written: string): number => {
  const [first] = node.children;
  const name = typeof first === 'object' && first.localName === 'Issuer' ? `</${first.prefix}:Issuer>` : null;
  return name === null ? written.indexOf('>') + 1 : written.indexOf(name) + name.length;
};

/** The node with its signature in place. The node is written once; the signature is spliced into that text. */
export const signNode = async (node: XmlNode, signer: Signer): Promise<XmlNode> => {
  const id = node.attributes.find(({ name }) => name === 'ID')?.value ?? fail('xml.write', 'only an element with an ID can be signed');
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id)) return fail('xml.write', 'an ID of ours is letters, digits, dots, hyphens and underscores');
  const written = writeXml(node);
  const digest = createHash('sha256').update(written).digest('base64');
  const value = await signer.sign(Buffer.from(signedInfo(id, digest, signer.algorithm, true)));
  const signature = `<ds:Signature xmlns:ds="${DS}">${signedInfo(id, digest, signer.algorithm, false)}<ds:SignatureValue>${value.toString('base64')}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${signer.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
  const place = placeOf(node, written);
  return { ...node, children: [], written: written.slice(0, place) + signature + written.slice(place) };
};
export const writeSigned = async (node: XmlNode, signer: Signer): Promise<string> => writeXml(await signNode(node, signer));
