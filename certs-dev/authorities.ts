/**
 * The certificate authorities of the development PKI, as data: two hierarchies shaped like SITHS and Efos (facts: credentials
 * §1.1, §2, §7.1), an impostor that copies the names of one, and the policies. Every subject carries `O=Bryggan Development` and a common name that
 * begins with `DEV `: whoever decides about trust can tell.
 */
import type { AssuranceLevel } from '../src/core/assurance.ts';
import type { HashName } from './certificate.ts';

export const MARK = { organisation: 'Bryggan Development', namePrefix: 'DEV ' } as const;
export const PASSWORD = 'bryggan';
/** Nothing answers there: issuer rows say where lists and answers really are. `.invalid` never resolves [RFC 6761 §6.4]. */
export const HOSTS = { siths: 'siths.bryggan.invalid', efos: 'efos.bryggan.invalid' } as const;

export const validity = {
  root: [new Date('2020-01-01T00:00:00Z'), new Date('2052-01-01T00:00:00Z')],
  issuing: [new Date('2020-01-01T00:00:00Z'), new Date('2050-01-01T00:00:00Z')],
  leaf: [new Date('2020-01-01T00:00:00Z'), new Date('2046-01-01T00:00:00Z')],
  past: [new Date('2020-01-01T00:00:00Z'), new Date('2023-01-01T00:00:00Z')],
  future: [new Date('2045-01-01T00:00:00Z'), new Date('2046-01-01T00:00:00Z')],
} as const satisfies Readonly<Record<string, readonly [Date, Date]>>;

export type Hierarchy = 'siths' | 'efos';
export interface AuthorityPlan {
  readonly id: string;
  /** Common name without the mark. */
  readonly name: string;
  readonly hierarchy: Hierarchy;
  /** Id of the authority above; null for a root. */
  readonly parent: string | null;
  readonly credentialType: 'card' | 'mobile' | 'function' | null;
  readonly identifierType: 'hsa-id' | 'personal-identity-number' | 'none';
  /** What the issuing CA alone stands for; null = only a policy can say. */
  readonly level: AssuranceLevel | null;
  /** False: below a known root but on no list of issuers (threats H06), or an impostor (H07). */
  readonly listed: boolean;
  readonly hash: HashName;
}
const root = (id: string, name: string, hierarchy: Hierarchy, hash: HashName): AuthorityPlan =>
  ({ id, name, hierarchy, parent: null, credentialType: null, identifierType: 'none', level: null, listed: true, hash });
type Issuing = Pick<AuthorityPlan, 'id' | 'name' | 'credentialType' | 'identifierType' | 'level'>;
const siths = (plan: Issuing, listed = true): AuthorityPlan => ({ ...plan, hierarchy: 'siths', parent: 'siths-root', listed, hash: 'sha512' });
const efos = (plan: Issuing): AuthorityPlan => ({ ...plan, hierarchy: 'efos', parent: 'efos-root', listed: true, hash: 'sha256' });

