/**
 * Which certificates lie on whose card, and the odd ones: each odd certificate is somebody's good certificate with exactly one
 * thing changed, so its unbroken twin is at hand (facts: credentials §1.6, §7.1).
 */
import type { KeyObject } from 'node:crypto';
import { HOSTS, MARK, authorities, policies, validity, type AuthorityPlan, type PolicyName } from './authorities.ts';
import { extension, type Extension, type HashName, type KeyUsage, type Name, type NameAttribute } from './certificate.ts';
import type { InventedPerson } from './people.ts';

export interface LeafPlan {
  /** Path below certs-dev without ending. */
  readonly file: string;
  readonly keyFile: string;
  readonly keyKind: KeyKind;
  readonly authority: string;
  readonly label: string;
  readonly subject: Name;
  readonly validity: readonly [Date, Date];
  readonly hash: HashName;
  readonly extensions: (keys: LeafKeys) => readonly Extension[];
}
export interface LeafKeys { readonly subject: KeyObject; readonly issuer: KeyObject }
export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'rsa-4096' | 'p-256';

export type CardUse = 'authentication' | 'signature';
export interface CardCertificate extends LeafPlan {
  readonly person: string;
  readonly use: CardUse;
  readonly identifier: 'hsa-id' | 'personal-identity-number';
  readonly revoked: boolean;
}
export interface OddCertificate extends CardCertificate {
  readonly id: string;
  /** What is changed, compared with the twin. */
  readonly change: string;
  /** The good certificate that this one is a copy of, as a file without ending. */
  readonly twin: string;
}

export const EKU = { clientAuth: '1.3.6.1.5.5.7.3.2', serverAuth: '1.3.6.1.5.5.7.3.1', smartcardLogon: '1.3.6.1.4.1.311.20.2.2', emailProtection: '1.3.6.1.5.5.7.3.4', ocspSigning: '1.3.6.1.5.5.7.3.9' } as const;
const authorityOf = (id: string): AuthorityPlan => {
  const found = authorities.find((authority) => authority.id === id);
  if (found === undefined) throw new Error(`no authority ${id}`);
  return found;
};
/** CA name in lower case without blanks and hyphens (facts: credentials §1.4); unique by the id for those that share a name. */
export const listName = (authority: AuthorityPlan): string => `${authority.listed ? '' : `${authority.id.split('-')[0] ?? ''}-`}dev${authority.name.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
export const distribution = (authority: AuthorityPlan): Extension[] => {
  const host = HOSTS[authority.hierarchy];
  return [extension.revocationLists(`http://crl.${host}/${listName(authority)}.crl`), extension.authorityAccess(`http://ocsp.${host}`, `http://aia.${host}/${listName(authority)}.cer`)];
};

const one = (type: NameAttribute['type'], value: string): readonly NameAttribute[] => [{ type, value }];
const personSubject = (person: InventedPerson, serialNumber: string): Name => [
  one('C', 'SE'), one('L', 'Västra Götalands län'), one('O', MARK.organisation), one('CN', `${MARK.namePrefix}${person.givenName} ${person.surname}`),
  one('SN', person.surname), one('GN', person.givenName), one('serialNumber', serialNumber),
];
const cardNumberOf = (index: number): string => `97522699${String(10_000_000_001 + index * 7)}`;

/** What makes one card certificate; an odd one changes one of these. */
interface Recipe {
  readonly authority: string;
  readonly subject: Name;
  readonly validity: readonly [Date, Date];
  readonly hash: HashName;
  readonly keyUsage: readonly KeyUsage[] | null;
  readonly extendedKeyUsage: readonly string[];
  readonly policies: readonly string[];
  readonly cardNumber: string;
  readonly more: readonly Extension[];
}
const extensionsOf = (recipe: Recipe) => (keys: LeafKeys): readonly Extension[] => [
  ...(recipe.keyUsage === null ? [] : [extension.keyUsage(...recipe.keyUsage)]),
  ...(recipe.extendedKeyUsage.length === 0 ? [] : [extension.extendedKeyUsage(...recipe.extendedKeyUsage)]),
  ...(recipe.policies.length === 0 ? [] : [extension.policies(...recipe.policies)]),
  extension.authorityKey(keys.issuer), extension.subjectKey(keys.subject),
  ...distribution(authorityOf(recipe.authority)),
  extension.cardNumber(recipe.cardNumber),
  ...recipe.more,
];
const leafOf = (recipe: Recipe) => ({
  authority: recipe.authority, subject: recipe.subject, validity: recipe.validity, hash: recipe.hash, extensions: extensionsOf(recipe),
});

