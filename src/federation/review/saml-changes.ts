/** What a change of a service's SAML metadata means. Keys are compared as keys: a new certificate around the same key is no new key. */
import type { PeerKey, SamlService } from '../../parties/model.ts';
import type { Difference, Risk } from './model.ts';
import { unruled } from './unruled.ts';

const hostOf = (url: string): string => URL.parse(url)?.host ?? url;
const has = (keys: readonly PeerKey[], { key }: PeerKey): boolean => keys.some((one) => one.key.equals(key));
const end = ({ notAfter }: PeerKey): string => new Date(notAfter).toISOString().slice(0, 10);

/** A new signing key beside a known one is a rollover; a new one in its place could be anybody's (threats F06), and whoever holds a new encryption key reads (threats C06). */
const keyChanges = (use: 'signing' | 'encryption', before: readonly PeerKey[], after: readonly PeerKey[]): readonly Difference[] => {
  const fresh = after.filter((key) => !has(before, key));
  const lost = before.filter((key) => !has(after, key));
  const overlap = after.some((key) => has(before, key));
  const found: Difference[] = [];
  if (before.length > 0 && after.length === 0) found.push({ kind: `${use}-dropped`, risk: 'high', says: use === 'encryption' ? 'publishes no encryption key any more: answers leave unencrypted unless encryption is required' : 'publishes no signing key any more: its requests cannot be verified' });
  else if (fresh.length > 0 && !overlap) found.push({ kind: `${use}-key-replaced`, risk: 'high', says: before.length === 0 ? `publishes its first ${use} key` : `replaces its ${use} key without overlap: ask its owner, by a known number, whether it is theirs` });
  else {
    for (const key of fresh) found.push({ kind: `${use}-key-added`, risk: use === 'encryption' ? 'high' : 'low', says: `adds ${use === 'encryption' ? 'an encryption key, which answers may be encrypted to,' : 'a signing key'} beside the known one (certificate until ${end(key)})` });
    for (const key of lost) found.push({ kind: `${use}-key-removed`, risk: 'low', says: `takes ${use === 'encryption' ? 'an' : 'a'} ${use} key away (certificate until ${end(key)}); another known one stays` });
  }
  const renewed = after.filter((key) => before.some((old) => old.key.equals(key.key)) && !before.some(({ certificate }) => certificate === key.certificate));
  if (renewed.length > 0) found.push({ kind: `${use}-certificate-renewed`, risk: 'low', says: `has a new certificate around its ${use} key (until ${renewed.map(end).join(', ')})` });
  return found;
};

interface Endpoint { readonly url: string; readonly binding: string }
const atWhich = { acs: 'receives answers', slo: 'is logged out', discovery: 'is told which IdP was chosen' } as const;
/** Where answers and logouts go: another host is another recipient. */
const endpointChanges = (what: keyof typeof atWhich, before: readonly Endpoint[], after: readonly Endpoint[]): readonly Difference[] => {
  const key = ({ url, binding }: Endpoint): string => `${binding} ${url}`;
  const hosts = new Set(before.map(({ url }) => hostOf(url)));
  const fresh = after.filter((one) => !before.some((old) => key(old) === key(one)));
  const lost = before.filter((one) => !after.some((now) => key(now) === key(one)));
  const risk = (url: string): Risk => (hosts.has(hostOf(url)) ? 'low' : 'high');
  return [
    ...fresh.map(({ url }): Difference => ({ kind: risk(url) === 'high' ? `${what}-host` : `${what}-address`, risk: risk(url), says: `${atWhich[what]} at ${url}${risk(url) === 'high' ? ', a host that it did not have before' : ''}` })),
    ...lost.map(({ url }): Difference => ({ kind: `${what}-removed`, risk: 'low', says: `no longer ${atWhich[what]} at ${url}` })),
  ];
};

