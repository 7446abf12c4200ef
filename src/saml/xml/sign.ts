/** Signs a node by splicing a Signature into it [SAMLCore §5.4]: build, hash, sign. Nothing is parsed. */
import { createHash } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import { digestUri, type Signer } from './algorithms.ts';
import { element, writeXml, type XmlNode } from './writer.ts';

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const SHA256 = digestUri('sha256');

const signedInfoNode = (id: string, digest: string, algorithm: string): XmlNode =>
  element('ds:SignedInfo', {}, [
    element('ds:CanonicalizationMethod', { Algorithm: EXCLUSIVE }, []),
    element('ds:SignatureMethod', { Algorithm: algorithm }, []),
    element('ds:Reference', { URI: `#${id}` }, [
      element('ds:Transforms', {}, [element('ds:Transform', { Algorithm: ENVELOPED }, []), element('ds:Transform', { Algorithm: EXCLUSIVE }, [])]),
      element('ds:DigestMethod', { Algorithm: SHA256 }, []),
      element('ds:DigestValue', {}, [digest]),
    ]),
  ]);

/** The node with its signature behind Issuer where it has one, else first, as the schemas order it. */
export const signNode = async (node: XmlNode, signer: Signer): Promise<XmlNode> => {
  const id = node.attributes.find(({ name }) => name === 'ID')?.value ?? fail('xml.write', 'only an element with an ID can be signed');
  const digest = createHash('sha256').update(writeXml(node)).digest('base64');
  const signedInfo = signedInfoNode(id, digest, signer.algorithm);
  const value = await signer.sign(Buffer.from(writeXml(signedInfo)));
  const signature = element('ds:Signature', {}, [
    signedInfo,
    element('ds:SignatureValue', {}, [value.toString('base64')]),
    element('ds:KeyInfo', {}, [element('ds:X509Data', {}, [element('ds:X509Certificate', {}, [signer.certificate])])]),
  ]);
  const [first, ...rest] = node.children;
  const afterIssuer = typeof first === 'object' && first.localName === 'Issuer';
  return { ...node, children: afterIssuer ? [first, signature, ...rest] : [signature, ...node.children] };
};
export const writeSigned = async (node: XmlNode, signer: Signer): Promise<string> => writeXml(await signNode(node, signer));