const policyOf = (person: InventedPerson, identifier: CardCertificate['identifier']): PolicyName => {
  const has = (tag: string): boolean => person.tags.includes(tag);
  const hsaId = identifier === 'hsa-id';
  if (has('unknown-policy')) return 'nobody';
  if (person.card.issuer === 'siths-mobile') return 'mobile';
  if (person.card.issuer === 'efos') return hsaId ? 'efosHsaId' : 'efosPersonId';
  if (has('coordination-number')) return 'coordination2';
  if (person.card.level === 'loa2') return hsaId ? 'reserveHsaId2' : 'reservePersonId2';
  if (has('loa3-reserve')) return hsaId ? 'reserveHsaId3' : 'reservePersonId3';
  return hsaId ? 'hsaId3' : 'personId3';
};
const issuingOf = (person: InventedPerson, identifier: CardCertificate['identifier']): string => {
  const kind = identifier === 'hsa-id' ? 'hsa-id' : 'person-id';
  if (person.tags.includes('unknown-policy')) return 'siths-hsa-id-new';
  if (person.tags.includes('wrong-issuer')) return 'siths-unlisted';
  if (person.card.issuer === 'siths-mobile') return 'siths-mobile';
  return person.card.issuer === 'efos' ? `efos-${kind}` : `siths-${kind}-${person.card.level === 'loa2' ? '2' : '3'}`;
};
const validityOf = (person: InventedPerson): readonly [Date, Date] =>
  person.tags.includes('expired') ? validity.past : person.tags.includes('not-yet-valid') ? validity.future : validity.leaf;

const recipeOf = (person: InventedPerson, index: number, identifier: CardCertificate['identifier'], use: CardUse): Recipe => {
  const authority = issuingOf(person, identifier);
  const hsaId = person.employments[0]?.hsaId;
  if (identifier === 'hsa-id' && hsaId === undefined) throw new Error(`${person.id} has no employment, so no HSA-id to certify`);
  return {
    authority,
    subject: personSubject(person, identifier === 'hsa-id' ? hsaId ?? '' : person.personalIdentityNumber),
    validity: validityOf(person),
    hash: authorityOf(authority).hash,
    keyUsage: use === 'authentication' ? ['digitalSignature'] : ['nonRepudiation'],
    extendedKeyUsage: use === 'signature' ? [] : identifier === 'hsa-id' ? [EKU.clientAuth, EKU.smartcardLogon, EKU.emailProtection] : [EKU.clientAuth],
    policies: [policies[policyOf(person, identifier)].oid],
    cardNumber: cardNumberOf(index),
    more: [],
  };
};

/** The certificates of one person: {authentication, signature} x {HSA-id, personal identity number}, two key pairs (facts: credentials §1.6). */
export const cardOf = (person: InventedPerson, index: number): readonly CardCertificate[] => {
  const mobile = person.card.issuer === 'siths-mobile';
  const identifiers = mobile ? ['personal-identity-number' as const]
    : [...(person.card.hsaIdCertificate ? ['hsa-id' as const] : []), ...(person.card.personIdCertificate ? ['personal-identity-number' as const] : [])];
  const uses = person.tags.includes('signature-only') ? ['signature' as const] : ['authentication' as const, 'signature' as const];
  const keyKind: KeyKind = mobile || person.id === 'viktor-ahl' ? 'p-256' : 'rsa-2048';
  return uses.flatMap((use) => identifiers.map((identifier): CardCertificate => {
    const kind = identifier === 'hsa-id' ? 'hsa-id' : 'person-id';
    return {
      ...leafOf(recipeOf(person, index, identifier, use)),
      person: person.id, use, identifier, keyKind, revoked: person.tags.includes('revoked'),
      file: `people/${person.id}/${use}-${kind}`, keyFile: `people/${person.id}/${use}`,
      label: `DEV ${person.givenName} ${person.surname} (${use}, ${kind})`,
    };
  }));
};

