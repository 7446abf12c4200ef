/** Values of certificate extensions [RFC 5280 §4.2]. Reads; whether a value is acceptable is decided in path/. */
import { fail } from '../core/errors.ts';
import { booleanOf, childrenOf, context, expectTag, isText, oidOf, onlyDer, setBits, smallInteger, tags, textOf, type Der } from './der.ts';
import { directoryKey, generalNameKey, readGeneralName, readGeneralNames, readRdn, webAddresses, type DistinguishedName, type GeneralName } from './names.ts';
import { oids } from './oids.ts';

export interface Extension { readonly oid: string; readonly critical: boolean; readonly value: Buffer }
export type ExtensionMap = ReadonlyMap<string, Extension>;
export type KeyUsage = 'digitalSignature' | 'nonRepudiation' | 'keyEncipherment' | 'dataEncipherment' | 'keyAgreement' | 'keyCertSign' | 'cRLSign' | 'encipherOnly' | 'decipherOnly';
export interface BasicConstraints { readonly isAuthority: boolean; readonly pathLength: number | null }
export interface PolicyConstraints { readonly requireExplicitPolicy: number | null; readonly inhibitPolicyMapping: number | null }
export interface PolicyMapping { readonly issuerPolicy: string; readonly subjectPolicy: string }
export interface NameConstraints { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] }
export interface AuthorityKeyId { readonly keyId: string | null; readonly issuer: readonly GeneralName[]; readonly serial: Buffer | null }
/** Full names, or one RDN (its key) below the name of whoever issues the list; neither = not named. */
export interface PointName { readonly names: readonly GeneralName[]; readonly relativeKey: string | null }
export interface DistributionPoint extends PointName {
  readonly hasIssuer: boolean;
  /** Bits of ReasonFlags; null = all reasons. */
  readonly reasons: ReadonlySet<number> | null;
}

/** `critical` is left out or says TRUE; an explicit FALSE is read as what it says. */
export const readExtensions = (list: Der, parent: string): ExtensionMap => {
  const found = new Map<string, Extension>();
  for (const entry of childrenOf(expectTag(list, tags.sequence, 'extensions'))) {
    const parts = childrenOf(expectTag(entry, tags.sequence, 'extension'));
    const oid = oidOf(parts[0]);
    const critical = parts.length === 3 && booleanOf(expectTag(parts[1], tags.boolean, 'critical'));
    if (parts.length > 3 || found.has(oid)) fail('pki.der', `an extension of a ${parent} is malformed or appears twice`); // [RFC 5280 §4.2]
    found.set(oid, { oid, critical, value: expectTag(parts.at(-1), tags.octetString, 'extension value').content });
  }
  return found.size > 0 ? found : fail('pki.der', `a ${parent} with an empty list of extensions`); // [RFC 5280 §4.1]
};

