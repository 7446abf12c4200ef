/** What a certificate must be by itself, before anything is said about the path it stands in [RFC 5280 §4.1, §4.2]. */
import type { Certificate } from '../certificate.ts';
import type { GeneralName } from '../names.ts';
import { oids } from '../oids.ts';
import { keyFault } from '../signature.ts';
import { fault, type PathFault } from './fault.ts';

export type Role = 'anchor' | 'authority' | 'leaf';
type Check = (certificate: Certificate, role: Role) => PathFault | null;

/** Extensions whose meaning is taken into account here; any other one that is critical refuses the certificate. */
const understood: ReadonlySet<string> = new Set([
  oids.keyUsage, oids.subjectAltName, oids.basicConstraints, oids.nameConstraints, oids.crlDistributionPoints, oids.certificatePolicies,
  oids.policyMappings, oids.policyConstraints, oids.extendedKeyUsage, oids.inhibitAnyPolicy,
]);
const neverCritical: readonly string[] = [oids.subjectKeyId, oids.authorityKeyId, oids.authorityInfoAccess, oids.freshestList];
const alwaysCritical: readonly string[] = [oids.nameConstraints, oids.inhibitAnyPolicy];

const isHostName = (value: string): boolean => value.length <= 253 && /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(value) && !/^[\d.]+$/.test(value);
/** [RFC 5280 §4.2.1.6] */
const isWellFormed = (name: GeneralName): boolean => {
  switch (name.kind) {
    case 'dns': return isHostName(name.value);
    case 'ip': return name.value.length === 4 || name.value.length === 16;
    case 'email': return /^[^@\s<>]+@[^@\s<>]+$/.test(name.value);
    case 'uri': return /^[a-z][a-z0-9+.-]*:./i.test(name.value);
    default: return true;
  }
};

const checks: readonly Check[] = [
  ({ publicKey }) => {
    const why = keyFault(publicKey);
    return why === null ? null : fault('key', `${why} is not accepted`, '§6.1.3 (a)');
  },
  ({ extensions }) => {
    const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !understood.has(oid) && !neverCritical.includes(oid));
    return unknown === undefined ? null : fault('critical-extension', `the critical extension ${unknown.oid} is not understood`, '§4.2, §6.1.4 (o), §6.1.5 (f)');
  },
  ({ extensions }) => {
    const wrong = neverCritical.find((oid) => extensions.get(oid)?.critical === true) ?? alwaysCritical.find((oid) => extensions.get(oid)?.critical === false);
    return wrong === undefined ? null : fault('profile', `the extension ${wrong} is critical where it must not be, or the other way round`, '§4.2.1');
  },
  ({ issuerDn, subjectDn }, role) =>
    issuerDn.rdnKeys.length === 0 || (role !== 'leaf' && subjectDn.rdnKeys.length === 0) ? fault('names', 'an issuer or an authority without name', '§4.1.2.4, §4.1.2.6') : null,
  ({ authorityKeyId, selfIssued }, role) =>
    role !== 'anchor' && !selfIssued && (authorityKeyId?.keyId ?? null) === null ? fault('profile', 'no authority key identifier', '§4.2.1.1') : null,
  ({ authorityKeyId, selfIssued, subjectKeyId }, role) =>
    role === 'anchor' && selfIssued && authorityKeyId !== null && authorityKeyId.keyId !== subjectKeyId ? fault('profile', 'a self-signed authority whose key identifiers differ or are missing', '§4.2.1.1') : null,
  ({ subjectKeyId }, role) => (role !== 'leaf' && subjectKeyId === null ? fault('profile', 'an authority without subject key identifier', '§4.2.1.2') : null),
  ({ version }, role) => (role !== 'leaf' && version !== 3 ? fault('basic-constraints', 'an authority with a certificate older than version 3', '§6.1.4 (k)') : null),
  ({ basicConstraints }, role) => (role !== 'leaf' && basicConstraints?.isAuthority !== true ? fault('basic-constraints', 'a certificate above the leaf is not an authority’s', '§6.1.4 (k)') : null),
  ({ keyUsage }, role) => (role !== 'leaf' && keyUsage !== null && !keyUsage.has('keyCertSign') ? fault('key-usage', 'an authority’s key may not sign certificates', '§6.1.4 (n)') : null),
  ({ keyUsage, basicConstraints }) =>
    keyUsage?.has('keyCertSign') === true && basicConstraints?.isAuthority !== true ? fault('basic-constraints', 'a key that signs certificates without being an authority’s', '§4.2.1.3, §4.2.1.9') : null,
  ({ basicConstraints, keyUsage }) => {
    const constrained = (basicConstraints?.pathLength ?? null) !== null;
    return constrained && (basicConstraints?.isAuthority !== true || keyUsage?.has('keyCertSign') === false) ? fault('basic-constraints', 'a path length without authority', '§4.2.1.9') : null;
  },
  ({ nameConstraints, basicConstraints }) => (nameConstraints !== null && basicConstraints?.isAuthority !== true ? fault('name-constraints', 'name constraints outside an authority’s certificate', '§4.2.1.10') : null),
  ({ alternativeNames }) => (alternativeNames.every(isWellFormed) ? null : fault('names', 'an alternative name of impossible form', '§4.2.1.6')),
];
/** What `certificate` says about itself, for its place in the path; null = nothing wrong. */
export const checkProfile: Check = (certificate, role) => {
  for (const check of checks) {
    const found = check(certificate, role);
    if (found !== null) return found;
  }
  return null;
};
