/**
 * The proof of concept in a real browser against the whole demo: a joint service that all parties share, then a municipality's application,
 * one login with a phone. `PHONE_PICTURES=<folder>` keeps a picture of every state.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { product } from '../fixtures/bryggan.ts';
import { freeRange, until } from '../fixtures/ports.ts';
import { startChromium, type CardChromium } from './chromium.ts';

interface DemoFile { readonly applications: readonly { readonly id: string; readonly loginUrl: string }[]; readonly phone: { readonly url: string } }
const directory = mkdtempSync(join(tmpdir(), 'bryggan-phone-'));
const pictures = process.env['PHONE_PICTURES'];
const PHONE = { width: 360, height: 740 };
const COMPUTER = { width: 1280, height: 860 };
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
let child: ChildProcess;
let ended: Promise<unknown>;
let demo: DemoFile;
let chromium: CardChromium;
beforeAll(async () => {
  const base = await freeRange(13);
  child = spawn('npm', ['run', 'demo', '--', '--port', String(base), '--dir', directory], { cwd: product, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: undefined } });
  ended = new Promise((done) => { child.once('exit', done); });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { said += String(chunk); });
  await until('the demo is ready', () => existsSync(join(directory, 'demo.json')) && said.includes('ready'), () => said);
  demo = JSON.parse(readFileSync(join(directory, 'demo.json'), 'utf8')) as DemoFile;
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium.close();
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

const applicationUrl = (id: string): string => demo.applications.find((one) => one.id === id)?.loginUrl ?? '';
const keep = async (page: Page, name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
};
const open = async (viewport: { width: number; height: number }, userAgent?: string): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly complaints: readonly string[] }> => {
  const context = await chromium.newContext({ locale: 'sv-SE', reducedMotion: 'reduce', viewport, ...(userAgent === undefined ? {} : { userAgent }) });
  const complaints: string[] = [];
  context.on('console', (message) => { if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) complaints.push(message.text()); });
  context.on('weberror', (error) => { complaints.push(error.error().message); });
  return { context, page: await context.newPage(), complaints };
};
/** Holds a simulated phone: it reads the address that a picture or a link carries, and does `act`. */
const onPhone = async (address: string, act: string, person = 'anna-berglund'): Promise<void> => {
  const { context, page } = await open(PHONE);
  await page.goto(`${demo.phone.url}/open?token=${encodeURIComponent(address)}`);
  await page.click(`[data-person=${person}]`);
  await page.click(`[data-act=${act}]`);
  await page.waitForSelector('[data-done]');
  await context.close();
};
const chooseMobile = async (page: Page, service: string): Promise<void> => {
  await page.goto(applicationUrl(service));
  await page.click('button[value=mobile-efos]');
  await page.waitForSelector('[data-step=phone-start]');
};
/** The picture on the page, read from a screenshot by zbar as a camera would. */
const readPicture = async (page: Page): Promise<string> => {
  const file = join(directory, 'picture.png');
  await page.locator('img[data-picture]').screenshot({ path: file });
  const read = spawnSync('/usr/bin/zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8' });
  return read.stdout.trim();
};
const waiting = async (page: Page): Promise<void> => {
  await page.click('[data-device=other]');
  await until('the picture is there', async () => Number(await page.evaluate('document.querySelector("img[data-picture]")?.naturalWidth ?? 0')) > 0);
};

