/** Who reads what we publish: by the name that it gives (`?consumer=<service or party>`), else by its party's network, else its address. */
import { BlockList, isIPv6 } from 'node:net';
import type { Registry } from '../parties/model.ts';

const networkOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
};
const lists = new WeakMap<Registry, readonly (readonly [string, BlockList])[]>();
const listsOf = (registry: Registry): readonly (readonly [string, BlockList])[] => {
  const known = lists.get(registry) ?? [...registry.parties.values()].filter(({ networks }) => networks.length > 0).map(({ id, networks }) => [id, networkOf(networks)] as const);
  lists.set(registry, known);
  return known;
};
/** The name is a hint for whoever plans a rollover: it opens nothing. */
export const consumerOf = ({ url, ip }: { readonly url: string; readonly ip: string }, registry: Registry): string => {
  const named = new URLSearchParams(url.split('?', 2)[1] ?? '').get('consumer') ?? '';
  if (registry.services.has(named as never)) return `service ${named}`;
  if (registry.identityProviders.has(named)) return `idp ${named}`;
  if (registry.parties.has(named as never)) return `party ${named}`;
  const plain = ip.replace(/^::ffff:(?=\d+\.)/, '');
  const party = listsOf(registry).find(([, list]) => list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4'))?.[0];
  return party === undefined ? `address ${plain}` : `party ${party}`;
};
/** `Shibboleth-SP/3.4.1` of a longer text. */
export const productOf = (agent: string | undefined): string => /^[\w.-]{1,30}(?:\/[\w.-]{1,20})?/.exec(agent ?? '')?.[0] ?? 'unknown';
