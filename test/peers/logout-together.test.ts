/** Two real applications, one session, one logout, in Chromium: a SAML service (mod_auth_mellon) and a client (mod_auth_openidc). */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet } from '../../certs-dev/set.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts } from '../fixtures/ports.ts';
import { startChromium, type CardChromium } from '../browser/chromium.ts';
import type { Apache } from './apache.ts';
import { mellonService, startMellon } from './mellon.ts';
import { apacheClient, startOpenidc } from './mod-auth-openidc.ts';

const [mellonPort = 0, clientPort = 0] = await freePorts(2);
const [mellonUrl, clientUrl] = [`https://127.0.0.1:${String(mellonPort)}`, `https://127.0.0.1:${String(clientPort)}`];
let bryggan: Bryggan;
let chromium: CardChromium;
let mellon: Apache;
let client: Apache;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [mellonService(mellonUrl), apacheClient(clientUrl)] });
  const metadata = await (await bryggan.agentFor(null).once(`${bryggan.baseUrl}/saml/metadata`)).text();
  [mellon, client, chromium] = await Promise.all([startMellon(mellonPort, metadata), startOpenidc(clientPort, bryggan.baseUrl, bryggan.caFile), startChromium({ held: [developmentSet().certificate('anna-berglund')] })]);
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([mellon.stop(), client.stop()]);
  await bryggan.stop();
});

/** By card to the SAML service, then to the client without a login. */
const throughBoth = async (page: Page): Promise<void> => {
  await page.goto(`${mellonUrl}/inside.shtml`);
  await page.waitForURL(`${mellonUrl}/inside.shtml`);
  const cards = bryggan.audit().filter(({ type }) => type === 'login.authenticated').length;
  await page.goto(`${clientUrl}/inside.shtml`);
  await page.waitForURL(`${clientUrl}/inside.shtml`);
  expect(await page.locator('#GIVENNAME').textContent()).toBe('Anna');
  expect(bryggan.audit().filter(({ type }) => type === 'login.authenticated')).toHaveLength(cards);
};
/** Does the application still know the browser? Asked without following where it sends a stranger. */
const knows = async (page: Page, url: string): Promise<boolean> => (await page.context().request.get(`${url}/inside.shtml`, { maxRedirects: 0, ignoreHTTPSErrors: true })).status() === 200;
const results = (page: Page): Promise<readonly (string | null)[]> => page.locator('[data-result]').evaluateAll((lines) => lines.map((line) => line.getAttribute('data-result')));
const logOutAtClient = async (page: Page): Promise<void> => {
  await page.goto(`${clientUrl}/oidc/callback?logout=${encodeURIComponent(`${clientUrl}/bye.html`)}`);
  await page.waitForSelector('[data-step=logged-out]');
};

describe('logout from the client', () => {
  it('the SAML service is logged out too; the page names it, and leads back', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await throughBoth(page);
    expect(await knows(page, mellonUrl)).toBe(true);
    await logOutAtClient(page);
    expect(await results(page)).toEqual(['logged-out']);
    expect([await knows(page, mellonUrl), await knows(page, clientUrl)]).toEqual([false, false]);
    await page.click('[data-action=continue]');
    await page.waitForURL(`${clientUrl}/bye.html`);
    await context.close();
  });
  it('from the SAML service: the client hears it by the back channel', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await throughBoth(page);
    await page.goto(`${mellonUrl}/mellon/logout?ReturnTo=${encodeURIComponent(`${mellonUrl}/mellon/metadata`)}`, { waitUntil: 'commit' }).catch(() => undefined);
    await expect.poll(() => knows(page, clientUrl), { timeout: 20_000 }).toBe(false);
    expect(await knows(page, mellonUrl)).toBe(false);
    await context.close();
  });
  it('the SAML service is switched off: the page says that it did not answer and to close the browser', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await throughBoth(page);
    await mellon.stop();
    await logOutAtClient(page);
    expect(await results(page)).toEqual(['unreachable']);
    expect(await page.textContent('h1')).toBe('Stäng webbläsaren också');
    expect(await knows(page, clientUrl)).toBe(false);
    await context.close();
  });
});