describe('an organisation’s own login', () => {
  const received = async (page: Page): Promise<string> => {
    await page.waitForSelector('table[data-received]');
    return (await page.textContent('table[data-received]')) ?? '';
  };
  it('is found as one types, remembered, and leads to the same person as their card', async () => {
    const { context, page, complaints } = await open(COMPUTER);
    await page.goto(applicationUrl('vardplan'));
    await page.click('button[value=organisation]');
    await page.waitForSelector('[data-step=choose-organisation]');
    await keep(page, 'organisation-1-choose');
    expect(await page.locator('[data-organisation]').count()).toBe(2);
    await page.click('[data-organisation="goteborg/idp"]');
    await page.click('[data-employee=lars-ohman]');
    await page.click('[data-onward]');
    expect(await received(page)).toMatch(/SE2120001355-DEV1004.*Lars.*Öhman/s);
    // Behind the city's own IdP the same session answers: no second login.
    await page.goto(applicationUrl('idp'));
    expect(await received(page)).toContain('SE2120001355-DEV1004');
    await context.clearCookies({ name: '__Host-bryggan' });
    await page.goto(applicationUrl('planering'));
    await page.waitForSelector('[data-step=choose-method]');
    await keep(page, 'organisation-2-remembered');
    const first = page.locator('[data-method]').first();
    expect(await first.textContent()).toContain('Göteborgs Stad');
    expect(await first.evaluate((button) => button.matches(':focus'))).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-employee=lars-ohman]');
    expect(complaints).toEqual([]);
    await context.close();
    const byCard = await open(COMPUTER);
    await byCard.page.goto(applicationUrl('vardplan'));
    await byCard.page.click('button[value=siths-card]');
    await byCard.page.click('[data-person=lars-ohman]');
    expect(await received(byCard.page)).toMatch(/SE2120001355-DEV1004.*Lars.*Öhman/s);
    await byCard.context.close();
  });
});
describe('the proof of concept with mobile Efos', () => {
  it('another device: (A) a joint service, then (B) an application behind Göteborg’s own IdP and (C) one of a municipality without an IdP: one login', async () => {
    const { context, page, complaints } = await open(COMPUTER);
    await page.goto(applicationUrl('vardplan'));
    await keep(page, 'phone-1-method');
    await page.click('button[value=mobile-efos]');
    await page.waitForSelector('[data-step=phone-start]');
    await keep(page, 'phone-2-device');
    await waiting(page);
    expect(await page.textContent('main')).toContain('Gemensamma vårdplanen');
    await keep(page, 'phone-3-picture');
    const address = await readPicture(page);
    expect(address).toMatch(/^netid:\/\/\/\?autostarttoken=[A-Za-z0-9_-]{32}&redirect=null$/);
    await onPhone(address, 'prompt');
    await page.waitForSelector('[role=status]:has-text("Skriv din kod i appen")');
    expect([await page.locator('.qr').count(), await page.textContent('h1')]).toEqual([0, 'Fortsätt i appen']);
    await keep(page, 'phone-4-code');
    await onPhone(address, 'approve');
    await page.waitForSelector('table[data-received]');
    expect(await page.textContent('table[data-received]')).toContain('SE2321000131-DEV1001');
    await keep(page, 'phone-5-inside');
    for (const next of ['idp', 'planering']) {
      await page.goto(applicationUrl(next));
      await page.waitForSelector('table[data-received]');
      expect(await page.textContent('table[data-received]'), next).toContain('SE2321000131-DEV1001');
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
  it('this device, at a phone’s width: the app is opened, the way back is a new tab, and the old one says so', async () => {
    const { context, page, complaints } = await open(PHONE, IPHONE);
    await chooseMobile(page, 'vardplan');
    expect(await page.locator('button[data-device]').first().getAttribute('data-device')).toBe('same');
    await keep(page, 'phone-6-device-360');
    await page.click('[data-device=same]');
    const link = await page.waitForSelector('a[data-action=open-app]');
    await keep(page, 'phone-7-open-app-360');
    const address = await link.getAttribute('href') ?? '';
    const back = new URL(address).searchParams.get('redirect') ?? '';
    expect(back).toBe(page.url());
    // The browser's own tab is in the background while the app is in front.
    await page.evaluate('globalThis.fetch = () => Promise.reject(new Error("asleep"))');
    await onPhone(address, 'approve');
    const tab = await context.newPage();
    await tab.goto(back);
    await until('the new tab goes on', async () => (await tab.locator('table[data-received]').count()) === 1, () => tab.url());
    await page.reload();
    expect(await page.locator('[data-step=phone], [data-step=phone-start]').count()).toBe(0);
    await keep(page, 'phone-8-old-tab-360');
    expect(complaints).toEqual([]);
    await context.close();
  });
  it('two tabs that wait: one goes on, the other says that it may be closed', async () => {
    const { context, page } = await open(COMPUTER);
    await chooseMobile(page, 'vardplan');
    await waiting(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await other.waitForSelector('img[data-picture]');
    // It hears of the outcome only after the first tab went on.
    await other.evaluate('const real = fetch; globalThis.fetch = () => (globalThis.awake ? real(document.querySelector("[data-status]").dataset.status) : Promise.reject(new Error("asleep")))');
    await onPhone(await readPicture(page), 'approve', 'sofia-grann');
    await page.waitForSelector('table[data-received]');
    await other.evaluate('globalThis.awake = true');
    await other.waitForSelector('[role=status]:has-text("i en annan flik")');
    expect([await other.locator('img[data-picture]').count(), await other.locator('main a, main button').count(), await other.textContent('h1')]).toEqual([0, 0, 'Du är klar här']);
    await keep(other, 'phone-9-moved');
    await context.close();
  });
  it.each([['refuse', 'phone-10-refused-360'], ['expire', 'phone-11-expired-360']])('%s on the phone: the reason in words, and a new try succeeds', async (act, name) => {
    const { context, page } = await open(PHONE);
    await chooseMobile(page, 'vardplan');
    await waiting(page);
    await onPhone(await readPicture(page), act);
    await page.waitForSelector('[data-step=phone-start] .note');
    await keep(page, name);
    await waiting(page);
    await onPhone(await readPicture(page), 'approve');
    await page.waitForSelector('table[data-received]');
    await context.close();
  });
  it('by keyboard alone, and nothing scrolls sideways at a phone’s width', async () => {
    const { context, page } = await open(PHONE);
    await page.goto(applicationUrl('vardplan'));
    await page.focus('button[value=mobile-efos]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-step=phone-start]');
    await page.focus('[data-device=other]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('img[data-picture]');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.locator('[role=status][aria-live=polite]').count()).toBe(1);
    await page.focus('[data-action=again]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-step=phone-start]');
    await context.close();
  });
});
