/** OCSP requests: one certificate, SHA-1 CertID (what every responder understands; it names, it does not prove), a nonce [RFC 6960 §4.1, RFC 9654]. */
import { createHash } from 'node:crypto';
import type { Certificate } from '../certificate.ts';
import { childrenOf, expectTag, onlyDer, serialContent, tags, wholeOctets } from '../der.ts';

/** Which certificate is asked about: its issuer and serial number as in Certificate.serial. */
export interface OcspQuestion { readonly issuer: Certificate; readonly serial: string; /** 32 random octets; null = none sent. */ readonly nonce: Buffer | null }

const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? Buffer.of(size) : size < 0x100 ? Buffer.of(0x81, size) : Buffer.of(0x82, size >> 8, size & 0xff);
  return Buffer.concat([Buffer.of(tag), length, content]);
};
const sha1Algorithm = Buffer.from('300906052b0e03021a0500', 'hex');
const nonceOid = Buffer.from('06092b0601050507300102', 'hex');

/** The octets of subjectPublicKey, of which CertID and KeyHash take the hash [RFC 6960 §4.1.1]. */
export const keyOctets = (certificate: Certificate): Buffer => wholeOctets(childrenOf(expectTag(onlyDer(certificate.spki), tags.sequence, 'public key'))[1], 'public key');
export const issuerHashes = (issuer: Certificate, hash: 'sha1' | 'sha256'): { readonly name: Buffer; readonly key: Buffer } => ({
  name: createHash(hash).update(issuer.subjectDn.der).digest(),
  key: createHash(hash).update(keyOctets(issuer)).digest(),
});
/** DER of the OCSPRequest. */
export const writeOcspRequest = ({ issuer, serial, nonce }: OcspQuestion): Buffer => {
  const { name, key } = issuerHashes(issuer, 'sha1');
  const certId = element(tags.sequence, sha1Algorithm, element(tags.octetString, name), element(tags.octetString, key), element(tags.integer, serialContent(serial)));
  const list = element(tags.sequence, element(tags.sequence, certId));
  const extensions = nonce === null ? [] : [element(0xa2, element(tags.sequence, element(tags.sequence, nonceOid, element(tags.octetString, element(tags.octetString, nonce)))))];
  return element(tags.sequence, element(tags.sequence, list, ...extensions));
};
