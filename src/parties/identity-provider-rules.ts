/** What one IdP's file may not say about others: people, domains and tenants that belong to somebody else (threats D11), and what does not meet real people (threats M06). */
import { rankOf } from '../core/assurance.ts';
import type { Finding } from '../core/findings.ts';
import type { OrganisationNumber, PartyId } from '../core/ids.ts';
import type { IdentityProviderSource, RegistrySettings, Report } from './content.ts';
import type { Party } from './model.ts';

export interface Neighbours { readonly parties: ReadonlyMap<PartyId, Party>; /** By number, affiliates' numbers too. */ readonly organisations: ReadonlyMap<OrganisationNumber, Party>; readonly settings: Pick<RegistrySettings, 'environment'> }
type Say = (path: readonly (string | number)[], rule: string, message: string, fix: string, severity?: Finding['severity']) => void;
type Value = IdentityProviderSource['value'];

/** Issuers that serve everybody who registers there. */
const SHARED = /^https:\/\/(?:login\.microsoftonline\.(?:com|us)|login\.microsoft\.com|login\.windows\.net|sts\.windows\.net|accounts\.google\.com)(?:\/|$)/i;
const EVERY_TENANT = /\/(?:common|organizations|consumers|\{tenantid\})(?:\/|$)/i;
/** Claims that a person, or the administrator of a guest's own tenant, may fill in as they like. */
const changeable: ReadonlySet<string> = new Set(['email', 'preferred_username', 'unique_name', 'name', 'nickname', 'given_name', 'family_name', 'phone_number']);

const checkPeople = ({ trust }: Value, party: Party, { organisations, settings }: Neighbours, say: Say): void => {
  const strangerOf = (number: string): Party | undefined => {
    const owner = organisations.get(number as OrganisationNumber);
    return owner === undefined || owner.id === party.id || number === party.number ? undefined : owner;
  };
  trust.organisations.forEach((number, index) => {
    const owner = strangerOf(number);
    if (owner !== undefined) say(['trust', 'organisations', index], 'trust-other-party', `is an organisation of the party ${owner.id}`, 'let each party’s IdP speak for its own people');
  });
  trust.hsaIdPrefixes.forEach((prefix, index) => {
    const number = /\d{10}/.exec(prefix)?.[0] ?? '';
    const owner = strangerOf(number);
    const path = ['trust', 'hsaIdPrefixes', index];
    if (owner !== undefined) say(path, 'trust-other-party', `begins the HSA-ids of the party ${owner.id}`, 'let each party’s IdP speak for its own people');
    else if (number !== party.number && !organisations.has(number as OrganisationNumber)) say(path, 'trust-prefix-unknown', 'has the number of no party and no affiliate', 'compare it with the organisation’s number', 'warning');
    if (settings.environment === 'production' && !/^SE/i.test(prefix)) say(path, 'invented-data', 'begins as test data do', 'write SE and the number');
  });
};
const checkDomains = ({ trust, domains }: Value, party: Party, { parties }: Neighbours, say: Say): void => {
  const lists = [['domains', ['domains'], domains], ['scopes', ['trust', 'scopes'], trust.scopes]] as const;
  for (const [, path, list] of lists) {
    list.forEach((domain, index) => {
      // Test roots give several parties one domain: what is the party's own too is no stranger's.
      const within = (of: string): boolean => domain === of || domain.endsWith(`.${of}`);
      const owner = within(party.domain) ? undefined : [...parties.values()].find((other) => other.id !== party.id && within(other.domain));
      if (owner !== undefined) say([...path, index], 'trust-other-party', `is a domain of the party ${owner.id}`, 'remove it');
    });
  }
};
const checkIssuer = ({ oidc }: Value, { settings }: Neighbours, say: Say): void => {
  if (oidc === undefined) return;
  const { issuer, discoveryUrl, tenant, person, authentication } = oidc;
  if (!issuer.startsWith('https:')) say(['oidc', 'issuer'], 'oidc-https', 'is not https', 'write the https address');
  if (discoveryUrl?.startsWith('https:') === false) say(['oidc', 'discoveryUrl'], 'oidc-https', 'is not https', 'write the https address');
  if (EVERY_TENANT.test(issuer)) say(['oidc', 'issuer'], 'oidc-tenant', 'lets people of every organisation in', 'write the issuer of the one tenant');
  else if (SHARED.test(issuer) && tenant === undefined) say(['oidc', 'tenant'], 'oidc-tenant', 'is missing, though the issuer serves many organisations', 'write tenant: { claim: tid, value: <id of the tenant> }');
  if (changeable.has(person.claim)) say(['oidc', 'person', 'claim'], 'oidc-person', 'is a claim that people may fill in themselves', 'name people by a claim that comes from the organisation’s own directory');
  if (settings.environment === 'production' && authentication !== 'private_key_jwt') say(['oidc', 'authentication'], 'oidc-secret', 'rests on a secret that both sides have', 'choose private_key_jwt where the IdP can do it', 'warning');
};
const checkLevels = ({ trust }: Value, say: Say): void => {
  for (const [context, level] of Object.entries(trust.levels)) {
    if (rankOf(level) > rankOf(trust.highestLevel)) say(['trust', 'levels', context], 'trust-level', `is above highestLevel and counts as ${trust.highestLevel}`, 'write the level that was agreed', 'warning');
  }
};

export const checkIdentityProvider = ({ value, source, party: id }: IdentityProviderSource, neighbours: Neighbours, report: Report): void => {
  const party = neighbours.parties.get(id);
  if (party === undefined) return;
  const say: Say = (path, rule, message, fix, severity = 'error') => report(source.finding(path, rule, message, fix, severity));
  checkPeople(value, party, neighbours, say);
  checkDomains(value, party, neighbours, say);
  checkIssuer(value, neighbours, say);
  checkLevels(value, say);
};
