/**
 * A signature that an app on a phone made over our challenge: raw, or as CMS SignedData with one signer [RFC 5652 §5]. Answers one
 * question: did the key of this certificate sign exactly these octets? Certificates inside the message are not believed or even read.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { BrygganError, fail } from '../core/errors.ts';
import { parseCertificate, type Certificate } from './certificate.ts';
import { childrenOf, context, expectTag, oidOf, onlyDer, serialHex, smallInteger, tags, type Der } from './der.ts';
import { readName } from './names.ts';
import { readSignatureScheme, signatureHolds, type SignatureScheme } from './signature.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const DATA = '1.2.840.113549.1.7.1';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const MAX_BYTES = 200_000;
const digests: Readonly<Record<string, 'sha256' | 'sha384' | 'sha512'>> = { '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512' };

const malformed = (why: string): never => fail('pki.der', why);
const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

interface Signer { readonly certificate: Certificate; /** Forms of the challenge that an app may have signed. */ readonly contents: readonly Buffer[] }
/** [0] EXPLICIT around exactly one element. */
const inside = (element: Der | undefined, what: string): Der => onlyDer(expectTag(element, context(0), what).content);

/** The one value of a signed attribute that must stand exactly once [RFC 5652 §11.1, §11.2]. */
const attributeIn = (attributes: readonly Der[], oid: string): Der => {
  const found = attributes.filter((one) => oidOf(childrenOf(expectTag(one, tags.sequence, 'attribute'))[0]) === oid);
  const [, values, more] = found.length === 1 && found[0] !== undefined ? childrenOf(found[0]) : malformed(`signed attribute ${oid} missing or repeated`);
  const [value, second] = childrenOf(expectTag(values, tags.set, 'attribute values'));
  return value === undefined || second !== undefined || more !== undefined ? malformed(`signed attribute ${oid} without exactly one value`) : value;
};
const digestIn = (identifier: Der | undefined): 'sha256' | 'sha384' | 'sha512' =>
  digests[oidOf(childrenOf(expectTag(identifier, tags.sequence, 'digest algorithm'))[0])] ?? malformed('a digest algorithm that is not accepted');
/** Where the algorithm names no hash the message's own counts; where it names one the two agree [RFC 5754 §3]. */
const schemeOf = (algorithm: Der, hash: 'sha256' | 'sha384' | 'sha512'): SignatureScheme => {
  if (oidOf(childrenOf(algorithm)[0]) === RSA_ENCRYPTION) return { keyType: 'rsa', hash, pss: false };
  const scheme = readSignatureScheme(algorithm);
  return scheme.hash === hash || scheme.hash === null ? scheme : malformed('signature and digest with different hashes');
};
/** By issuer and serial number, or by subject key identifier [RFC 5652 §5.3]. */
const names = (identifier: Der, { issuerDn, serial, subjectKeyId }: Certificate): boolean => {
  if (identifier.tag === context(0, false)) return subjectKeyId !== null && identifier.content.toString('hex') === subjectKeyId;
  const [issuer, number, more] = childrenOf(expectTag(identifier, tags.sequence, 'signer identifier'));
  return more === undefined && readName(expectTag(issuer, tags.sequence, 'issuer')).key === issuerDn.key && serialHex(expectTag(number, tags.integer, 'serial number').content) === serial;
};