const usages: readonly KeyUsage[] = ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'];
const keyUsage = (value: Buffer): ReadonlySet<KeyUsage> => {
  const bits = setBits(expectTag(onlyDer(value), tags.bitString, 'keyUsage').content);
  const set = new Set(usages.filter((_name, bit) => bits.has(bit)));
  return set.size > 0 ? set : fail('pki.der', 'a key usage without any use'); // [RFC 5280 §4.2.1.3]
};
const basicConstraints = (value: Buffer): BasicConstraints => {
  const parts = [...childrenOf(expectTag(onlyDer(value), tags.sequence, 'basicConstraints'))];
  const isAuthority = parts[0]?.tag === tags.boolean ? booleanOf(parts.shift() ?? parts[0]) : false;
  const length = parts.shift();
  if (parts.length > 0) fail('pki.der', 'basicConstraints with more than two parts');
  return { isAuthority, pathLength: length === undefined ? null : smallInteger(expectTag(length, tags.integer, 'pathLenConstraint')) };
};
const listOf = (value: Buffer, what: string): readonly Der[] => {
  const items = childrenOf(expectTag(onlyDer(value), tags.sequence, what));
  return items.length > 0 ? items : fail('pki.der', `${what}: empty`);
};
const extendedKeyUsage = (value: Buffer): readonly string[] => listOf(value, 'extKeyUsage').map(oidOf);
const policies = (value: Buffer): readonly string[] => {
  const found = listOf(value, 'certificatePolicies').map((policy) => oidOf(childrenOf(expectTag(policy, tags.sequence, 'policy'))[0]));
  return new Set(found).size === found.length ? found : fail('pki.der', 'a certificate policy appears twice'); // [RFC 5280 §4.2.1.4]
};
const policyMappings = (value: Buffer): readonly PolicyMapping[] => listOf(value, 'policyMappings').map((pair) => {
  const [issuerPolicy, subjectPolicy] = childrenOf(expectTag(pair, tags.sequence, 'policy mapping'));
  return { issuerPolicy: oidOf(issuerPolicy), subjectPolicy: oidOf(subjectPolicy) };
});
const policyConstraints = (value: Buffer): PolicyConstraints => {
  const parts = listOf(value, 'policyConstraints'); // never empty [RFC 5280 §4.2.1.11]
  const skip = (tag: number): number | null => {
    const part = parts.find((candidate) => candidate.tag === context(tag, false));
    return part === undefined ? null : smallInteger(part);
  };
  const read = { requireExplicitPolicy: skip(0), inhibitPolicyMapping: skip(1) };
  const known = Object.values(read).filter((count) => count !== null).length;
  return known === parts.length ? read : fail('pki.der', 'policyConstraints with unknown parts');
};
/** `minimum` is 0 and `maximum` absent in this profile [RFC 5280 §4.2.1.10]. */
const subtrees = (list: Der | undefined): readonly GeneralName[] => {
  if (list === undefined) return [];
  const items = childrenOf(list).map((subtree) => {
    const [base, more] = childrenOf(expectTag(subtree, tags.sequence, 'subtree'));
    return base !== undefined && more === undefined ? readGeneralName(base) : fail('pki.der', 'a name constraint with minimum or maximum');
  });
  return items.length > 0 ? items : fail('pki.der', 'an empty list of name constraints');
};
const nameConstraints = (value: Buffer): NameConstraints => {
  const parts = listOf(value, 'nameConstraints'); // never empty [RFC 5280 §4.2.1.10]
  const [permitted, excluded] = [context(0), context(1)].map((tag) => parts.find((part) => part.tag === tag));
  if ([permitted, excluded].filter((part) => part !== undefined).length !== parts.length) fail('pki.der', 'name constraints with unknown parts');
  return { permitted: subtrees(permitted), excluded: subtrees(excluded) };
};
export const readAuthorityKeyId = (value: Buffer): AuthorityKeyId => {
  const parts = childrenOf(expectTag(onlyDer(value), tags.sequence, 'authorityKeyIdentifier'));
  const find = (tag: number): Der | undefined => parts.find((part) => part.tag === tag);
  const issuer = find(context(1));
  return { keyId: find(context(0, false))?.content.toString('hex') ?? null, issuer: issuer === undefined ? [] : readGeneralNames(issuer), serial: find(context(2, false))?.content ?? null };
};
/** The parts of a DistributionPointName, also of a list's own scope. */
export const readPointName = (wrapper: Der): PointName => {
  const [name, more] = childrenOf(wrapper);
  if (name === undefined || more !== undefined) return fail('pki.der', 'a distribution point name without exactly one name');
  return name.tag === context(0) ? { names: readGeneralNames(name), relativeKey: null }
    : name.tag === context(1) ? { names: [], relativeKey: readRdn(name).key } : fail('pki.der', 'a distribution point name of unknown kind');
};
/** Keys that two namings of one point share; `issuer` is whose list it is. */
export const pointKeys = (point: PointName, issuer: DistinguishedName): readonly string[] =>
  point.relativeKey === null ? point.names.map(generalNameKey) : [directoryKey([...issuer.rdnKeys, point.relativeKey])];
