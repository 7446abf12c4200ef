/** An OCSP answer that somebody else fetched and handed over: believed like one of our own, but for its nonce (threats H10, I07). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../../src/core/ports.ts';
import { createRevocationChecker, verifyChain } from '../../../src/pki/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { HOUR, NOW, makeAuthority, type AnswerPlan } from '../authority.ts';
import { hierarchy } from '../store.ts';

const stage = () => {
  const directory = mkdtempSync(join(tmpdir(), 'lists-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { issuing, store } = hierarchy();
  const leaf = issuing.issue();
  const checker = createRevocationChecker({ store, directory, clock: { now: () => NOW }, log: silentLog, fetchBytes: () => Promise.reject(new Error('nowhere')) });
  const chain = verifyChain(leaf.der, store, { now: NOW, credentialTypes: ['card'], issuers: [], intermediates: [] });
  return { issuing, offer: (bytes: Uint8Array) => checker.offered(chain, bytes), answer: (plan: AnswerPlan) => issuing.answer(leaf.certificate.serial, plan), checker, chain };
};

it.each(['good', 'revoked', 'unknown'] as const)('says %s, also with the nonce of somebody else’s question', (status) => {
  const { offer, answer } = stage();
  expect(offer(answer({ status, nonce: Buffer.alloc(32, 9) }))).toBe(status);
});
it('an older one than we know is no fault, for both may have asked in the same second', () => {
  const { offer, answer } = stage();
  expect([offer(answer({})), offer(answer({ thisUpdate: NOW - 1000 }))]).toEqual(['good', 'good']);
});
it.each<readonly [string, AnswerPlan]>([['stale', { thisUpdate: NOW - 2 * HOUR }], ['about another certificate', { serial: '5a02' }], ['from the future', { thisUpdate: NOW + HOUR }]])('%s: not believed', (_what, plan) => {
  const { offer, answer } = stage();
  refusedWith('pki.ocsp', () => offer(answer(plan)));
  expect(offer(answer({}))).toBe('good');
});
it('of another authority, or garbage: not believed', () => {
  const { offer, chain } = stage();
  for (const bytes of [makeAuthority('Issuing').answer(chain.leaf.serial, {}), Buffer.from('3003', 'hex'), Buffer.alloc(0)]) refusedWith('pki.ocsp', () => offer(bytes));
});
