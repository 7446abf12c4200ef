/** A municipality's own IdP in front of its applications: Chromium → mod_auth_mellon → SimpleSAMLphp → Bryggan by card, and all the way back. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet } from '../../certs-dev/set.ts';
import { startChromium, type CardChromium } from '../browser/chromium.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts } from '../fixtures/ports.ts';
import type { Apache } from './apache.ts';
import { mellonService, startMellon } from './mellon.ts';
import { apacheClient, startOpenidc } from './mod-auth-openidc.ts';
import { addressesOf, simplesamlphpService, startSimplesamlphp } from './simplesamlphp.ts';

const [mellonPort = 0, proxyPort = 0, directPort = 0] = await freePorts(3);
const [mellonUrl, directUrl] = [`https://127.0.0.1:${String(mellonPort)}`, `https://127.0.0.1:${String(directPort)}`];
const proxy = addressesOf(proxyPort);
let bryggan: Bryggan;
let chromium: CardChromium;
let mellon: Apache;
let direct: Apache;
let simplesamlphp: Apache;
const textAt = async (url: string): Promise<string> => (await bryggan.agentFor(null).once(url)).text();
beforeAll(async () => {
  bryggan = await startBryggan({ services: [apacheClient(directUrl), simplesamlphpService(proxyPort, ['employeeHsaId', 'givenName', 'commissionHsaId'], `proxying:\n  requesters:\n    - { entityId: '${mellonUrl}/mellon/metadata', names: { sv: Planering, en: Planning }, allow: [employeeHsaId, givenName] }\n`)] });
  const metadata = await textAt(`${bryggan.baseUrl}/saml/metadata`);
  [simplesamlphp, chromium] = await Promise.all([
    startSimplesamlphp({ port: proxyPort, peers: [metadata, mellonService(mellonUrl).xml], people: { askedOf: bryggan.entityId, level: 'http://id.sambi.se/loa/loa3' } }),
    startChromium({ held: [developmentSet().certificate('anna-berglund')] }),
  ]);
  [mellon, direct] = await Promise.all([startMellon(mellonPort, await textAt(proxy.idp)), startOpenidc(directPort, bryggan.baseUrl, bryggan.caFile)]);
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([mellon.stop(), direct.stop(), simplesamlphp.stop()]);
  await bryggan.stop();
});
const open = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/inside.shtml`);
  await page.waitForURL(`${url}/inside.shtml`).catch(async (error: unknown) => { throw new Error(`${page.url()}\n${await page.textContent('body') ?? ''}\n${simplesamlphp.log().slice(-3000)}`, { cause: error }); });
};
/** Does the application still know the browser? Asked without following where it sends a stranger. */
const knows = async (page: Page, url: string): Promise<boolean> => (await page.context().request.get(`${url}/inside.shtml`, { maxRedirects: 0, ignoreHTTPSErrors: true })).status() === 200;
const cards = (): number => bryggan.audit().filter(({ type }) => type === 'login.authenticated').length;

describe('a local IdP that is a service to us', () => {
  it('a nurse’s card logs her in to the application behind it, at the level that the application demanded; an application of ours then asks nothing', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await open(page, mellonUrl);
    expect(await page.locator('#HSAID').textContent()).toBe('SE2321000131-DEV1001');
    expect(await page.locator('#GIVENNAME').textContent()).toBe('Anna');
    expect(bryggan.audit().findLast(({ type }) => type === 'login.succeeded')).toMatchObject({ service: 'goteborg/simplesamlphp', facts: { requesters: [`${mellonUrl}/mellon/metadata`] } });
    expect(await page.locator('#COMMISSION').textContent()).not.toMatch(/SE\d/);
    const before = cards();
    await open(page, directUrl);
    expect(cards()).toBe(before);
    expect(bryggan.audit().findLast(({ type }) => type === 'login.succeeded')).toMatchObject({ facts: { reused: true } });
    await context.close();
  });
  it('logging out at the application behind it logs out at the local IdP, at Bryggan and at the other application', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await open(page, directUrl);
    await open(page, mellonUrl);
    expect([await knows(page, directUrl), await knows(page, mellonUrl)]).toEqual([true, true]);
    await page.goto(`${mellonUrl}/mellon/logout?ReturnTo=${encodeURIComponent(`${mellonUrl}/mellon/metadata`)}`, { waitUntil: 'commit' }).catch(() => undefined);
    await expect.poll(() => knows(page, directUrl), { timeout: 60_000 }).toBe(false);
    expect(await knows(page, mellonUrl)).toBe(false);
    const before = cards();
    await open(page, mellonUrl);
    expect(cards()).toBe(before + 1);
    await context.close();
  });
});