/** What the signature covers: the content, or the attributes that carry its digest under the tag of a SET [RFC 5652 §5.4]. */
const coveredBy = (attributes: Der | null, contentType: string, hash: string, contents: readonly Buffer[]): readonly Buffer[] => {
  if (attributes === null) return contentType === DATA ? contents : malformed('no signed attributes over content of another type');
  const list = childrenOf(attributes, 64);
  if (oidOf(attributeIn(list, CONTENT_TYPE)) !== contentType) return malformed('signed attributes for another type of content');
  const digest = expectTag(attributeIn(list, MESSAGE_DIGEST), tags.octetString, 'message digest').content;
  if (!contents.some((content) => same(createHash(hash).update(content).digest(), digest))) return malformed('the digest is that of another content');
  return [Buffer.concat([Buffer.of(tags.set), attributes.raw.subarray(1)])];
};
const signerInfoHolds = (info: Der, contentType: string, { certificate, contents }: Signer): boolean => {
  const [version, identifier, digest, ...rest] = childrenOf(expectTag(info, tags.sequence, 'signer'));
  if (![1, 3].includes(smallInteger(expectTag(version, tags.integer, 'version'))) || identifier === undefined) return malformed('signer of an unknown version');
  if (!names(identifier, certificate)) return malformed('signed with another certificate than the one that was returned');
  const hash = digestIn(digest);
  const attributes = rest[0]?.tag === context(0) ? (rest.shift() ?? null) : null;
  const [algorithm, signature, unsigned, more] = rest;
  if (more !== undefined || (unsigned !== undefined && unsigned.tag !== context(1))) return malformed('a signer with too many parts');
  const scheme = schemeOf(expectTag(algorithm, tags.sequence, 'signature algorithm'), hash);
  const value = expectTag(signature, tags.octetString, 'signature').content;
  return coveredBy(attributes, contentType, hash, contents).some((covered) => signatureHolds(scheme, covered, value, certificate.publicKey));
};
const signedDataHolds = (message: Der, signer: Signer): boolean => {
  const [, , encapsulated, ...rest] = childrenOf(expectTag(message, tags.sequence, 'SignedData'));
  const [type, carried, more] = childrenOf(expectTag(encapsulated, tags.sequence, 'content'));
  const contentType = oidOf(type);
  if (more !== undefined) return malformed('content with too many parts');
  const content = carried === undefined ? null : expectTag(inside(carried, 'content'), tags.octetString, 'content').content;
  if (content !== null && !signer.contents.some((one) => same(one, content))) return malformed('another content than our challenge');
  const [info, second] = childrenOf(expectTag(rest.at(-1), tags.set, 'signers'));
  return info === undefined || second !== undefined ? malformed('not exactly one signer') : signerInfoHolds(info, contentType, { ...signer, contents: content === null ? signer.contents : [content] });
};

/** The message when it is CMS, else null: then the octets are the signature itself. */
const asSignedData = (bytes: Buffer): Der | null => {
  if (bytes[0] !== tags.sequence) return null;
  const [type, content] = childrenOf(onlyDer(bytes));
  return type?.tag === tags.oid ? (oidOf(type) === SIGNED_DATA ? inside(content, 'SignedData') : malformed('a message that is not SignedData')) : null;
};
const rawHolds = (value: Buffer, { certificate: { publicKey }, contents }: Signer): boolean => {
  const keyType = publicKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa';
  return (['sha256', 'sha512'] as const).some((hash) => contents.some((content) => signatureHolds({ keyType, hash, pss: false }, content, value, publicKey)));
};

/**
 * `signature`: base64 as the service returned it; `challenge`: base64 as it was sent; `der`: the certificate, validated before. An app
 * may sign the text that was sent or the octets it stands for. Errors: `mobile.credential`.
 */
export const checkPhoneSignature = (signature: string | null, challenge: string, der: Uint8Array): void => {
  const refuse = (why: string, cause?: unknown): never => fail('mobile.credential', `signature: ${why}`, {}, cause);
  const text = signature?.replace(/\s+/g, '') ?? refuse('missing');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length > MAX_BYTES) refuse('not base64');
  const value = Buffer.from(text, 'base64');
  const signer: Signer = { certificate: parseCertificate(der), contents: [Buffer.from(challenge, 'base64'), Buffer.from(challenge, 'ascii')] };
  try {
    const message = asSignedData(value);
    if (!(message === null ? rawHolds(value, signer) : signedDataHolds(message, signer))) refuse('does not hold for this certificate and our challenge');
  } catch (error) {
    if (error instanceof BrygganError && error.code === 'pki.der') refuse(error.detail, error);
    throw error;
  }
};