export const authorities: readonly AuthorityPlan[] = [
  root('siths-root', 'SITHS e-id Root CA v2', 'siths', 'sha512'),
  siths({ id: 'siths-hsa-id-3', name: 'SITHS e-id Person HSA-id 3 CA v1', credentialType: 'card', identifierType: 'hsa-id', level: 'loa3' }),
  siths({ id: 'siths-hsa-id-2', name: 'SITHS e-id Person HSA-id 2 CA v1', credentialType: 'card', identifierType: 'hsa-id', level: 'loa2' }),
  siths({ id: 'siths-person-id-3', name: 'SITHS e-id Person ID 3 CA v1', credentialType: 'card', identifierType: 'personal-identity-number', level: 'loa3' }),
  siths({ id: 'siths-person-id-2', name: 'SITHS e-id Person ID 2 CA v1', credentialType: 'card', identifierType: 'personal-identity-number', level: 'loa2' }),
  siths({ id: 'siths-mobile', name: 'SITHS e-id Person ID Mobile CA v1', credentialType: 'mobile', identifierType: 'personal-identity-number', level: 'loa3' }),
  siths({ id: 'siths-function', name: 'SITHS e-id Function CA v1', credentialType: 'function', identifierType: 'none', level: null }),
  siths({ id: 'siths-hsa-id-new', name: 'SITHS e-id Person HSA-id CA v2', credentialType: 'card', identifierType: 'hsa-id', level: null }),
  siths({ id: 'siths-unlisted', name: 'SITHS e-id Person HSA-id 3 CA v9', credentialType: 'card', identifierType: 'hsa-id', level: 'loa3' }, false),
  root('efos-root', 'Swedish Public Sector Internal Root CA v1', 'efos', 'sha256'),
  efos({ id: 'efos-hsa-id', name: 'Swedish Public Sector Person HSA-id CA v1', credentialType: 'card', identifierType: 'hsa-id', level: 'loa3' }),
  efos({ id: 'efos-person-id', name: 'Swedish Public Sector Person ID CA v1', credentialType: 'card', identifierType: 'personal-identity-number', level: 'loa3' }),
  efos({ id: 'efos-mobile', name: 'Swedish Public Sector Person Mobile CA v1', credentialType: 'mobile', identifierType: 'personal-identity-number', level: 'loa3' }),
  efos({ id: 'efos-function', name: 'Swedish Public Sector Function CA v3', credentialType: 'function', identifierType: 'none', level: null }),
  { ...root('impostor-root', 'SITHS e-id Root CA v2', 'siths', 'sha512'), listed: false },
  { ...siths({ id: 'impostor-hsa-id-3', name: 'SITHS e-id Person HSA-id 3 CA v1', credentialType: 'card', identifierType: 'hsa-id', level: 'loa3' }, false), parent: 'impostor-root' },
];

/**
 * Certificate policies. 1.2.752.74.8.* are values seen in public sources; what those do not give lies under 2.999, the arc that
 * ITU-T keeps for examples. `level` null: says nothing about a person's level.
 */
export const policies = {
  mobile: { oid: '1.2.752.74.8.512', level: 'loa3', meaning: 'mobile SITHS, LoA3' },
  functionOld: { oid: '1.2.752.74.8.505', level: null, meaning: 'function certificate, issue of 2021' },
  functionNew: { oid: '1.2.752.74.8.650', level: null, meaning: 'function certificate, issue of 2025' },
  hsaId3: { oid: '2.999.752.3.1', level: 'loa3', meaning: 'ordinary card, HSA-id, LoA3' },
  personId3: { oid: '2.999.752.3.2', level: 'loa3', meaning: 'ordinary card, personal identity number, LoA3' },
  reserveHsaId3: { oid: '2.999.752.3.11', level: 'loa3', meaning: 'reserve card, HSA-id, LoA3' },
  reservePersonId3: { oid: '2.999.752.3.12', level: 'loa3', meaning: 'reserve card, personal identity number, LoA3' },
  reserveHsaId2: { oid: '2.999.752.2.11', level: 'loa2', meaning: 'reserve card, HSA-id, LoA2' },
  reservePersonId2: { oid: '2.999.752.2.12', level: 'loa2', meaning: 'reserve card, personal identity number, LoA2' },
  coordination2: { oid: '2.999.752.2.20', level: 'loa2', meaning: 'reserve card of a holder with coordination number, LoA2' },
  efosHsaId: { oid: '2.999.146.3.1', level: 'loa3', meaning: 'Efos card, HSA-id, LoA3' },
  efosPersonId: { oid: '2.999.146.3.2', level: 'loa3', meaning: 'Efos card, personal identity number, LoA3' },
  efosMobile: { oid: '2.999.146.3.3', level: 'loa3', meaning: 'mobile Efos, LoA3' },
  efosFunction: { oid: '2.999.146.4.1', level: null, meaning: 'Efos function certificate' },
  nobody: { oid: '2.999.752.99.1', level: null, meaning: 'a policy that is in no table' },
} as const satisfies Readonly<Record<string, { oid: string; level: AssuranceLevel | null; meaning: string }>>;
export type PolicyName = keyof typeof policies;
