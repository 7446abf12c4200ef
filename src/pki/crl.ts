/** Revocation lists [RFC 5280 §5]: our own walk over the DER into a set of serials, signature by node:crypto. */
import { constants, verify, type KeyObject } from 'node:crypto';
import { fail } from '../core/errors.ts';
import type { Instant } from '../core/ports.ts';
import type { Certificate } from './certificate.ts';
import { bitString, childrenOf, context, expectTag, oidOf, onlyDer, readDer, serialHex, tags, timeOf, type Der } from './der.ts';

export interface RevocationList {
  readonly issuerDer: Buffer;
  readonly number: bigint;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  readonly entries: number;
  /** `serial` as in Certificate.serial. */
  revoked(serial: string): boolean;
}
/** Signature algorithm OID → how node:crypto verifies it. SHA-1 is not here. */
const algorithms: Readonly<Record<string, { readonly hash: string; readonly type: 'rsa' | 'ec' }>> = {
  '1.2.840.113549.1.1.11': { hash: 'sha256', type: 'rsa' }, '1.2.840.113549.1.1.12': { hash: 'sha384', type: 'rsa' }, '1.2.840.113549.1.1.13': { hash: 'sha512', type: 'rsa' },
  '1.2.840.10045.4.3.2': { hash: 'sha256', type: 'ec' }, '1.2.840.10045.4.3.3': { hash: 'sha384', type: 'ec' }, '1.2.840.10045.4.3.4': { hash: 'sha512', type: 'ec' },
};
export const verifySignature = (algorithm: Der, key: KeyObject, data: Buffer, signature: Buffer): boolean => {
  const row = algorithms[oidOf(expectTag(childrenOf(algorithm)[0], tags.oid, 'signature algorithm'))];
  if (row === undefined || key.asymmetricKeyType !== row.type) return false;
  return verify(row.hash, data, row.type === 'rsa' ? { key, padding: constants.RSA_PKCS1_PADDING } : key, signature);
};

const CRL_NUMBER = '2.5.29.20';
const understood: ReadonlySet<string> = new Set([CRL_NUMBER, '2.5.29.35']);
const numberIn = (wrapper: Der | undefined): bigint => {
  let number: bigint | undefined;
  for (const entry of wrapper === undefined ? [] : childrenOf(onlyDer(wrapper.content))) {
    const parts = childrenOf(entry);
    const oid = oidOf(expectTag(parts[0], tags.oid, 'extension'));
    const critical = parts.length === 3 && parts[1]?.content[0] === 0xff;
    // A delta list or an indirect one says so in a critical extension [RFC 5280 §5.2.4, §5.2.5].
    if (critical && !understood.has(oid)) fail('pki.crl', 'a critical extension of the list is not understood', { oid });
    if (oid === CRL_NUMBER) number = BigInt(`0x0${onlyDer(expectTag(parts.at(-1), tags.octetString, 'CRL number').content).content.toString('hex')}`);
  }
  return number ?? fail('pki.crl', 'the list has no number'); // [RFC 5280 §5.2.3]
};

const serialsIn = (list: Der): ReadonlySet<string> => {
  const serials = new Set<string>();
  const { content } = list;
  for (let offset = 0; offset < content.length;) {
    const entry = readDer(content, offset);
    serials.add(serialHex(readDer(entry.content)));
    // [RFC 5280 §5.3] a critical entry extension, such as certificateIssuer of an indirect list, is not understood.
    const extensions = childrenOf(entry)[2];
    if (extensions !== undefined && childrenOf(extensions).some((one) => childrenOf(one)[1]?.content[0] === 0xff && childrenOf(one).length === 3)) fail('pki.crl', 'a critical extension of an entry is not understood');
    offset += entry.raw.length;
  }
  return serials;
};

/** A list by exactly this authority. Errors: `pki.crl`, `pki.der`. Freshness is for the caller. */
export const readRevocationList = (der: Uint8Array, authority: Certificate): RevocationList => {
  const [tbs, outer, signature] = childrenOf(expectTag(onlyDer(der), tags.sequence, 'CertificateList'));
  if (tbs === undefined || outer === undefined || signature === undefined) return fail('pki.crl', 'not a revocation list');
  if (authority.keyUsage?.has('cRLSign') === false) return fail('pki.crl', 'the authority may not sign lists'); // [RFC 5280 §6.3.3 (f)]
  if (!verifySignature(outer, authority.publicKey, tbs.raw, bitString(signature).bytes)) return fail('pki.crl', "the list is not signed with the authority's key"); // [RFC 5280 §6.3.3 (g)]
  const parts = [...childrenOf(tbs)];
  if (parts[0]?.tag === tags.integer) parts.shift();
  const [algorithm, issuer, thisUpdate, nextUpdate, ...rest] = parts;
  if (algorithm === undefined || issuer === undefined || thisUpdate === undefined || !algorithm.raw.equals(outer.raw)) return fail('pki.crl', 'a list with parts missing');
  if (!issuer.raw.equals(authority.subjectDer)) return fail('pki.crl', 'the list is by another issuer'); // [RFC 5280 §6.3.3 (b)]
  if (nextUpdate === undefined || (nextUpdate.tag !== tags.utcTime && nextUpdate.tag !== tags.generalizedTime)) return fail('pki.crl', 'the list has no nextUpdate'); // [RFC 5280 §5.1.2.5]
  const entries = rest.find(({ tag }) => tag === tags.sequence);
  const serials = entries === undefined ? new Set<string>() : serialsIn(entries);
  return { issuerDer: issuer.raw, number: numberIn(rest.find(({ tag }) => tag === context(0))), thisUpdate: timeOf(thisUpdate), nextUpdate: timeOf(nextUpdate), entries: serials.size, revoked: (serial) => serials.has(serial) };
};