const namesOf = ({ attributeConsumingServices }: SamlService): readonly string[] => attributeConsumingServices.flatMap(({ attributes }) => attributes.map(({ name, required }) => `${name}${required ? ' (required)' : ''}`));
const without = (list: readonly string[], other: readonly string[]): readonly string[] => [...new Set(list.filter((one) => !other.includes(one)))];
const listChanges = (before: SamlService, after: SamlService): readonly Difference[] => {
  const found: Difference[] = [];
  const say = (kind: string, risk: Risk, words: string, names: readonly string[]): void => { if (names.length > 0) found.push({ kind, risk, says: `${words}: ${names.join(', ')}` }); };
  say('attributes-more', 'high', 'asks for more', without(namesOf(after), namesOf(before)));
  say('attributes-less', 'low', 'no longer asks for', without(namesOf(before), namesOf(after)));
  say('categories-more', 'high', 'gets the categories', without(after.entityCategories, before.entityCategories));
  say('categories-less', 'high', 'loses the categories', without(before.entityCategories, after.entityCategories));
  if (before.nameIdFormats.join(' ') !== after.nameIdFormats.join(' ')) found.push({ kind: 'name-id', risk: 'high', says: `knows its users by ${after.nameIdFormats.join(', ') || 'the federation’s default'}: they may be new to it` });
  return found;
};
/** What is said about ciphers of a key that stays: the wrong word leaves a service unable to read. */
const cipherChanges = (before: SamlService, after: SamlService): readonly Difference[] => {
  const changed = after.encryptionKeys.some((key) => before.encryptionKeys.some((old) => old.key.equals(key.key) && (old.methods.join(' ') !== key.methods.join(' ') || old.digests.join(' ') !== key.digests.join(' '))));
  return changed ? [{ kind: 'ciphers', risk: 'high', says: 'names other ciphers for its encryption key' }] : [];
};
/** Same wishes, but in other sets: a request that names a set by its number gets another one. */
const setsOf = ({ attributeConsumingServices }: SamlService, asked: readonly string[]): string => JSON.stringify(attributeConsumingServices.map(({ index, isDefault, attributes }) => [index, isDefault, attributes.flatMap(({ name, nameFormat }) => (asked.includes(name) ? [[name, nameFormat]] : []))]));
const askedBy = ({ attributeConsumingServices }: SamlService): readonly string[] => attributeConsumingServices.flatMap(({ attributes }) => attributes.map(({ name }) => name));
const setChanges = (before: SamlService, after: SamlService): readonly Difference[] => {
  const common = askedBy(before).filter((name) => askedBy(after).includes(name));
  return setsOf(before, common) === setsOf(after, common) ? [] : [{ kind: 'attribute-sets', risk: 'high', says: 'arranges the attributes that it asks for in other sets' }];
};
/** We encrypt to the first that is published: another first one is another reader (threats C06). */
const readerChanges = (before: SamlService, after: SamlService): readonly Difference[] => {
  const [first] = after.encryptionKeys;
  const [known] = before.encryptionKeys;
  return first === undefined || known === undefined || first.key.equals(known.key) || !has(before.encryptionKeys, first) || !has(after.encryptionKeys, known) ? [] : [{ kind: 'encryption-key-order', risk: 'high', says: 'puts another of its encryption keys first: answers are encrypted to that one' }];
};
const orderOf = ({ assertionConsumerServices }: SamlService): string => JSON.stringify(assertionConsumerServices.map(({ index, isDefault, url }) => [index, isDefault, url]));

const urlsOf = ({ discoveryResponses = [] }: SamlService): readonly Endpoint[] => discoveryResponses.map((url) => ({ url, binding: '' }));
const ruled: ReadonlySet<string> = new Set<keyof SamlService>(['entityId', 'validUntil', 'authnRequestsSigned', 'wantAssertionsSigned', 'signingKeys', 'encryptionKeys', 'nameIdFormats', 'assertionConsumerServices', 'singleLogoutServices', 'attributeConsumingServices', 'discoveryResponses', 'entityCategories']);

export const samlChanges = (before: SamlService, after: SamlService): readonly Difference[] => {
  const found: Difference[] = [];
  if (before.entityId !== after.entityId) found.push({ kind: 'entity-id', risk: 'high', says: `is ${after.entityId} (was ${before.entityId}): its users may be new to it` });
  if (before.authnRequestsSigned !== after.authnRequestsSigned) found.push({ kind: 'requests-signed', risk: after.authnRequestsSigned ? 'low' : 'high', says: after.authnRequestsSigned ? 'signs its requests: unsigned ones are refused' : 'no longer signs its requests' });
  if (before.wantAssertionsSigned !== after.wantAssertionsSigned) found.push({ kind: 'assertions-signed', risk: after.wantAssertionsSigned ? 'low' : 'high', says: after.wantAssertionsSigned ? 'wants assertions signed' : 'no longer wants assertions signed' });
  if (before.validUntil !== after.validUntil) found.push({ kind: 'valid-until', risk: 'low', says: after.validUntil === null ? 'has no end of validity' : `is valid until ${new Date(after.validUntil).toISOString()}` });
  const endpoints = endpointChanges('acs', before.assertionConsumerServices, after.assertionConsumerServices);
  if (endpoints.length === 0 && orderOf(before) !== orderOf(after)) found.push({ kind: 'acs-order', risk: 'low', says: 'orders its addresses for answers in another way' });
  return [
    ...found, ...endpoints,
    ...endpointChanges('slo', before.singleLogoutServices.flatMap(({ url, responseUrl, binding }) => [{ url, binding }, { url: responseUrl, binding }]), after.singleLogoutServices.flatMap(({ url, responseUrl, binding }) => [{ url, binding }, ...(responseUrl === url ? [] : [{ url: responseUrl, binding }])])),
    ...endpointChanges('discovery', urlsOf(before), urlsOf(after)),
    ...keyChanges('signing', before.signingKeys, after.signingKeys), ...keyChanges('encryption', before.encryptionKeys, after.encryptionKeys),
    ...listChanges(before, after), ...cipherChanges(before, after), ...readerChanges(before, after), ...setChanges(before, after), ...unruled(before, after, ruled),
  ];
};
