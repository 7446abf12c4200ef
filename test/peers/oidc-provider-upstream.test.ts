/** A municipality's own OpenID provider as Bryggan asks it, in Chromium: mod_auth_mellon → Bryggan → oidc-provider's own login, and all the way back. */
import { generateKeyPairSync } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet } from '../../certs-dev/set.ts';
import { startChromium, type CardChromium } from '../browser/chromium.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts } from '../fixtures/ports.ts';
import { GOTHENBURGS_PERSON, goodWords, prepareOp, startUpstreamOp, type UpstreamOp } from '../fixtures/upstream-op.ts';
import type { Apache } from './apache.ts';
import { mellonService, startMellon } from './mellon.ts';
import { apacheClient, startOpenidc } from './mod-auth-openidc.ts';

const [mellonPort = 0, clientPort = 0, opPort = 0] = await freePorts(3);
const [mellonUrl, clientUrl] = [`https://127.0.0.1:${String(mellonPort)}`, `https://127.0.0.1:${String(clientPort)}`];
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const choosing = <T extends { readonly yaml: string }>(files: T): T => ({ ...files, yaml: `${files.yaml}methods: [siths-card, organisation]\n` });
let bryggan: Bryggan;
let op: UpstreamOp;
let chromium: CardChromium;
let mellon: Apache;
let client: Apache;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [choosing(mellonService(mellonUrl, 'goteborg')), choosing(apacheClient(clientUrl))], prepare: ({ root }) => prepareOp(root, `https://localhost:${String(opPort)}`, key.privateKey) });
  op = await startUpstreamOp({ port: opPort, bryggan: bryggan.baseUrl, key: key.publicKey });
  const metadata = await (await bryggan.agentFor(null).once(`${bryggan.baseUrl}/saml/metadata`)).text();
  [chromium, mellon, client] = await Promise.all([startChromium({ held: [developmentSet().certificate('anna-berglund')] }), startMellon(mellonPort, metadata), startOpenidc(clientPort, bryggan.baseUrl, bryggan.caFile)]);
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([mellon.stop(), client.stop()]);
  op.close();
  await bryggan.stop();
});

const knows = async (page: Page, url: string): Promise<boolean> => (await page.context().request.get(`${url}/inside.shtml`, { maxRedirects: 0, ignoreHTTPSErrors: true })).status() === 200;
const logIn = async (page: Page): Promise<void> => {
  await page.goto(`${mellonUrl}/inside.shtml`);
  await page.click('[data-method="idp:goteborg/entra"]');
};
const lastOf = (type: string) => bryggan.audit().findLast((line) => line.type === type);

describe('oidc-provider as the IdP that we ask', () => {
  it('its person is logged in to our SAML application; the OpenID Connect one asks nothing; logging out ends both and the IdP’s own session', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await logIn(page);
    await page.click('[data-commission="0"]');
    await page.waitForURL(`${mellonUrl}/inside.shtml`);
    expect(await page.locator('#HSAID').textContent()).toBe(GOTHENBURGS_PERSON);
    expect(lastOf('login.authenticated')).toMatchObject({ facts: { provider: 'goteborg/entra', level: 'loa3' } });
    await page.goto(`${clientUrl}/inside.shtml`);
    await page.waitForURL(`${clientUrl}/inside.shtml`);
    expect(lastOf('login.succeeded')).toMatchObject({ facts: { reused: true } });
    await page.goto(`${bryggan.baseUrl}/me`);
    await page.click('[data-action=log-out]');
    // Its own page asks once more.
    await page.waitForURL(`${op.issuer}/session/end**`);
    await page.click('button[value=yes]');
    await page.waitForSelector('[data-step=logged-out]');
    expect(await page.locator('.result').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-result')))).toEqual(['logged-out', 'logged-out', 'logged-out']);
    expect([await knows(page, clientUrl), await knows(page, mellonUrl)]).toEqual([false, false]);
    const asked = op.pushed.length;
    op.says = { ...goodWords, cancels: true };
    await logIn(page);
    await expect.poll(() => lastOf('upstream.refused')?.code, { timeout: 60_000 }).toBe('upstream.cancelled');
    expect(op.pushed.length).toBe(asked + 1);
    await context.close();
  });
});
