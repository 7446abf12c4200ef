/**
 * federation/review: what a change of parties and services means, in words, and whether a person must look at it. Pure: two registries in,
 * sentences out. Does not own: taking or holding changes (parties/sources). Risk is by list: what no rule knows is high.
 */
import type { PartyId, ServiceId } from '../../core/ids.ts';
import type { IdentityProvider, Party, Registry, ServiceParty } from '../../parties/model.ts';
import type { Change, Difference, Risk } from './model.ts';
import { clientChanges } from './client-changes.ts';
import { proxyingChanges } from './proxying-changes.ts';
import { samlChanges } from './saml-changes.ts';
import { spelled, unruled } from './unruled.ts';

export type { Change, Difference, Risk } from './model.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const difference = (kind: string, risk: Risk, says: string): Difference => ({ kind, risk, says });
const hostOf = (url: string | null): string => (url === null ? '' : (URL.parse(url)?.host ?? url));

const ssoOrder = ['never', 'confirm', 'silent'];
const encryptionOrder = ['never', 'if-key', 'require'];
const listed = (words: readonly string[]): string => words.join(', ') || 'nothing';
const added = (before: readonly string[], after: readonly string[]): readonly string[] => after.filter((one) => !before.includes(one));

type Say = (kind: string, risk: Risk, says: string) => void;
/** How people meet it. */
const shownChanges = (before: ServiceParty, after: ServiceParty, say: Say): void => {
  if (before.enabled !== after.enabled) say('enabled', 'high', after.enabled ? 'is switched on: its users can log in' : 'is switched off: its users are refused');
  if (!same(before.names, after.names)) say('name', 'low', `is called ${after.names.sv} (was ${before.names.sv})`);
  if (before.logo !== after.logo) say('logo', 'low', 'has another logo');
  if (before.homeUrl !== after.homeUrl) say('home-url', hostOf(before.homeUrl) === hostOf(after.homeUrl) ? 'low' : 'high', `begins at ${after.homeUrl ?? 'no known address'} (was ${before.homeUrl ?? 'none'})`);
  if (before.sso !== after.sso) say('sso', ssoOrder.indexOf(after.sso) > ssoOrder.indexOf(before.sso) ? 'high' : 'low', `single sign-on: ${after.sso} (was ${before.sso})`);
  if (!same(before.methods, after.methods)) say('methods', 'high', `ways to log in: ${after.methods.length === 0 ? 'the party’s' : listed(after.methods)}`);
  if (before.minimumLevel !== after.minimumLevel) say('level', 'high', `lowest level: ${after.minimumLevel} (was ${before.minimumLevel})`);
};
const isWeaker = (before: ServiceParty['sign'], after: ServiceParty['sign']): boolean => (before.response && !after.response) || (before.assertion && !after.assertion);
/** How answers are made. */
const answerChanges = (before: ServiceParty, after: ServiceParty, say: Say): void => {
  if (before.federation.id !== after.federation.id) say('federation', 'high', `moves from ${before.federation.id} to ${after.federation.id}: levels, names and what is signed follow`);
  if (!same(before.sign, after.sign)) say('signing', isWeaker(before.sign, after.sign) ? 'high' : 'low', `signed from now on: ${listed([...(after.sign.response ? ['response'] : []), ...(after.sign.assertion ? ['assertion'] : [])])}`);
  if (before.encryption !== after.encryption) say('encryption', encryptionOrder.indexOf(after.encryption) < encryptionOrder.indexOf(before.encryption) ? 'high' : 'low', `encryption: ${after.encryption} (was ${before.encryption})`);
  const more = [...added(before.release.allow, after.release.allow), ...added(after.release.deny, before.release.deny)];
  const less = [...added(after.release.allow, before.release.allow), ...added(before.release.deny, after.release.deny)];
  if (more.length > 0) say('release-wider', 'high', `may receive more: ${listed(more)}`);
  if (less.length > 0) say('release-narrower', 'high', `no longer receives: ${listed(less)}`);
  if (before.release.commissionRight !== after.release.commissionRight) say('release-form', 'high', `commission rights as ${after.release.commissionRight}`);
};
/** What the operator's own file decides about a service. */
const settingsChanges = (before: ServiceParty, after: ServiceParty): readonly Difference[] => {
  const found: Difference[] = [];
  const say: Say = (kind, risk, says) => { found.push(difference(kind, risk, says)); };
  shownChanges(before, after, say);
  answerChanges(before, after, say);
  return found;
};

