/** Signs a node by splicing a Signature into it [SAMLCore §5.4]: build, hash, sign. Nothing is parsed. */
import { createHash } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import { digestUri } from './algorithms.ts';
import type { Signer } from './signer.ts';
import { EXCLUSIVE_C14N as EXCLUSIVE, DS } from './names.ts';
import { writeNode, writeXml, type Written, type XmlNode } from './writer.ts';

const ENVELOPED = `${DS}enveloped-signature`;
const SHA256 = digestUri('sha256');

const prefixList = (listed: ReadonlySet<string>): string => (listed.size === 0 ? '' : `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="${[...listed].toSorted().join(' ')}"></ec:InclusiveNamespaces>`); // [ExcC14N §4]
interface Reference { readonly id: string; readonly digest: string; readonly algorithm: string; readonly prefixes: string }
/** SignedInfo as it is hashed: a constant with four holes. Inside Signature it is written without its own declaration of `ds`. */
const signedInfo = ({ id, digest, algorithm, prefixes }: Reference, declared: boolean): string =>
  `<ds:SignedInfo${declared ? ` xmlns:ds="${DS}"` : ''}><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${algorithm}"></ds:SignatureMethod><ds:Reference URI="#${id}"><ds:Transforms><ds:Transform Algorithm="${ENVELOPED}"></ds:Transform><ds:Transform Algorithm="${EXCLUSIVE}">${prefixes}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;

/** Where the schemas want the signature: behind Issuer where there is one, else first [SAMLCore §5.4, SAMLMeta §3]. */
const placeOf = ({ children }: XmlNode, { text, tagEnd }: Written): number => {
  const [first] = children;
  if (typeof first !== 'object' || first.localName !== 'Issuer') return tagEnd;
  const end = `</${first.prefix}:Issuer>`;
  return text.indexOf(end) + end.length;
};

/** The node with its signature in place. The node is written once; the signature is spliced into that text. Errors: `xml.write`. */
export const signNode = async (node: XmlNode, signer: Signer): Promise<XmlNode> => {
  const id = node.attributes.find(({ name }) => name === 'ID')?.value ?? fail('xml.write', 'only an element with an ID can be signed');
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id)) return fail('xml.write', 'an ID of ours is letters, digits, dots, hyphens and underscores');
  if (node.written !== undefined) return fail('xml.write', 'the node is signed already');
  const written = writeNode(node);
  const { text } = written;
  const reference: Reference = { id, digest: createHash('sha256').update(text).digest('base64'), algorithm: signer.algorithm, prefixes: prefixList(written.listed) };
  const value = await signer.sign(Buffer.from(signedInfo(reference, true)));
  const signature = `<ds:Signature xmlns:ds="${DS}">${signedInfo(reference, false)}<ds:SignatureValue>${value.toString('base64')}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${signer.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
  const place = placeOf(node, written);
  return { ...node, children: [], written: { ...written, text: text.slice(0, place) + signature + text.slice(place), prefixes: new Set([...written.prefixes, 'ds']) } };
};
/** Errors: `xml.write`. */
export const writeSigned = async (node: XmlNode, signer: Signer): Promise<string> => writeXml(await signNode(node, signer));
