/**
 * Works on the orders that this node holds: asks the service at its pace, whoever looks and however often, and writes an outcome
 * before anybody is told of it.
 */
import { isBrygganError } from '../../core/errors.ts';
import type { Clock, Instant, Log } from '../../core/ports.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';
import type { JsonRecord, LeasedRecords } from '../../sessions/ports.ts';
import { addressIn, nameIn, type Credential, type FailureReason, type MobileClient, type Order, type PendingOrder, type Polled } from './model.ts';

export interface PollerPorts {
  readonly store: LeasedRecords<JsonRecord>;
  readonly clock: Clock;
  readonly log: Log;
  /** This node's name, the same after a restart: what it was working on it goes on with at once. */
  readonly node: string;
  /** Resolves after so many milliseconds; passed in so that tests need not wait. */
  readonly pause: (milliseconds: number) => Promise<void>;
}
/** Judges a credential against the order: throws a coded error when it is worth nothing. */
export type Judge = (credential: Credential, order: PendingOrder) => Promise<VerifiedIdentity>;
export interface Poller {
  /** The order as this node has it, or undefined when it is not held here. */
  held(id: string): Order | undefined;
  /** Works on it from here unless another node does; the order as it stands. */
  adopt(id: string): Promise<Order | undefined>;
  release(id: string): void;
}

/** A node that died is replaced by another after this; written again only when two thirds of it are over. */
const LEASE_MILLISECONDS = 45_000;
const RENEW_MILLISECONDS = 15_000;
/** Nobody has looked for so long: the browser is gone, and the order runs out by itself. */
const FORSAKEN_MILLISECONDS = 40_000;
const SAVE_PAUSE = 400;

export const asJson = (order: Order): JsonRecord => order as unknown as JsonRecord;
export const asOrder = (value: JsonRecord): Order => value as unknown as Order;
const base = ({ transaction, method, device, startedAt, expiresAt }: Order) => ({ transaction, method, device, startedAt, expiresAt });
const failed = (order: Order, reason: FailureReason): Order => ({ ...base(order), state: 'failed', reason });

/** An order that this node works on. */
interface Held { order: Order; version: number; leaseEnds: Instant; lookedAt: Instant }

/** What an answer makes of an order; the same order when nothing changed. */
const outcomes = (method: string, judge: Judge, log: Log) => async (order: PendingOrder, polled: Polled): Promise<Order> => {
  if (polled.kind === 'pending') return polled.hint === order.hint ? order : { ...order, hint: polled.hint };
  if (polled.kind === 'failed') {
    log.info({ method, reason: polled.reason, detail: polled.detail }, 'an order ended without a login');
    return failed(order, polled.reason);
  }
  try {
    return { ...base(order), state: 'complete', identity: await judge(polled.credential, order), deviceAddress: addressIn(polled.credential.deviceAddress), deviceName: 'stated' in polled.credential ? null : nameIn(polled.credential.deviceName) };
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    log.warn({ method, code: error.code, detail: error.detail }, 'what a phone returned is not accepted');
    return failed(order, error.code === 'mobile.elsewhere' ? 'elsewhere' : 'credential');
  }
};

export const createPoller = (method: string, client: MobileClient, judge: Judge, ports: PollerPorts): Poller => {
  const { store, clock, log, node } = ports;
  const held = new Map<string, Held>();

  const outcomeOf = outcomes(method, judge, log);
  const ask = async (order: PendingOrder): Promise<Order> => {
    if (order.expiresAt <= clock.now()) return failed(order, 'expired');
    try {
      return await outcomeOf(order, await client.poll(order.order));
    } catch (error) {
      // What was handed over is worth nothing, and will not be worth more the next time.
      if (isBrygganError(error) && error.code === 'mobile.credential') {
        log.warn({ method, code: error.code, detail: error.detail }, 'what a phone’s service returned is not accepted');
        return failed(order, 'credential');
      }
      // A service that does not answer just now has not said no.
      log.warn({ method, code: isBrygganError(error) ? error.code : 'internal' }, 'an order could not be polled');
      return order;
    }
  };
  /** The service says "complete" once: nobody is told before that is written, and it is tried for as long as the lease holds. False: it is another's by now. */
  const save = async (id: string, mine: Held, next: Order): Promise<boolean> => {
    for (;;) {
      try {
        if (next.state !== 'pending') return await store.settle(id, node, asJson(next), 0);
        const written = await store.replace(id, asJson(next), mine.version);
        mine.version += 1;
        return written;
      } catch (error) {
        if (!isBrygganError(error) || mine.leaseEnds <= clock.now()) throw error;
        await ports.pause(SAVE_PAUSE);
      }
    }
  };
  const renewed = async (id: string, mine: Held): Promise<boolean> => {
    if (mine.leaseEnds - clock.now() > RENEW_MILLISECONDS) return true;
    const leased = await store.lease(id, node, LEASE_MILLISECONDS);
    mine.leaseEnds = clock.now() + LEASE_MILLISECONDS;
    return leased?.granted === true;
  };
  /** Polls at the service's pace until there is an outcome; nothing is written while nothing changes. */
  const drive = async (id: string, mine: Held): Promise<void> => {
    while (mine.order.state === 'pending' && held.get(id) === mine) {
      await ports.pause(client.pollMilliseconds);
      if (held.get(id) !== mine) return;
      // Given back, so that whichever node the browser comes back to goes on at once.
      if (clock.now() - mine.lookedAt > FORSAKEN_MILLISECONDS) {
        await store.settle(id, node, asJson(mine.order), 0);
        return;
      }
      if (!(await renewed(id, mine))) return;
      const next = await ask(mine.order);
      if (next === mine.order) continue;
      if (!(await save(id, mine, next))) return;
      mine.order = next;
    }
  };
  const take = (id: string, mine: Held): void => {
    held.set(id, mine);
    drive(id, mine)
      .catch((error: unknown) => log.error({ method, code: isBrygganError(error) ? error.code : 'internal' }, 'an order is no longer worked on here'))
      .finally(() => { if (held.get(id) === mine) held.delete(id); });
  };

  return {
    held: (id) => {
      const mine = held.get(id);
      if (mine !== undefined) mine.lookedAt = clock.now();
      return mine?.order;
    },
    adopt: async (id) => {
      const leased = await store.lease(id, node, LEASE_MILLISECONDS);
      if (leased === undefined) return undefined;
      const order = asOrder(leased.value);
      const now = clock.now();
      if (leased.granted && order.state === 'pending' && !held.has(id)) take(id, { order, version: leased.version, leaseEnds: now + LEASE_MILLISECONDS, lookedAt: now });
      return order;
    },
    release: (id) => { held.delete(id); },
  };
};
