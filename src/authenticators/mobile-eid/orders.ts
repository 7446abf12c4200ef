/**
 * The order machine: start → pending → complete or failed. Kept in the store, so that any node goes on with it and a restart loses
 * nothing. One poll is in flight per order whatever the number of tabs and nodes (poller.ts).
 */
import { isBrygganError } from '../../core/errors.ts';
import { newId, type Random } from '../../core/ports.ts';
import { digestOf } from '../../core/secrets.ts';
import type { Device, MobileClient, Order, PendingOrder } from './model.ts';
import { asJson, asOrder, createPoller, type Judge, type PollerPorts } from './poller.ts';

export interface OrderPorts extends PollerPorts { readonly random: Random }
export interface StartWish { readonly transaction: string; readonly device: Device; readonly person: string | null; readonly address: string; readonly text: string }
export interface OrderMachine {
  start(wish: StartWish): Promise<{ readonly id: string; readonly order: Order }>;
  /** The order as it stands; undefined when there is none. Costs the store nothing on the node that works on it. */
  look(id: string): Promise<Order | undefined>;
  cancel(id: string): Promise<void>;
  /** A completed order, gone from the store and handed to exactly one caller (threats I09). */
  take(id: string): Promise<Extract<Order, { state: 'complete' }> | undefined>;
}
/** An outcome waits so long for its browser. */
const OUTCOME_SECONDS = 120;

export const createOrderMachine = (method: string, client: MobileClient, judge: Judge, ports: OrderPorts): OrderMachine => {
  const { store, clock, random, log } = ports;
  const poller = createPoller(method, client, judge, ports);
  return {
    start: async ({ transaction, device, person, address, text }) => {
      const id = newId(random, 128);
      const challenge = Buffer.from(random.bytes(32)).toString('base64');
      const begun = await client.start({ device, person, address, text, challenge });
      const startedAt = clock.now();
      if ('kind' in begun) {
        log.info({ method, reason: begun.reason, detail: begun.detail }, 'an order was refused');
        const order: Order = { transaction, method, device, startedAt, expiresAt: startedAt, state: 'failed', reason: begun.reason };
        await store.create(id, asJson(order), OUTCOME_SECONDS);
        return { id, order };
      }
      const order: PendingOrder = { transaction, method, device, startedAt, expiresAt: startedAt + begun.lifetimeSeconds * 1000, state: 'pending', hint: 'start-app', order: begun, challenge, address, askedFor: person === null ? null : digestOf(person) };
      await store.create(id, asJson(order), begun.lifetimeSeconds + OUTCOME_SECONDS);
      await poller.adopt(id);
      return { id, order };
    },
    look: async (id) => {
      const here = poller.held(id);
      if (here !== undefined) return here;
      const found = await store.find(id);
      if (found === undefined) return undefined;
      const order = asOrder(found.value);
      return order.state === 'pending' ? ((await poller.adopt(id)) ?? order) : order;
    },
    cancel: async (id) => {
      poller.release(id);
      const found = await store.take(id);
      const order = found === undefined ? undefined : asOrder(found);
      if (order?.state !== 'pending') return;
      await client.cancel(order.order).catch((error: unknown) => log.warn({ method, code: isBrygganError(error) ? error.code : 'internal' }, 'an order could not be cancelled at its service'));
    },
    take: async (id) => {
      const found = await store.find(id);
      if (found === undefined || asOrder(found.value).state !== 'complete') return undefined;
      const taken = await store.take(id);
      if (taken === undefined) return undefined;
      const order = asOrder(taken);
      return order.state === 'complete' ? order : undefined;
    },
  };
};