type Change = readonly [id: string, change: string, alter: (recipe: Recipe, person: InventedPerson) => Partial<Recipe>, identifier?: CardCertificate['identifier']];
const withSerial = (recipe: Recipe, ...values: readonly string[]): Name => [...recipe.subject.filter((rdn) => rdn[0]?.type !== 'serialNumber'), ...values.map((value) => one('serialNumber', value))];
const changes: readonly Change[] = [
  ['key-usage-encipherment', 'key usage keyEncipherment only', () => ({ keyUsage: ['keyEncipherment'] })],
  ['key-usage-both', 'key usage digitalSignature and nonRepudiation', () => ({ keyUsage: ['digitalSignature', 'nonRepudiation'] })],
  ['key-usage-none', 'no key usage extension', () => ({ keyUsage: null })],
  ['eku-server', 'extended key usage serverAuth only', () => ({ extendedKeyUsage: [EKU.serverAuth] })],
  ['eku-none', 'no extended key usage', () => ({ extendedKeyUsage: [] })],
  ['policy-none', 'no certificate policies', () => ({ policies: [] })],
  ['policy-unknown', 'a policy that no table knows', () => ({ policies: [policies.nobody.oid] })],
  ['policy-lower', 'the policy says LoA2, the issuer LoA3', () => ({ policies: [policies.reserveHsaId2.oid] })],
  ['policy-two', 'two policies, LoA3 and LoA2', () => ({ policies: [policies.hsaId3.oid, policies.reserveHsaId2.oid] })],
  ['policy-none-level-none', 'no policy, from an issuer that has no level of its own', () => ({ authority: 'siths-hsa-id-new', policies: [] })],
  ['policy-only', 'a known policy, from an issuer that has no level of its own', () => ({ authority: 'siths-hsa-id-new' })],
  ['id-test-prefix', 'HSA-id with a test prefix', (r) => ({ subject: withSerial(r, 'TSTNMT2321000131-DEV1001') })],
  ['id-missing', 'no serialNumber in the subject', (r) => ({ subject: withSerial(r) })],
  ['id-twice', 'two serialNumber attributes', (r) => ({ subject: withSerial(r, 'SE2321000131-DEV1001', 'SE2321000131-DEV1002') })],
  ['id-twice-in-one-rdn', 'two serialNumber attributes in one RDN', (r) => ({ subject: [...withSerial(r), [...one('serialNumber', 'SE2321000131-DEV1001'), ...one('serialNumber', 'SE2321000131-DEV1002')]] })],
  ['id-person-number-from-hsa-issuer', 'a personal identity number from an issuer of HSA-ids', (r, p) => ({ subject: withSerial(r, p.personalIdentityNumber) })],
  ['id-hsa-from-person-issuer', 'an HSA-id from an issuer of personal identity numbers', (r) => ({ subject: withSerial(r, 'SE2321000131-DEV1001') }), 'personal-identity-number'],
  ['id-check-digit', 'a personal identity number with a wrong check digit', (r, p) => ({ subject: withSerial(r, `${p.personalIdentityNumber.slice(0, 11)}${(Number(p.personalIdentityNumber[11]) + 1) % 10}`) }), 'personal-identity-number'],
  ['id-reserve-number', 'a reserve number of a patient', (r, p) => ({ subject: withSerial(r, `${p.personalIdentityNumber.slice(0, 8)}TF0A`) }), 'personal-identity-number'],
  ['id-in-common-name', 'the common name looks like another subject', (r) => ({ subject: r.subject.map((rdn) => (rdn[0]?.type === 'CN' ? one('CN', 'DEV Anna,serialNumber=SE2321000131-DEV1002') : rdn)) })],
  ['subject-title', 'title in the subject', (r) => ({ subject: [...r.subject, one('T', 'Läkare')] })],
  ['subject-directory-attributes', 'title in subjectDirectoryAttributes', () => ({ more: [extension.directoryTitle('Läkare')] })],
  ['subject-letters', 'names with letters from outside western Europe', (r) => ({ subject: r.subject.map((rdn) => (rdn[0]?.type === 'SN' ? one('SN', 'Żółć-Ķēniņš Đorđe 李') : rdn)) })],
  ['subject-reversed', 'RDNs in the opposite order', (r) => ({ subject: [...r.subject].reverse() })],
  ['subject-multi-valued', 'common name and serialNumber in one multi-valued RDN', (r) => ({
    subject: [...r.subject.filter((rdn) => rdn[0]?.type !== 'CN' && rdn[0]?.type !== 'serialNumber'), r.subject.flatMap((rdn) => rdn.filter(({ type }) => type === 'CN' || type === 'serialNumber'))],
  })],
  ['user-names', 'UPN and mail address of somebody else in subjectAltName', () => ({ more: [extension.userNames('SE2321000131-DEV1002@dev.invalid', 'erik@dev.invalid')] })],
  ['hash-sha256', 'signed with SHA-256', () => ({ hash: 'sha256' })],
  ['extension-unknown-critical', 'an unknown critical extension', () => ({ more: [extension.unknown(true)] })],
  ['extension-unknown', 'an unknown extension that is not critical', () => ({ more: [extension.unknown(false)] })],
  ['leaf-is-authority', 'basicConstraints says CA', () => ({ more: [extension.authority(0)] })],
  ['issuer-impostor', 'issued by a CA that copies the names of the right one', () => ({ authority: 'impostor-hsa-id-3' })],
  ['issuer-unlisted', 'issued by a CA below the right root that is on no list', () => ({ authority: 'siths-unlisted' })],
  ['issuer-function', 'issued by the CA for systems', () => ({ authority: 'siths-function', policies: [policies.functionNew.oid] })],
  ['issuer-mobile', 'issued by the CA for phones', () => ({ authority: 'siths-mobile', policies: [policies.mobile.oid] }), 'personal-identity-number'],
];

/** Every odd certificate is a copy of this person's good one and has the same key. */
export const ODD_TWIN = 'anna-berglund';
export const oddCertificates = (people: readonly InventedPerson[]): readonly OddCertificate[] => {
  const index = people.findIndex((person) => person.id === ODD_TWIN);
  const person = people[index];
  if (person === undefined) throw new Error(`${ODD_TWIN} is missing`);
  return changes.map(([id, change, alter, identifier = 'hsa-id']): OddCertificate => {
    const recipe = recipeOf(person, index, identifier, 'authentication');
    const kind = identifier === 'hsa-id' ? 'hsa-id' : 'person-id';
    return {
      ...leafOf({ ...recipe, ...alter(recipe, person) }),
      id, change, twin: `people/${person.id}/authentication-${kind}`, person: person.id, use: 'authentication', identifier, keyKind: 'rsa-2048', revoked: false,
      file: `odd/${id}`, keyFile: `people/${person.id}/authentication`, label: `DEV odd: ${id}`,
    };
  });
};
