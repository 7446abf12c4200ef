/** OpenID Connect in Chromium: the application lies on another site than Bryggan, and what a person presses on our pages ends there. */
import type { Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { createOidcApplication, demoOidcApplication, writeClientFile } from '../../src/demo/oidc-application.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts } from '../fixtures/ports.ts';
import { startChromium, type CardChromium } from '../browser/chromium.ts';

const [port = 0] = await freePorts(1);
const client = demoOidcApplication(`https://127.0.0.1:${String(port)}`);
const [anna, erik] = [developmentSet().certificate('anna-berglund'), developmentSet().certificate('erik-sandstrom')];
let bryggan: Bryggan;
let chromium: CardChromium;
let application: Server;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bryggan-client-'));
  const key = writeClientFile(folder, client);
  const yaml = readFileSync(join(folder, 'metadata', 'services', client.party, `${client.id}.yaml`), 'utf8');
  rmSync(folder, { recursive: true });
  bryggan = await startBryggan({ services: [{ party: client.party, name: client.id, xml: null, yaml }] });
  application = createOidcApplication({ ...client, issuer: bryggan.baseUrl, ca: readFilePem(developmentSet().index.tlsAuthority.certFile), key, tls: { key: readFilePem('tls/application.key.pem'), cert: readFilePem('tls/application.crt.pem') }, neighbour: null });
  await new Promise<void>((done) => { application.listen(port, '127.0.0.1', done); });
  chromium = await startChromium({ held: [anna, erik] });
});
afterAll(async () => {
  await chromium.close();
  application.close();
  await bryggan.stop();
});

describe('in Chromium', () => {
  it('the card logs a nurse in to an application on another site', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await page.goto(`${client.baseUrl}/login`);
    await page.waitForURL(`${client.baseUrl}/`);
    expect(await page.locator('[data-claim=employeeHsaId]').textContent()).toBe('SE2321000131-DEV1001');
    await context.close();
  });
  it('a commission that is chosen by a form ends at the application’s address on another site: no policy stops it', async () => {
    await chromium.insert(erik);
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => { if (/Content Security Policy/i.test(message.text())) faults.push(message.text()); });
    await page.goto(`${client.baseUrl}/login`);
    await page.waitForSelector('[data-step=choose-commission]');
    await page.click('button[data-commission="1"]');
    await page.waitForURL(`${client.baseUrl}/`);
    expect(await page.locator('[data-claim=commissionHsaId]').textContent()).toMatch(/^SE\d{10}-/);
    expect(faults).toEqual([]);
    await context.close();
  });
  it('a person who cancels comes back to the application, which is told', async () => {
    const context = await chromium.newContext({ locale: 'sv-SE' });
    const page = await context.newPage();
    await page.goto(`${client.baseUrl}/login`);
    await page.waitForSelector('[data-step=choose-commission]');
    await page.click('form[action$="/cancel"] button');
    await page.waitForSelector('[data-error]');
    expect([new URL(page.url()).origin, await page.locator('[data-error]').textContent()]).toEqual([client.baseUrl, expect.stringContaining('authorization response') as unknown]);
    await context.close();
  });
});
