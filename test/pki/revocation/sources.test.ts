/** A list and a responder that say different things, or fall silent: what was once said to be revoked is never forgotten (threats H09, H10). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../../src/core/ports.ts';
import { createRevocationChecker, verifyChain } from '../../../src/pki/index.ts';
import { HOUR, NOW, type AnswerPlan, type ListEntry } from '../authority.ts';
import { hierarchy } from '../store.ts';

const MINUTE = 60_000;
/** One card whose issuer has a list and a responder; either may be away. */
const stage = async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lists-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { root, issuing, store } = hierarchy({ ocspUrl: 'http://ocsp.test', revocation: { order: ['ocsp', 'crl'], staleSeconds: 0 } });
  const leaf = issuing.issue();
  const { serial } = leaf.certificate;
  const world: { now: number; listed: readonly ListEntry[]; number: number; answer: AnswerPlan | null } = { now: NOW, listed: [], number: 1, answer: null };
  const checker = createRevocationChecker({
    store, directory, clock: { now: () => world.now }, log: silentLog,
    fetchBytes: (url) => {
      const list = url.includes('root') ? root.list({ nextUpdate: NOW + 24 * HOUR }) : issuing.list({ entries: world.listed, number: world.number, thisUpdate: world.now - MINUTE, nextUpdate: NOW + 24 * HOUR });
      return Promise.resolve(list);
    },
    postOcsp: () => (world.answer === null ? Promise.reject(new Error('away')) : Promise.resolve(issuing.answer(serial, world.answer))),
  });
  const chain = verifyChain(leaf.der, store, { now: NOW, credentialTypes: ['card'], issuers: [], intermediates: [] });
  await checker.refresh();
  return {
    world, serial,
    ask: async () => { await checker.ask(chain); return checker.check(chain).status; },
    /** Half an hour later, with the next list. */
    later: async (listed: readonly ListEntry[]) => { Object.assign(world, { now: world.now + 30 * MINUTE, listed, number: world.number + 1 }); await checker.refresh(); },
  };
};

describe('a responder that said revoked and is away since', () => {
  it('the twin: it said good, and the list that is at hand says good when its answer is old', async () => {
    const { world, ask } = await stage();
    world.answer = { nextUpdate: null };
    expect(await ask()).toBe('good');
    Object.assign(world, { now: NOW + 10 * MINUTE, answer: null });
    expect(await ask()).toBe('good');
  });
  it('an older list does not make the card good again', async () => {
    const { world, ask } = await stage();
    world.answer = { status: 'revoked', nextUpdate: null };
    expect(await ask()).toBe('revoked');
    Object.assign(world, { now: NOW + 10 * MINUTE, answer: null });
    expect(await ask()).toBe('revoked');
  });
  it('a newer list does, and so does its own newer answer', async () => {
    const { world, ask, later } = await stage();
    world.answer = { status: 'revoked', nextUpdate: null };
    expect(await ask()).toBe('revoked');
    world.answer = null;
    await later([]);
    expect(await ask()).toBe('good');
    const other = await stage();
    other.world.answer = { status: 'revoked', nextUpdate: null };
    expect(await other.ask()).toBe('revoked');
    Object.assign(other.world, { now: NOW + 10 * MINUTE, answer: { nextUpdate: null, thisUpdate: NOW + 9 * MINUTE, producedAt: NOW + 9 * MINUTE } });
    expect(await other.ask()).toBe('good');
  });
});

describe('a list that says revoked, and a responder that says good after it', () => {
  it.each([[1, 'revoked'], [0, 'revoked'], [6, 'good']] as const)('reason %i: %s; a hold alone is ever lifted [RFC 5280 §5.3.1]', async (reason, expected) => {
    const { world, serial, ask, later } = await stage();
    await later([{ serial, reason }]);
    world.answer = { thisUpdate: world.now, producedAt: world.now, nextUpdate: null };
    expect(await ask()).toBe(expected);
  });
});
