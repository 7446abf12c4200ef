/** BankID in a real browser: the picture moves every second, a camera reads it, old ones are not taken (threat I02). `PHONE_PICTURES=<folder>` keeps a picture of every state. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPhoneMethod } from '../../src/demo/net-id-demo.ts';
import { phoneKeyOf } from '../../src/demo/net-id-keys.ts';
import { startBankId, type BankIdSimulator } from '../fakes/bankid/simulator.ts';
import { askingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { startChromium, type CardChromium } from './chromium.ts';

const asker = askingService({ name: 'bokning', party: 'partille', yaml: 'methods: [siths-card, bankid]\n' });
const pictures = process.env['PHONE_PICTURES'];
const directory = mkdtempSync(join(tmpdir(), 'bryggan-bankid-'));
let bankId: BankIdSimulator;
let bryggan: Bryggan;
let chromium: CardChromium;
beforeAll(async () => {
  bankId = await startBankId();
  bryggan = await startBryggan({
    services: [asker.files],
    prepare: ({ root }) => { addPhoneMethod(root, bankId.url, { id: 'bankid', names: { sv: 'BankID', en: 'BankID' }, service: 'bankid', issuers: ['dev-efos-mobile'], byDefault: false, startsByPicture: false }); },
  });
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium.close();
  await bryggan.stop();
  await bankId.close();
  rmSync(directory, { recursive: true, force: true });
});
const keep = async (page: Page, name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
};
/** As a camera sees it. */
const scanned = async (page: Page): Promise<string> => {
  const file = join(directory, 'picture.png');
  await page.locator('img[data-picture]').screenshot({ path: file });
  return spawnSync('/usr/bin/zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' }).stdout.trim();
};
const secondsIn = (text: string): number => Number(text.split('.')[2] ?? Number.NaN);

it('is read by a camera, moves on by itself, and leads to a login; what it was before is not taken any more', async () => {
  const context = await chromium.newContext({ locale: 'sv-SE', reducedMotion: 'reduce', viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  await page.route(`${new URL(asker.acs).origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>arrived</title>' }));
  await page.goto(asker.startUrl(bryggan));
  await keep(page, 'phone-12-bankid-method');
  await page.click('button[value=bankid]');
  await page.click('[data-device=other]');
  let first = '';
  await until('a camera reads the picture', async () => {
    first = await scanned(page).catch(() => '');
    return first.startsWith('bankid.');
  });
  await keep(page, 'phone-13-bankid-picture');
  const order = bankId.orders.at(-1)!;
  expect(bankId.scan(first, secondsIn(first))).toBe(order);
  expect(bankId.scan(first, secondsIn(first) + 6)).toBeUndefined();
  await until('the picture moved', async () => secondsIn(await scanned(page).catch(() => '')) > secondsIn(first));
  expect(await page.content()).not.toContain(order.qrStartSecret);
  order.hintCode = 'userSign';
  await page.waitForSelector('[role=status]:has-text("Skriv din kod i appen")');
  bankId.approve(order, phoneKeyOf('sofia-grann'));
  await page.waitForURL(asker.acs);
  await page.goto(`${bryggan.baseUrl}/me`);
  expect(await page.textContent('main')).toContain('från 127.0.0.1');
  await keep(page, 'phone-14-bankid-me');
  await context.close();
});

it('a tab that becomes visible asks at once, without waiting for its next turn', async () => {
  const context = await chromium.newContext({ locale: 'sv-SE' });
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(asker.startUrl(bryggan));
  await page.click('button[value=bankid]');
  await page.click('[data-device=other]');
  await page.waitForSelector('[data-status]');
  // No timer of the page runs from here on.
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await page.waitForLoadState('networkidle');
  const question = page.waitForRequest(/\/status$/);
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  expect((await question).method()).toBe('GET');
  await context.close();
});
