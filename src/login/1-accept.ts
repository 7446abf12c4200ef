/**
 * Step 1, after a face has verified who asks and where to answer: has this request been seen before, may this address
 * start logins at this pace, and which transaction does it become? Nothing is stored for a request that can be answered at once.
 */
import { BlockList, isIP } from 'node:net';
import { fail } from '../core/errors.ts';
import type { TransactionId } from '../core/ids.ts';
import { newId } from '../core/ports.ts';
import { newReference } from '../core/secrets.ts';
import type { Registry } from '../parties/model.ts';
import type { LoginPorts } from './context.ts';
import type { AcceptedRequest, AcceptedTransaction } from './transaction.ts';

export const newTransaction = (request: AcceptedRequest, ports: LoginPorts): AcceptedTransaction => ({
  state: 'accepted',
  id: newId(ports.random, 128) as TransactionId,
  reference: newReference(ports.random),
  expiresAt: ports.clock.now() + ports.settings.transactionSeconds * 1000,
  cookieHash: null,
  beginCodeHash: null,
  locale: request.locale ?? null,
  request,
  order: null,
  lastFailure: null,
  handleHash: null,
  handleExpiresAt: 0,
  parked: null,
  declinedSession: false,
});

/** Longer than any request stays valid: five minutes and twice the largest clock skew (threats E03). */
const REMEMBERED_SECONDS = 900;
/** The id that the first sight of this request left behind, or undefined when this is the first sight [SAMLCore §3.2.1 ID]. */
export const seenBefore = async (key: { issuer: string; id: string }, transaction: AcceptedTransaction, ports: LoginPorts): Promise<TransactionId | undefined> =>
  (await ports.stores.replay.claim(`request:${key.issuer}`, key.id, transaction.id, Math.max(ports.settings.transactionSeconds, REMEMBERED_SECONDS))) as TransactionId | undefined;

const networksOf = new WeakMap<Registry, BlockList>();
const partyNetworks = (registry: Registry): BlockList => {
  const known = networksOf.get(registry);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const party of registry.parties.values()) {
    for (const network of party.networks) {
      const [address = '', prefix = ''] = network.split('/');
      list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    }
  }
  networksOf.set(registry, list);
  return list;
};

/** Within a party's networks one address is many people. */
export const isOfParty = (address: string, ports: LoginPorts): boolean => {
  const family = isIP(address);
  return family !== 0 && partyNetworks(ports.registry.current()).check(address, family === 6 ? 'ipv6' : 'ipv4');
};
/** Limits new logins per address, but not inside a party's networks: a hospital is one address. */
export const checkPace = async (address: string, ports: LoginPorts): Promise<void> => {
  if (isOfParty(address, ports)) return;
  const count = await ports.stores.rates.increment('start', address, 60);
  if (count > ports.settings.startsPerMinute) fail('web.rate', `more than ${ports.settings.startsPerMinute} logins started in a minute from one address`);
};
