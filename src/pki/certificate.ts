/**
 * One certificate, read once: structure by der.ts, the second opinion of node:crypto's X509Certificate on the same bytes, keys and
 * signatures by node:crypto. Reads; what a certificate is good for is decided in path/.
 */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { BrygganError, fail } from '../core/errors.ts';
import type { Instant } from '../core/ports.ts';
import { childrenOf, context, expectTag, onlyDer, reading, serialHex, smallInteger, tags, timeOf, wholeOctets, type Der } from './der.ts';
import { readExtensions, readExtensionValues, type ExtensionMap, type ExtensionValues } from './extensions.ts';
import { readName, type DistinguishedName, type NameAttribute } from './names.ts';
import { readPublicKey, readSignatureScheme, signatureHolds, type SignatureScheme } from './signature.ts';

export interface Certificate extends ExtensionValues {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  /** SHA-256 of the DER in hexadecimal. */
  readonly fingerprint: string;
  /** Lower-case hexadecimal without leading zero octets. */
  readonly serial: string;
  /** RFC 4514 text: last RDN first. */
  readonly issuerName: string;
  readonly subjectName: string;
  readonly issuerDn: DistinguishedName;
  readonly subjectDn: DistinguishedName;
  /** Attributes of the subject in DER order. */
  readonly subject: readonly NameAttribute[];
  readonly notBefore: Instant;
  /** Last instant of validity. */
  readonly notAfter: Instant;
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo, DER: with the subject's name it identifies an authority. */
  readonly spki: Buffer;
  /** X.509 version: 1, 2 or 3. */
  readonly version: number;
  readonly extensions: ExtensionMap;
  readonly selfIssued: boolean;
  readonly signature: { readonly scheme: SignatureScheme; readonly signed: Buffer; readonly value: Buffer };
}
const MAX_BYTES = 65_536;

interface Parts {
  readonly version: number; readonly serial: Der; readonly algorithm: Der; readonly issuer: Der; readonly validity: Der; readonly subject: Der; readonly spki: Der; readonly extensions: Der | null;
}
/** TBSCertificate [RFC 5280 §4.1.2]. */
const readParts = (tbs: Der): Parts => {
  const parts = [...childrenOf(expectTag(tbs, tags.sequence, 'TBSCertificate'))];
  const version = parts[0]?.tag === context(0) ? smallInteger(expectTag(onlyDer((parts.shift() ?? tbs).content), tags.integer, 'version')) : 0;
  const [serial, algorithm, issuer, validity, subject, spki, ...rest] = parts;
  const extensions = rest.at(-1)?.tag === context(3) ? (rest.pop() ?? null) : null;
  const uniqueIds = rest.every(({ tag }) => tag === context(1, false) || tag === context(2, false)) && rest.length <= 2;
  if (!uniqueIds || version > 2 || (extensions !== null && version !== 2) || (rest.length > 0 && version === 0)) return fail('pki.der', 'parts that do not fit the version of the certificate'); // [RFC 5280 §4.1.2.1]
  return {
    version: version + 1,
    serial: expectTag(serial, tags.integer, 'serial number'), algorithm: expectTag(algorithm, tags.sequence, 'signature algorithm'),
    issuer: expectTag(issuer, tags.sequence, 'issuer'), validity: expectTag(validity, tags.sequence, 'validity'),
    subject: expectTag(subject, tags.sequence, 'subject'), spki: expectTag(spki, tags.sequence, 'public key'), extensions,
  };
};
const noExtensions: ExtensionMap = new Map();

const readCertificate = (der: Buffer): Certificate => {
  const [tbs, outer, signature, more] = childrenOf(expectTag(onlyDer(der), tags.sequence, 'certificate'));
  if (tbs === undefined || outer === undefined || more !== undefined) return fail('pki.der', 'a certificate with parts missing or too many');
  const parts = readParts(tbs);
  if (!parts.algorithm.raw.equals(outer.raw)) return fail('pki.der', 'two signature algorithms'); // [RFC 5280 §4.1.1.2]
  const [notBefore, notAfter, third] = childrenOf(parts.validity);
  if (notBefore === undefined || notAfter === undefined || third !== undefined) return fail('pki.der', 'a validity without two ends');
  const extensions = parts.extensions === null ? noExtensions : readExtensions(onlyDer(parts.extensions.content), 'certificate');
  const issuerDn = readName(parts.issuer);
  const subjectDn = readName(parts.subject);
  return {
    der, x509: reading('certificate', () => new X509Certificate(der)), fingerprint: createHash('sha256').update(der).digest('hex'),
    serial: serialHex(parts.serial.content),
    issuerName: issuerDn.text, subjectName: subjectDn.text, issuerDn, subjectDn, subject: subjectDn.attributes, selfIssued: issuerDn.key === subjectDn.key,
    notBefore: timeOf(notBefore), notAfter: timeOf(notAfter),
    publicKey: readPublicKey(parts.spki), spki: parts.spki.raw, version: parts.version,
    extensions, ...readExtensionValues(extensions),
    signature: { scheme: readSignatureScheme(outer), signed: tbs.raw, value: wholeOctets(signature, 'signature') },
  };
};

/** Certificates are immutable once read, so one verdict about two of them stays true. */
const verdicts = new WeakMap<Certificate, WeakMap<object, boolean>>();
/** Whether `signer`'s key made the certificate's signature; says nothing else about either. */
export const isSignedBy = (certificate: Certificate, signer: Pick<Certificate, 'publicKey'>): boolean => {
  const known = verdicts.get(certificate) ?? new WeakMap<object, boolean>();
  verdicts.set(certificate, known);
  const holds = known.get(signer) ?? signatureHolds(certificate.signature.scheme, certificate.signature.signed, certificate.signature.value, signer.publicKey);
  known.set(signer, holds);
  return holds;
};
/** What was found about the two before; undefined: nobody has looked yet. */
export const knownVerdict = (certificate: Certificate, signer: Certificate): boolean | undefined => verdicts.get(certificate)?.get(signer);
/** Same name and same key: the same authority, whatever certificate says so (threats H07). */
export const isSameAuthority = (a: Certificate, b: Certificate): boolean => a.spki.equals(b.spki) && a.subjectDn.key === b.subjectDn.key;

/** DER → certificate; at most 64 kB, strict DER, accepted signature algorithm. Errors: `card.unreadable`. */
export const parseCertificate = (der: Uint8Array): Certificate => {
  if (der.byteLength > MAX_BYTES) return fail('card.unreadable', `a certificate of more than ${MAX_BYTES} bytes`); // threats H12
  try {
    return readCertificate(Buffer.from(der));
  } catch (error) {
    if (!(error instanceof BrygganError) || error.code !== 'pki.der') throw error;
    return fail('card.unreadable', `not a certificate that can be read: ${error.detail}`, {}, error);
  }
};
/** The one value of a subject attribute; null when it is absent or repeated: a repeated one decides nothing (threats H08). */
export const subjectValue = (certificate: Certificate, oid: string): string | null => {
  const found = certificate.subject.filter((attribute) => attribute.oid === oid);
  return found.length === 1 ? (found[0]?.value ?? null) : null;
};
/** Every certificate of a PEM text in its order, or the one of a DER file. Errors: `card.unreadable`. */
export const certificatesIn = (file: Uint8Array): readonly Buffer[] => {
  if (file[0] === tags.sequence) return [Buffer.from(file)];
  const text = Buffer.from(file).toString('latin1');
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)].map(([, body = '']) => Buffer.from(body, 'base64'));
};
