/** Whole logins in a real Chromium with real cards: shared workstation, another card, keyboard, no script, small screen, Back, tabs. [threats K01, K09, K10; DESIGN §1 rules 1-7] */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import { developmentSet, type CertificateEntry } from '../../certs-dev/set.ts';
import { askingService } from '../fixtures/asking-service.ts';
import { startFlowStage, type FlowStage } from './flow-stage.ts';

const cardOf = (person: string): CertificateEntry => developmentSet().certificate(person);
const [anna, erik, ingrid] = [cardOf('anna-berglund'), cardOf('erik-sandstrom'), cardOf('ingrid-soder')];
// Asks for a fresh login; where its answers arrive is played by the test.
const strict = askingService({ name: 'strict' });
const [ANNA, ERIK] = ['SE2321000131-DEV1001', 'SE2321000131-DEV1002'];
let stage: FlowStage;
beforeAll(async () => { stage = await startFlowStage([anna, erik, ingrid], [strict.files]); });
afterAll(() => stage.stop());

const arrived = (page: Page, application: string): Promise<void> => page.waitForURL(`${application}/`);
const body = async (page: Page): Promise<string> => (await page.textContent('body')) ?? '';
const sessionCookie = async (context: BrowserContext): Promise<string | undefined> => (await context.cookies(stage.bryggan.baseUrl)).find(({ name, path }) => name === '__Host-bryggan' && path === '/')?.value;
const logIn = async (page: Page, application: string): Promise<void> => {
  await page.goto(`${application}/login`);
  await arrived(page, application);
};

describe('a shared workstation', () => {
  it('Anna goes away, Erik logs in with his own card: Erik’s session and never Anna’s, which is ended', async () => {
    await stage.chromium.insert(anna);
    const { context, page, complaints } = await stage.open();
    await logIn(page, stage.planning);
    expect(await body(page)).toContain(ANNA);
    const before = await sessionCookie(context);

    await stage.chromium.insert(erik);
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    expect(await body(page)).toContain('Anna');
    await page.click('[data-action=log-out]');
    await page.waitForSelector('[data-step=logged-out]');
    await context.clearCookies({ domain: '127.0.0.1' });
    await logIn(page, stage.planning);
    expect(await body(page)).toContain(ERIK);
    expect(await body(page)).not.toContain(ANNA);
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    expect(await body(page)).toContain('Erik');
    expect(await body(page)).not.toContain('Anna');
    expect(await sessionCookie(context)).not.toBe(before);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('nobody logged out', () => {
  it('a fresh login with Erik’s card in Anna’s browser ends Anna’s session before Erik’s begins', async () => {
    await stage.chromium.insert(anna);
    const { context, page, complaints } = await stage.open();
    await logIn(page, stage.planning);
    const before = await sessionCookie(context);
    await stage.chromium.insert(erik);
    await context.route(`${new URL(strict.acs).origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>strict</title>' }));
    await page.goto(strict.startUrl(stage.bryggan, { attributes: { ForceAuthn: 'true' } }));
    await page.waitForURL(strict.acs);
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    expect(await body(page)).toContain('Erik');
    expect(await body(page)).not.toContain('Anna');
    expect(await sessionCookie(context)).not.toBe(before);
    expect(stage.bryggan.audit().findLast(({ type }) => type === 'session.ended')).toMatchObject({ person: ANNA, facts: { reason: 'other-person' } });
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('another card', () => {
  it('a revoked card has its page; the next card is read in the same browser, on a name it has not met', async () => {
    await stage.chromium.insert(ingrid);
    const { context, page, complaints } = await stage.open();
    await page.goto(`${stage.planning}/login`);
    await page.waitForSelector('[data-step=card-failed]');
    expect(await page.getAttribute('[data-error]', 'data-error')).toBe('card-revoked');
    await stage.chromium.insert(erik);
    await page.click('a[href*="/method/"]');
    await arrived(page, stage.planning);
    expect(await body(page)).toContain(ERIK);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('a person with several commissions', () => {
  beforeAll(() => stage.chromium.insert(erik));
  const choosing = async (page: Page): Promise<void> => {
    await page.goto(`${stage.journal}/login`);
    await page.waitForSelector('[data-step=choose-commission]');
  };
  it('chooses by keyboard alone: Tab to the next one, Enter, and is at the application', async () => {
    const { context, page, complaints } = await stage.open();
    await choosing(page);
    for (let press = 0; press < 30; press += 1) {
      if (await page.evaluate('document.activeElement?.dataset.commission') === '1') break;
      await page.keyboard.press('Tab');
    }
    expect(await page.evaluate('document.activeElement?.dataset.commission')).toBe('1');
    await page.keyboard.press('Enter');
    await arrived(page, stage.journal);
    expect(await body(page)).toContain(ERIK);
    expect(complaints).toEqual([]);
    await context.close();
  });
  it('logs in from start to end without JavaScript, by buttons that are there', async () => {
    const { context, page } = await stage.open({ javaScriptEnabled: false });
    await choosing(page);
    await page.click('button[data-commission="2"]');
    await page.waitForSelector('[data-step=on-the-way]');
    await page.click('form[method=post] button');
    await arrived(page, stage.journal);
    expect(await body(page)).toContain(ERIK);
    await context.close();
  });
  it('on a phone’s width nothing is cut off or scrolls sideways', async () => {
    const { context, page, complaints } = await stage.open({ viewport: { width: 360, height: 640 } });
    await choosing(page);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.click('button[data-commission="0"]');
    await arrived(page, stage.journal);
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });
  it('two tabs at two applications: each ends at its own', async () => {
    const { context, page: first, complaints } = await stage.open();
    const second = await context.newPage();
    await choosing(first);
    await logIn(second, stage.planning);
    await first.click('button[data-commission="0"]');
    await arrived(first, stage.journal);
    expect([await body(first), await body(second)].every((text) => text.includes(ERIK))).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });
  it('Back from the application meets no old answer and no dead end', async () => {
    const { context, page, complaints } = await stage.open();
    await choosing(page);
    await page.click('button[data-commission="1"]');
    await arrived(page, stage.journal);
    await page.goBack();
    await page.waitForLoadState();
    expect(await page.locator('input[name=SAMLResponse]').count() === 0 || page.url().startsWith(stage.journal)).toBe(true);
    expect(await page.locator('a[href], button').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
  it('in English from the choice to the page about oneself, where the commission is changed; the next login has the new one; logging out ends it', async () => {
    const { context, page, complaints } = await stage.open({ locale: 'en-GB' });
    await choosing(page);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.click('button[data-commission="0"]');
    await arrived(page, stage.journal);
    const first = await body(page);
    await logIn(page, stage.planning);
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.click('[data-action=change-commission]');
    await page.click('button[data-commission="2"]');
    await page.waitForSelector('[data-action=log-out]');
    // The application forgets, the session stays.
    await context.clearCookies({ domain: '127.0.0.1' });
    await logIn(page, stage.journal);
    expect(await body(page)).not.toBe(first);
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    await page.click('[data-action=log-out]');
    await page.waitForSelector('[data-step=logged-out]');
    await page.goto(`${stage.bryggan.baseUrl}/me`);
    expect(await page.locator('[data-action=log-out]').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
