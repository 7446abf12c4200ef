/** The rings of a node: nothing serves that is not on record, nothing is written that does not serve, and whoever missed a step takes it. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrygganError } from '../../src/core/errors.ts';
import { silentLog } from '../../src/core/ports.ts';
import { createKeyring, readRings, type KeyOrder, type Keyring, type KeyringPorts, type StepFacts } from '../../src/keys/keyring.ts';
import type { HeldKey, KeyUse, Rings } from '../../src/keys/model.ts';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'bryggan-rings-')); });
afterEach(() => { rmSync(directory, { recursive: true, force: true }); });

const NOW = Date.UTC(2026, 10, 23);
const key = (id: string, role: HeldKey['role']): HeldKey => ({ use: 'saml-signing', id: `${id}-0123456789`, role, since: 0, notAfter: null, subject: null, file: id });
interface Store { readonly shared: KeyringPorts['shared']; readonly claim: KeyringPorts['claim']; readonly values: Map<string, string> }
const oneStore = (): Store => {
  const [values, claimed] = [new Map<string, string>(), new Set<number>()];
  return {
    values, shared: { get: (name) => Promise.resolve(values.get(name)), set: (name, value) => { values.set(name, value); return Promise.resolve(); } },
    claim: (revision) => { const free = !claimed.has(revision); claimed.add(revision); return Promise.resolve(free); },
  };
};
interface Node { readonly keyring: Keyring; readonly held: HeldKey[]; readonly served: { readonly rings: Rings; readonly urgent: boolean }[]; readonly recorded: StepFacts[]; readonly file: string }
const nodeAt = (name: string, store: Store = oneStore(), changed: Partial<KeyringPorts> = {}): Node => {
  const held = [key('old', 'current'), key('new', 'next')];
  const [served, recorded]: [Node['served'], StepFacts[]] = [[], []];
  const file = join(directory, name, 'rings.json');
  const keyring = createKeyring({
    clock: { now: () => NOW }, log: silentLog, node: name, file, shared: store.shared, claim: store.claim, held: () => held,
    make: () => { held.push(key('made', 'made')); return 'made'; },
    readers: () => [{ id: 'vgr/journal', party: 'vgr', federation: 'sambi', kind: 'saml' }], echoSeconds: 28_800,
    serve: (rings, urgent) => { served.push({ rings, urgent }); return Promise.resolve(); },
    record: (facts) => { recorded.push(facts); return Promise.resolve(); },
    ...changed,
  });
  return { keyring, held, served, recorded, file };
};
const use: KeyUse = 'saml-signing';
const order = (step: KeyOrder['step'], more: Partial<KeyOrder> = {}): KeyOrder => ({ use, step, services: [], key: null, by: 'erik', anyway: true, ...more });
const rolesOf = ({ keyring }: Node): readonly string[] => keyring.ring(use).keys.map(({ id, role }) => `${id.split('-')[0] ?? ''} ${role}`);
const fails = (): Promise<never> => Promise.reject(new BrygganError('audit.unavailable', 'the disk is full'));

describe('an order', () => {
  it('is on record, served, written for this user alone, and told to the others', async () => {
    const store = oneStore();
    const node = nodeAt('one', store);
    await node.keyring.order(order('switch'));
    expect(rolesOf(node)).toEqual(['old previous', 'new current']);
    expect(node.recorded).toEqual([{ by: 'erik', use, step: 'switch', key: 'old-0123456789', services: [], past: ['1 service is not known to have the next key: vgr/journal'] }]);
    expect([readRings(node.file), node.served.at(-1)?.rings, JSON.parse(store.values.get('key-rings') ?? '')]).toEqual(Array.from({ length: 3 }, () => node.keyring.rings()));
    expect(statSync(node.file).mode & 0o777).toBe(0o600);
  });
  it('waits while something speaks against it', async () => {
    const node = nodeAt('one');
    await expect(node.keyring.order(order('switch', { anyway: false }))).rejects.toMatchObject({ code: 'key.waits' });
    await node.keyring.tell(use, 'vgr', 'erik');
    await node.keyring.order(order('switch', { anyway: false }));
    expect(rolesOf(node)).toEqual(['old previous', 'new current']);
  });
  it.each([['cannot be put on record', { record: fails }], ['cannot be served', { serve: fails }], ['was taken by another node at this moment', { claim: () => Promise.resolve(false) }]] as const)('that %s changes nothing', async (_why, changed) => {
    const node = nodeAt('one', oneStore(), changed);
    await expect(node.keyring.order(order('switch'))).rejects.toThrow();
    expect([rolesOf(node), readRings(node.file).revision]).toEqual([['old current', 'new next'], 0]);
  });
  it('to make a key changes no role, and the key is nobody’s business yet', async () => {
    const node = nodeAt('one');
    await node.keyring.add(use, 'erik');
    expect(rolesOf(node)).toEqual(['old current', 'new next', 'made made']);
    await expect(nodeAt('two', oneStore(), { make: () => { throw new BrygganError('command.usage', 'in a token'); } }).keyring.add(use, 'erik')).rejects.toMatchObject({ code: 'command.usage' });
  });
  it('to withdraw is urgent, no other is', async () => {
    const node = nodeAt('one');
    await node.keyring.order(order('withdraw', { key: 'old-01234' }));
    await node.keyring.add(use, 'erik');
    expect(node.served.map(({ urgent }) => urgent)).toEqual([true, false]);
  });
  it('per service is for SAML answers and services that are there', async () => {
    const { keyring } = nodeAt('one');
    await expect(keyring.order(order('switch', { services: ['vgr/nobody'] }))).rejects.toThrow(/no service vgr\/nobody/);
    await expect(keyring.order(order('switch', { use: 'metadata', services: ['vgr/journal'] }))).rejects.toThrow(/per service/);
    await keyring.order(order('switch', { services: ['vgr/journal'] }));
    expect(keyring.ring(use).early).toEqual(['vgr/journal']);
  });
});

describe('several nodes', () => {
  it('follow each other, and one that was away takes what it missed', async () => {
    const store = oneStore();
    const [one, two] = [nodeAt('one', store), nodeAt('two', store)];
    await one.keyring.order(order('switch'));
    await two.keyring.exchange();
    await two.keyring.order(order('retire'));
    await one.keyring.exchange();
    const late = nodeAt('three', store);
    await late.keyring.exchange();
    expect([one, two, late].map(rolesOf)).toEqual(Array.from({ length: 3 }, () => ['old retired', 'new current']));
  });
  it('a step that one of them could not follow is not taken; a leaked key goes all the same, and that is on record', async () => {
    const store = oneStore();
    const [one, two] = [nodeAt('one', store), nodeAt('two', store)];
    two.held.pop();
    await two.keyring.exchange();
    await expect(one.keyring.order(order('switch'))).rejects.toThrow(/node two does not have the key/);
    await one.keyring.order(order('withdraw', { key: 'old-01234' }));
    expect(one.recorded.at(-1)?.past).toEqual(['node two does not have the key: copy its files there']);
  });
  it('a store that forgot is told again, and an older word from it is not taken', async () => {
    const store = oneStore();
    const node = nodeAt('one', store);
    const old = JSON.stringify(node.keyring.rings());
    await node.keyring.order(order('switch'));
    for (const forgotten of [undefined, old]) {
      if (forgotten === undefined) store.values.clear();
      else store.values.set('key-rings', forgotten);
      await node.keyring.exchange();
      expect([rolesOf(node), store.values.get('key-rings')]).toEqual([['old previous', 'new current'], JSON.stringify(node.keyring.rings())]);
    }
  });
});

it('a file that cannot be read is no file that says nothing', async () => {
  const node = nodeAt('one');
  await node.keyring.order(order('switch'));
  for (const text of ['', '{', '[]', 'null', readFileSync(node.file, 'utf8').slice(0, -2)]) {
    writeFileSync(node.file, text);
    expect(() => readRings(node.file), text.slice(0, 5)).toThrow(/from another node or a backup/);
  }
});
