/**
 * One revocation list [RFC 5280 §5]: frame first, then the signature, and only then the entries, so that a stranger's list costs little.
 * Indirect lists are refused; deltas are read and say so. Freshness and what a list covers are for the caller.
 */
import { BrygganError, fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import type { Certificate } from '../certificate.ts';
import { booleanOf, childrenOf, context, expectTag, largeInteger, onlyDer, serialContent, setBits, smallInteger, tags, timeOf, wholeOctets, type Der } from '../der.ts';
import { pointKeys, readDistributionPoints, readExtensions, readPointName, type ExtensionMap } from '../extensions.ts';
import { readName, webAddresses, type DistinguishedName } from '../names.ts';
import { oids } from '../oids.ts';
import { readSignatureScheme, signatureHolds } from '../signature.ts';
import { buildIndex, findEntry, type ListIndex, type RevokedEntry } from './list-index.ts';

/** What the list speaks about [RFC 5280 §5.2.5]. */
export interface ListScope {
  /** Keys of the distribution point; null = not limited to one. */
  readonly points: readonly string[] | null;
  readonly only: 'all' | 'users' | 'authorities' | 'attributes';
  /** Bits of ReasonFlags; null = all. */
  readonly reasons: ReadonlySet<number> | null;
}
export interface RevocationList {
  readonly issuer: DistinguishedName;
  readonly number: bigint;
  /** Number of the complete list that this one adds to; null = it is complete. */
  readonly baseNumber: bigint | null;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  readonly scope: ListScope;
  /** Where deltas of this list are offered. */
  readonly deltaUrls: readonly string[];
  readonly entries: number;
  /** `serial` as in Certificate.serial. */
  find(serial: string): RevokedEntry | null;
  revoked(serial: string): boolean;
}

const understood: ReadonlySet<string> = new Set([oids.crlNumber, oids.authorityKeyId, oids.deltaListIndicator, oids.issuingDistributionPoint, oids.freshestList]);
const everything: ListScope = { points: null, only: 'all', reasons: null };

const readScope = (value: Buffer, issuer: DistinguishedName): ListScope => {
  const parts = childrenOf(expectTag(onlyDer(value), tags.sequence, 'issuingDistributionPoint'));
  const find = (tag: number, constructed: boolean): Der | undefined => parts.find((part) => part.tag === context(tag, constructed));
  const isSet = (tag: number): boolean => {
    const part = find(tag, false);
    return part !== undefined && booleanOf({ ...part, tag: tags.boolean });
  };
  if (isSet(4)) return fail('pki.crl', 'indirect lists are not used'); // [RFC 5280 §5.2.5]
  const [point, reasons] = [find(0, true), find(3, false)];
  const only = ([['users', 1], ['authorities', 2], ['attributes', 5]] as const).filter(([, tag]) => isSet(tag)).map(([name]) => name);
  if (only.length > 1) return fail('pki.crl', 'a list whose scope contradicts itself'); // [RFC 5280 §5.2.5]
  return { points: point === undefined ? null : pointKeys(readPointName(point), issuer), only: only[0] ?? 'all', reasons: reasons === undefined ? null : setBits(reasons.content) };
};

interface Frame extends Omit<RevocationList, 'find' | 'revoked' | 'entries'> {
  readonly entriesContent: Buffer;
  readonly signed: Buffer;
  readonly algorithm: Der;
  readonly signature: Buffer;
}
const readListExtensions = (extensions: ExtensionMap, issuer: DistinguishedName): Pick<Frame, 'number' | 'baseNumber' | 'scope' | 'deltaUrls'> => {
  const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !understood.has(oid));
  if (unknown !== undefined) return fail('pki.crl', 'a critical extension of the list is not understood', { oid: unknown.oid }); // [RFC 5280 §5.2]
  const numberIn = (oid: string): bigint | null => {
    const extension = extensions.get(oid);
    return extension === undefined ? null : largeInteger(expectTag(onlyDer(extension.value), tags.integer, 'number of a list'));
  };
  const [scope, freshest] = [extensions.get(oids.issuingDistributionPoint), extensions.get(oids.freshestList)];
  return {
    number: numberIn(oids.crlNumber) ?? fail('pki.crl', 'the list has no number'), // [RFC 5280 §5.2.3]
    baseNumber: numberIn(oids.deltaListIndicator),
    scope: scope === undefined ? everything : readScope(scope.value, issuer),
    deltaUrls: freshest === undefined ? [] : readDistributionPoints(freshest.value).flatMap(({ names }) => webAddresses(names)),
  };
};
const isTime = (element: Der | undefined): boolean => element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;
/** CertificateList without its entries [RFC 5280 §5.1]. */
const readFrame = (der: Buffer): Frame => {
  const [tbs, outer, signature, more] = childrenOf(expectTag(onlyDer(der), tags.sequence, 'CertificateList'));
  if (tbs === undefined || outer === undefined || more !== undefined) return fail('pki.crl', 'not a revocation list');
  const parts = [...childrenOf(expectTag(tbs, tags.sequence, 'TBSCertList'), 16)];
  const [version, algorithm, name, thisUpdate, nextUpdate, ...rest] = parts;
  if (version?.tag !== tags.integer || smallInteger(version) !== 1) return fail('pki.crl', 'not a list of version 2'); // [RFC 5280 §5.1.2.1]
  if (algorithm === undefined || !algorithm.raw.equals(outer.raw)) return fail('pki.crl', 'two signature algorithms'); // [RFC 5280 §5.1.1.2]
  if (name === undefined || thisUpdate === undefined || !isTime(thisUpdate)) return fail('pki.crl', 'a list without issuer or date');
  if (nextUpdate === undefined || !isTime(nextUpdate)) return fail('pki.crl', 'the list has no nextUpdate'); // [RFC 5280 §5.1.2.5]
  const revoked = rest[0]?.tag === tags.sequence ? rest.shift() : undefined;
  const extensions = rest.shift();
  if (extensions?.tag !== context(0) || rest.length > 0) return fail('pki.crl', 'a list without extensions, or with unknown parts');
  const issuer = readName(expectTag(name, tags.sequence, 'issuer'));
  return {
    issuer, thisUpdate: timeOf(thisUpdate), nextUpdate: timeOf(nextUpdate), ...readListExtensions(readExtensions(onlyDer(extensions.content), 'revocation list'), issuer),
    entriesContent: revoked?.content ?? Buffer.alloc(0), signed: tbs.raw, algorithm: outer, signature: wholeOctets(signature, 'signature'),
  };
};
const checkSigner = (frame: Frame, authority: Certificate, signers: readonly Certificate[]): void => {
  if (frame.issuer.key !== authority.subjectDn.key) fail('pki.crl', 'the list is by another issuer'); // [RFC 5280 §6.3.3 (b) (1)]
  const scheme = readSignatureScheme(frame.algorithm);
  const able = signers.filter(({ keyUsage, subjectDn }) => subjectDn.key === frame.issuer.key && (keyUsage === null || keyUsage.has('cRLSign'))); // [RFC 5280 §6.3.3 (f)]
  if (able.length === 0) fail('pki.crl', 'the authority may not sign lists');
  if (!able.some(({ publicKey }) => signatureHolds(scheme, frame.signed, frame.signature, publicKey))) fail('pki.crl', 'the list is not signed with the authority’s key'); // [RFC 5280 §6.3.3 (g)]
};
const listOf = (frame: Frame, index: ListIndex): RevocationList => {
  const { issuer, number, baseNumber, thisUpdate, nextUpdate, scope, deltaUrls, entriesContent } = frame;
  const find = (serial: string): RevokedEntry | null => findEntry(entriesContent, index, serialContent(serial));
  return { issuer, number, baseNumber, thisUpdate, nextUpdate, scope, deltaUrls, entries: index.count, find, revoked: (serial) => find(serial) !== null };
};
const coded = <T>(read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrygganError && error.code === 'pki.der') return fail('pki.crl', `not a list that can be read: ${error.detail}`, {}, error);
    throw error;
  }
};

/** The expensive half: checks that `authority` (or one of `signers`, certificates of the same name) signed the list, and walks the entries. */
export const verifyListBytes = (der: Buffer, authority: Certificate, signers: readonly Certificate[] = [authority]): ListIndex => coded(() => {
  const frame = readFrame(der);
  checkSigner(frame, authority, signers);
  return buildIndex(frame.entriesContent);
});
/** The cheap half, for bytes whose index `verifyListBytes` made: the frame is read again. */
export const listFromIndex = (der: Buffer, index: ListIndex): RevocationList => coded(() => listOf(readFrame(der), index));
/** A list by exactly this authority. Errors: `pki.crl`. */
export const readRevocationList = (der: Uint8Array, authority: Certificate, signers: readonly Certificate[] = [authority]): RevocationList => {
  const bytes = Buffer.from(der.buffer, der.byteOffset, der.byteLength);
  return listFromIndex(bytes, verifyListBytes(bytes, authority, signers));
};
