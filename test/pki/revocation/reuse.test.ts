/** Reuse of a session looks at what a list speaks about, as the login did (threats H11). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { implicit, sequence, type Asn1 } from '../../../certs-dev/asn1.ts';
import { silentLog } from '../../../src/core/ports.ts';
import { createRevocationChecker } from '../../../src/pki/index.ts';
import { NOW } from '../authority.ts';
import { hierarchy } from '../store.ts';

const TRUE = Buffer.from([0xff]);
const only = (tag: number): Asn1 => sequence(implicit(tag, TRUE));
const checkerWith = async (scope: Asn1 | undefined) => {
  const directory = mkdtempSync(join(tmpdir(), 'lists-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const { root, issuing, store } = hierarchy({ crlUrls: ['http://lists.test/issuing'] }, { crlUrls: ['http://lists.test/root'] });
  const leaf = issuing.issue();
  const checker = createRevocationChecker({
    store, directory, clock: { now: () => NOW + 1000 }, log: silentLog,
    fetchBytes: (url) => Promise.resolve(url.endsWith('root') ? root.list() : issuing.list(scope === undefined ? {} : { scope })),
  });
  await checker.refresh();
  return { cached: (der: Uint8Array | null) => checker.cached(store.issuers[0]?.row.id ?? '', leaf.certificate.serial, der).status, der: leaf.der };
};

describe('a session’s certificate and the scope of the list at hand', () => {
  it('a list for everything speaks about it, also where the certificate itself is not at hand', async () => {
    const { cached, der } = await checkerWith(undefined);
    expect([cached(der), cached(null)]).toEqual(['good', 'good']);
  });
  it('a list for people’s certificates speaks about it when the certificate shows that it is one', async () => {
    const { cached, der } = await checkerWith(only(1));
    expect([cached(der), cached(null)]).toEqual(['good', 'unknown']);
  });
  it('a list for authorities alone says nothing about it [RFC 5280 §6.3.3 (b) (2)]', async () => {
    const { cached, der } = await checkerWith(only(2));
    expect([cached(der), cached(null)]).toEqual(['unknown', 'unknown']);
  });
});