const wireChanges = (before: ServiceParty, after: ServiceParty): readonly Difference[] => {
  if (before.wire.protocol === 'saml' && after.wire.protocol === 'saml') return samlChanges(before.wire, after.wire);
  if (before.wire.protocol === 'oidc' && after.wire.protocol === 'oidc') return clientChanges(before.wire, after.wire);
  return [difference('protocol', 'high', `speaks ${after.wire.protocol} from now on (was ${before.wire.protocol})`)];
};
/** Settings that a rule above speaks of; a federation by its name, since what it says is not the service's. */
const ruled: ReadonlySet<string> = new Set<keyof ServiceParty>(['enabled', 'names', 'logo', 'homeUrl', 'sso', 'methods', 'minimumLevel', 'federation', 'sign', 'encryption', 'release', 'proxying', 'wire']);
const shape = ({ federation, ...rest }: ServiceParty): string => spelled({ ...rest, federation: federation.id });
const serviceChanges = (before: ServiceParty, after: ServiceParty): readonly Difference[] => {
  const found = [...settingsChanges(before, after), ...proxyingChanges(before.proxying, after.proxying), ...wireChanges(before, after), ...unruled(before, after, ruled)];
  // Something differs that no rule above knows: that is for a person.
  return found.length === 0 && shape(before) !== shape(after) ? [difference('other', 'high', 'differs in something that has no rule of its own')] : found;
};

const lowPartyKeys: readonly (keyof Party)[] = ['displayName', 'support'];
const partyChanges = (before: Party, after: Party): readonly Difference[] => {
  const keys = (Object.keys(after) as (keyof Party)[]).filter((key) => !same(before[key], after[key]));
  if (keys.length === 0) return [];
  const low = keys.every((key) => lowPartyKeys.includes(key));
  const disabled = before.enabled && !after.enabled ? ': its people and services are refused' : '';
  return [difference('party', low ? 'low' : 'high', `has another ${keys.join(', ')}${disabled}`)];
};

const gone = (service: ServiceParty): string => `is removed: logins from ${service.wire.entityId} are refused`;
const come = (service: ServiceParty, owner: ServiceParty | undefined): Difference =>
  owner === undefined ? difference('service-added', 'high', `is new: ${service.names.sv}, ${service.wire.entityId}, follows ${service.federation.id}`)
  : difference('entity-id-moved', 'high', `takes the entityID ${service.wire.entityId} over from ${owner.id}`);

/** Whoever is believed about people: every change is for a person, but for what is only shown. */
const providerChanges = (before: IdentityProvider | undefined, after: IdentityProvider | undefined): readonly Change[] => {
  const id = (after ?? before)?.id ?? '';
  const party = (after ?? before)?.party as PartyId;
  const say = (kind: string, risk: Risk, says: string): Change => ({ party, service: null, provider: id, ...difference(kind, risk, says) });
  if (after === undefined) return [say('provider-removed', 'high', 'is removed: nobody is sent there, and its sessions answer no longer')];
  if (before === undefined) return [say('provider-added', 'high', `is new: it may log in people at ${after.trust.highestLevel} at most`)];
  const found: Change[] = [];
  if (spelled(before.wire) !== spelled(after.wire)) found.push(say('provider-wire', 'high', 'has other keys or addresses'));
  if (spelled(before.trust) !== spelled(after.trust)) found.push(say('provider-trust', 'high', 'is believed in something else'));
  if (before.enabled !== after.enabled) found.push(say('enabled', 'high', after.enabled ? 'is switched on' : 'is switched off'));
  if (found.length === 0 && spelled(before) !== spelled(after)) found.push(say('provider-shown', 'low', 'is shown in another way'));
  return found;
};

/** Every difference between what serves and what is wanted, by service and party. Empty when they mean the same. */
export const changesBetween = (before: Registry, after: Registry): readonly Change[] => {
  const changes: Change[] = [];
  const add = (party: PartyId, service: ServiceId | null, differences: readonly Difference[]): void => { changes.push(...differences.map((one) => ({ party, service, ...one }))); };
  for (const [id, party] of after.parties) {
    const old = before.parties.get(id);
    add(id, null, old === undefined ? [difference('party-added', 'high', 'is a new party')] : partyChanges(old, party));
  }
  for (const id of before.parties.keys()) if (!after.parties.has(id)) add(id, null, [difference('party-removed', 'high', 'is removed: its people and services are refused')]);
  for (const [id, service] of after.services) {
    const old = before.services.get(id);
    const owner = before.servicesByEntityId.get(service.wire.entityId);
    if (old === undefined) add(service.party, id, [come(service, owner)]);
    else add(service.party, id, [...(owner !== undefined && owner.id !== id ? [come(service, owner)] : []), ...serviceChanges(old, service)]);
  }
  for (const [id, service] of before.services) if (!after.services.has(id)) add(service.party, id, [difference('service-removed', 'high', gone(service))]);
  for (const id of new Set([...before.identityProviders.keys(), ...after.identityProviders.keys()])) changes.push(...providerChanges(before.identityProviders.get(id), after.identityProviders.get(id)));
  return changes;
};
export const isRisky = (changes: readonly Difference[]): boolean => changes.some(({ risk }) => risk === 'high');
/** `+ ale/journal: is new …` as a line for people. */
export const describeChange = ({ party, service, provider, risk, says }: Change): string => `${risk === 'high' ? '!' : '·'} ${provider === undefined ? (service ?? party) : `identity provider ${provider}`}: ${says}`;
