/** A municipality's own IdP as Bryggan asks it, on real programs: Chromium → mod_auth_mellon → Bryggan → SimpleSAMLphp's own people, and all the way back. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { parseDocument } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet } from '../../certs-dev/set.ts';
import { startChromium, type CardChromium } from '../browser/chromium.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts, until } from '../fixtures/ports.ts';
import type { Apache } from './apache.ts';
import { mellonService, startMellon } from './mellon.ts';
import { apacheClient, startOpenidc } from './mod-auth-openidc.ts';
import { addressesOf, startSimplesamlphp } from './simplesamlphp.ts';

const LOA3 = 'http://id.sambi.se/loa/loa3';
const PERSON = 'SE2120001355-DEV1005';
const [mellonPort = 0, clientPort = 0, idpPort = 0] = await freePorts(3);
const [mellonUrl, clientUrl] = [`https://127.0.0.1:${String(mellonPort)}`, `https://127.0.0.1:${String(clientPort)}`];
const idp = addressesOf(idpPort);
let bryggan: Bryggan;
let chromium: CardChromium;
let mellon: Apache;
let client: Apache;
let simplesamlphp: Apache;
const textAt = async (url: string): Promise<string> => (await bryggan.agentFor(null).once(url)).text();
const addMethod = (root: string): void => {
  const path = join(root, 'config', 'methods.yaml');
  const methods = parseDocument(readFileSync(path, 'utf8'));
  methods.addIn(['methods'], methods.createNode({ id: 'organisation', kind: 'upstream' }));
  writeFileSync(path, String(methods));
};
/** The metadata is what the program itself publishes. */
const addProvider = async (): Promise<void> => {
  const folder = join(bryggan.root, 'metadata', 'identity-providers', 'goteborg');
  const applied = (): number => bryggan.audit().filter(({ type }) => type === 'registry.applied').length;
  const before = applied();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'simplesamlphp.xml'), await textAt(idp.idp));
  writeFileSync(join(folder, 'simplesamlphp.yaml'), `names: { sv: Göteborgs inloggning, en: Gothenburg login }\ntrust:\n  levels: { '${LOA3}': loa3 }\n  highestLevel: loa3\n  hsaIdPrefixes: [SE2120001355-]\n`);
  await until('the IdP is known', () => Promise.resolve(applied() > before), () => bryggan.log().slice(-2000));
};
beforeAll(async () => {
  bryggan = await startBryggan({ services: [mellonService(mellonUrl, 'goteborg'), apacheClient(clientUrl)], prepare: ({ root }) => addMethod(root) });
  const metadata = await textAt(`${bryggan.baseUrl}/saml/metadata`);
  [simplesamlphp, chromium, mellon, client] = await Promise.all([
    startSimplesamlphp({
      port: idpPort, peers: [await textAt(`${bryggan.baseUrl}/upstream/saml/metadata`)],
      people: { level: LOA3, own: [{ user: 'cecilia', password: 'invented', facts: { employeeHsaId: PERSON } }, { user: 'stranger', password: 'invented', facts: { employeeHsaId: 'SE2321000131-DEV1001' } }] },
    }),
    startChromium({ held: [developmentSet().certificate('anna-berglund')] }),
    startMellon(mellonPort, metadata), startOpenidc(clientPort, bryggan.baseUrl, bryggan.caFile),
  ]);
  await addProvider();
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([mellon.stop(), client.stop(), simplesamlphp.stop()]);
  await bryggan.stop();
});

/** From the application to the IdP's own form, and back with what it says. */
const logIn = async (page: Page, user: string): Promise<void> => {
  await page.goto(`${mellonUrl}/inside.shtml`);
  await page.click('[data-method="idp:goteborg/simplesamlphp"]');
  await page.fill('input[name=username]', user);
  await page.fill('input[name=password]', 'invented');
  await page.locator('input[name=password]').press('Enter');
};
/** Does the application still know the browser? Asked without following where it sends a stranger. */
const knows = async (page: Page, url: string): Promise<boolean> => (await page.context().request.get(`${url}/inside.shtml`, { maxRedirects: 0, ignoreHTTPSErrors: true })).status() === 200;

describe('SimpleSAMLphp as the IdP that we ask', () => {
  it('its person is logged in to our application; the next one asks nothing; logging out there ends both and the IdP’s own session', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await logIn(page, 'cecilia');
    await page.click('[data-commission="0"]');
    await page.waitForURL(`${mellonUrl}/inside.shtml`);
    expect(await page.locator('#HSAID').textContent()).toBe(PERSON);
    expect(bryggan.audit().findLast(({ type }) => type === 'login.authenticated')).toMatchObject({ facts: { provider: 'goteborg/simplesamlphp', level: 'loa3' } });
    await page.goto(`${clientUrl}/inside.shtml`);
    await page.waitForURL(`${clientUrl}/inside.shtml`);
    expect(bryggan.audit().findLast(({ type }) => type === 'login.succeeded')).toMatchObject({ facts: { reused: true } });
    await page.goto(`${mellonUrl}/mellon/logout?ReturnTo=${encodeURIComponent(`${mellonUrl}/mellon/metadata`)}`, { waitUntil: 'commit' }).catch(() => undefined);
    await expect.poll(() => knows(page, clientUrl), { timeout: 60_000 }).toBe(false);
    await expect.poll(() => knows(page, mellonUrl), { timeout: 60_000 }).toBe(false);
    // Its own session is over too: the form is shown again.
    await page.goto(`${mellonUrl}/inside.shtml`);
    await page.click('[data-method="idp:goteborg/simplesamlphp"]');
    await page.waitForSelector('input[name=username]');
    await context.close();
  });
  it('the same program naming a person of another party’s is refused', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await logIn(page, 'stranger');
    await expect.poll(() => bryggan.audit().findLast(({ type }) => type === 'upstream.refused')?.facts, { timeout: 60_000 }).toMatchObject({ method: 'idp:goteborg/simplesamlphp', detail: 'the IdP may not speak for HSA-ids with this beginning' });
    expect(await knows(page, mellonUrl)).toBe(false);
    await context.close();
  });
});
