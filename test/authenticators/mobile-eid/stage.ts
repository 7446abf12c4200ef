/** Orders without waiting: time moves when a test says so, the service says what a test says, the store is the embedded one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Credential, MobileClient, Polled } from '../../../src/authenticators/mobile-eid/model.ts';
import { createOrderMachine, type OrderMachine } from '../../../src/authenticators/mobile-eid/orders.ts';
import type { Judge } from '../../../src/authenticators/mobile-eid/poller.ts';
import { BrygganError } from '../../../src/core/errors.ts';
import { silentLog, systemRandom } from '../../../src/core/ports.ts';
import type { VerifiedIdentity } from '../../../src/login/transaction.ts';
import type { JsonRecord, LeasedRecords } from '../../../src/sessions/ports.ts';
import { openSqliteStores } from '../../../src/sessions/sqlite/stores.ts';
import { firstKey, sealerOf } from '../../contracts/stages/store-stage.ts';

export const credential: Credential = { certificate: 'AA==', intermediates: [], signature: null, userId: null, deviceAddress: '192.0.2.1' };
export const identity = { method: 'm', person: { kind: 'personal-identity-number', number: '189003129807' } } as unknown as VerifiedIdentity;
export const pending = (hint: 'start-app' | 'app-started' | 'user-sign' = 'start-app'): Polled => ({ kind: 'pending', hint });
export const complete: Polled = { kind: 'complete', credential };
export const POLL = 3000;
export const LIFETIME = 180;

export interface OrderStage {
  readonly store: LeasedRecords<JsonRecord>;
  /** How often the service was asked, and how many answers are still under way. */
  readonly asked: { polls: number; flying: number; most: number; cancels: number };
  /** What the service says from now on; a function is asked every time. */
  say(answer: Polled | (() => Promise<Polled>)): void;
  /** The next calls that write fail so often. */
  failWrites(times: number): void;
  readonly writes: () => number;
  node(name: string, judge?: Judge): OrderMachine & { /** The process is gone: nothing of it runs any more. */ die(): void };
  /** Time passes in steps of the service's pace. */
  pass(milliseconds: number): Promise<void>;
}
const settled = async (): Promise<void> => { for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => { setImmediate(done); }); };

export const orderStage = (): OrderStage => {
  const folder = mkdtempSync(join(tmpdir(), 'orders-'));
  let now = Date.UTC(2026, 5, 1);
  const clock = { now: () => now };
  const stores = openSqliteStores({ file: join(folder, 'store.sqlite'), sealer: sealerOf([firstKey]), clock });
  onTestFinished(async () => { await stores.close(); rmSync(folder, { recursive: true }); });
  const asked = { polls: 0, flying: 0, most: 0, cancels: 0 };
  let answer: Polled | (() => Promise<Polled>) = pending();
  let [failing, writes] = [0, 0];
  const counted = async <T>(write: () => Promise<T>): Promise<T> => {
    if (failing > 0) {
      failing -= 1;
      throw new BrygganError('store.unavailable', 'away');
    }
    writes += 1;
    return write();
  };
  const { orders } = stores;
  const store: LeasedRecords<JsonRecord> = { ...orders, replace: (...given) => counted(() => orders.replace(...given)), settle: (...given) => counted(() => orders.settle(...given)), create: (...given) => counted(() => orders.create(...given)) };
  const client: MobileClient = {
    otherDevice: 'qr', pollMilliseconds: POLL,
    start: () => Promise.resolve({ reference: 'reference', lifetimeSeconds: LIFETIME, memory: {} }),
    poll: async () => {
      asked.polls += 1;
      asked.flying += 1;
      asked.most = Math.max(asked.most, asked.flying);
      try {
        return await (typeof answer === 'function' ? answer() : Promise.resolve(answer));
      } finally {
        asked.flying -= 1;
      }
    },
    cancel: () => { asked.cancels += 1; return Promise.resolve(); },
    startUrl: () => '', qrText: () => null,
  };
  const sleepers: { readonly at: number; readonly node: { dead: boolean }; readonly wake: () => void }[] = [];
  return {
    store, asked, writes: () => writes,
    say: (next) => { answer = next; },
    failWrites: (times) => { failing = times; },
    node: (name, judge = () => Promise.resolve(identity)) => {
      const self = { dead: false };
      const pause = (milliseconds: number): Promise<void> => new Promise((wake) => { sleepers.push({ at: now + milliseconds, node: self, wake }); });
      return { ...createOrderMachine('m', client, judge, { store, clock, random: systemRandom, log: silentLog, node: name, pause }), die: () => { self.dead = true; } };
    },
    pass: async (milliseconds) => {
      const end = now + milliseconds;
      while (now < end) {
        now = Math.min(end, ...sleepers.filter(({ at, node }) => at > now && !node.dead).map(({ at }) => at));
        for (const sleeper of sleepers.splice(0)) {
          if (sleeper.at > now) sleepers.push(sleeper);
          else if (!sleeper.node.dead) sleeper.wake();
        }
        await settled();
      }
    },
  };
};
export const wish = { transaction: 't', device: 'other', person: null, address: '192.0.2.7', text: 'Logga in' } as const;
