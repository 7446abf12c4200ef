/** What somebody learns who proves nothing: no more than our metadata shows, and nothing from the difference between two refusals (threats L08). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';

const hidden = askingService({ name: 'hemliga-listan', yaml: 'enabled: false\n' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [hidden.files] }); });
afterAll(() => bryggan.stop());

const get = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await bryggan.agentFor(null).once(`${bryggan.baseUrl}${path}`);
  return { status: response.status, text: await response.text() };
};
const feeds = async (): Promise<readonly string[]> => [...(await get('/metadata')).text.matchAll(/href="(\/metadata\/[^"]+\.xml)"/g)].map(([, path = '']) => path);
/** But for the reference, which every refusal has of its own, and what was asked itself. */
const shown = ({ status, text }: { readonly status: number; readonly text: string }, asked: string): string => `${String(status)} ${text.replaceAll(/[A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{3}/g, 'REF').replaceAll(asked, 'asked')}`;

describe('L08: lists for everybody', () => {
  it('a service that is switched off, and every person, are on no page and in no document that a stranger can fetch', async () => {
    await until('feeds are published', async () => (await feeds()).length === 3);
    const start = ['/', '/metadata', '/me', '/logout', '/saml/metadata', '/upstream/saml/metadata', '/.well-known/openid-configuration', '/discovery', '/card-test/vgr'];
    for (const path of [...start, ...await feeds()]) expect([path, /hemliga-listan|DEV1001|Berglund/.test((await get(path)).text)]).toEqual([path, false]);
    // The twin: what is for everybody stands there.
    expect((await Promise.all((await feeds()).map(get))).some(({ text }) => text.includes(bryggan.entityId))).toBe(true);
  });
  it.each([['a party that has no card test', '/card-test/', 'boras', 'nobody-at-all'], ['a login', '/login/', 'A'.repeat(22), 'B'.repeat(22)], ['a feed', '/metadata/', 'vgr.xml', 'nobody.xml']])('%s is refused like one that does not exist', async (_what, path, known, unknown) => {
    expect(shown(await get(`${path}${known}`), known)).toBe(shown(await get(`${path}${unknown}`), unknown));
  });
});
