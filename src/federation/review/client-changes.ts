/** What a change of an OpenID Connect client means. Nearly everything decides who may get a token, so little is low. */
import type { OidcClient } from '../../parties/model.ts';
import type { Difference, Risk } from './model.ts';

const hostOf = (url: string): string => URL.parse(url)?.host ?? url;
const without = (list: readonly string[], other: readonly string[]): readonly string[] => list.filter((one) => !other.includes(one));
/** Keys with their own sentences below. */
const told = new Set<string>(['redirectUris', 'secretHashes', 'entityId']);

export const clientChanges = (before: OidcClient, after: OidcClient): readonly Difference[] => {
  const hosts = new Set(before.redirectUris.map(hostOf));
  const risk = (uri: string): Risk => (hosts.has(hostOf(uri)) ? 'low' : 'high');
  const overlap = after.secretHashes.some((hash) => before.secretHashes.includes(hash));
  const secrets = without(after.secretHashes, before.secretHashes).length + without(before.secretHashes, after.secretHashes).length;
  const others = (Object.keys(after) as (keyof OidcClient)[]).filter((key) => !told.has(key) && JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return [
    ...(before.entityId === after.entityId ? [] : [{ kind: 'client-id', risk: 'high' as const, says: `is ${after.entityId} (was ${before.entityId})` }]),
    ...without(after.redirectUris, before.redirectUris).map((uri): Difference => ({ kind: risk(uri) === 'high' ? 'redirect-host' : 'redirect-address', risk: risk(uri), says: `receives codes at ${uri}${risk(uri) === 'high' ? ', a host that it did not have before' : ''}` })),
    ...without(before.redirectUris, after.redirectUris).map((uri): Difference => ({ kind: 'redirect-removed', risk: 'low', says: `no longer receives codes at ${uri}` })),
    ...(secrets === 0 ? [] : [{ kind: overlap ? 'secret-rolled' : 'secret-replaced', risk: overlap ? 'low' as const : 'high' as const, says: overlap ? 'rolls its secret, one known stays' : 'has another secret without overlap' }]),
    ...(others.length === 0 ? [] : [{ kind: 'client-settings', risk: 'high' as const, says: `differs in ${others.join(', ')}` }]),
  ];
};