export const readDistributionPoints = (value: Buffer): readonly DistributionPoint[] => listOf(value, 'distribution points').map((point) => {
  const parts = childrenOf(expectTag(point, tags.sequence, 'distribution point'));
  const find = (tag: number): Der | undefined => parts.find((part) => part.tag === tag);
  const [name, reasons] = [find(context(0)), find(context(1, false))];
  return {
    ...(name === undefined ? { names: [], relativeKey: null } : readPointName(name)),
    hasIssuer: find(context(2)) !== undefined,
    reasons: reasons === undefined ? null : setBits(reasons.content),
  };
});
const accessUrls = (value: Buffer, method: string): readonly string[] => webAddresses(listOf(value, 'access descriptions').flatMap((description) => {
  const [kind, location, more] = childrenOf(expectTag(description, tags.sequence, 'access description'));
  if (location === undefined || more !== undefined) return fail('pki.der', 'an access description without location');
  const name = readGeneralName(location);
  return oidOf(kind) === method ? [name] : [];
}));
const text = (value: Buffer): string | null => {
  const element = onlyDer(value);
  return isText(element) ? textOf(element) : null;
};

/** Null = the extension is absent. */
export interface ExtensionValues {
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly basicConstraints: BasicConstraints | null;
  /** Empty = the extension is absent: one without policies is refused. */
  readonly policies: readonly string[];
  readonly policyMappings: readonly PolicyMapping[];
  readonly policyConstraints: PolicyConstraints | null;
  readonly inhibitAnyPolicy: number | null;
  readonly nameConstraints: NameConstraints | null;
  readonly alternativeNames: readonly GeneralName[];
  /** Hexadecimal. */
  readonly subjectKeyId: string | null;
  readonly authorityKeyId: AuthorityKeyId | null;
  readonly distributionPoints: readonly DistributionPoint[];
  /** What the certificate says; followed only where a row of ours names the same address. */
  readonly crlUrls: readonly string[];
  readonly ocspUrls: readonly string[];
  /** Digits of the card (SEIS), the same in every certificate of one card; not an identity. */
  readonly cardNumber: string | null;
}
export const readExtensionValues = (extensions: ExtensionMap): ExtensionValues => {
  const read = <T, U>(oid: string, reader: (value: Buffer) => T, absent: U): T | U => {
    const extension = extensions.get(oid);
    return extension === undefined ? absent : reader(extension.value);
  };
  const distributionPoints = read(oids.crlDistributionPoints, readDistributionPoints, []);
  return {
    keyUsage: read(oids.keyUsage, keyUsage, null),
    extendedKeyUsage: read(oids.extendedKeyUsage, extendedKeyUsage, null),
    basicConstraints: read(oids.basicConstraints, basicConstraints, null),
    policies: read(oids.certificatePolicies, policies, []),
    policyMappings: read(oids.policyMappings, policyMappings, []),
    policyConstraints: read(oids.policyConstraints, policyConstraints, null),
    inhibitAnyPolicy: read(oids.inhibitAnyPolicy, (value) => smallInteger(expectTag(onlyDer(value), tags.integer, 'inhibitAnyPolicy')), null),
    nameConstraints: read(oids.nameConstraints, nameConstraints, null),
    alternativeNames: read(oids.subjectAltName, (value) => readGeneralNames(expectTag(onlyDer(value), tags.sequence, 'subjectAltName')), []),
    subjectKeyId: read(oids.subjectKeyId, (value) => expectTag(onlyDer(value), tags.octetString, 'subjectKeyIdentifier').content.toString('hex'), null),
    authorityKeyId: read(oids.authorityKeyId, readAuthorityKeyId, null),
    distributionPoints,
    crlUrls: distributionPoints.flatMap(({ names }) => webAddresses(names)),
    ocspUrls: read(oids.authorityInfoAccess, (value) => accessUrls(value, oids.accessOcsp), []),
    cardNumber: read(oids.cardNumber, text, null),
  };
};
