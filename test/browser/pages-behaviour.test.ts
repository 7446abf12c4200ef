/** What pages do in a real Chromium, under their real headers: going on by themselves, Back, Enter, search, frames. [threats E11, K09; DESIGN §1 rule 5, §7] */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ui } from '../../src/ui/render.ts';
import { fortyCommissions, frame, framed, type Sample } from '../ui/sample-pages.ts';
import { servePages, startChromium, type PageServer } from './page-server.ts';

interface Site { readonly url: string; readonly posts: string[]; readonly close: () => Promise<void> }
/** Another site (another loopback address): an application that takes a post, remembers it and sends the person on. */
const siteOn = async (address: string, onPost: () => string | null): Promise<Site> => {
  const posts: string[] = [];
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); });
    request.on('end', () => {
      if (request.method === 'POST') posts.push(body);
      const to = request.method === 'POST' ? onPost() : null;
      if (to === null) response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>site</title><h1>${request.url ?? ''}</h1>`);
      else response.writeHead(303, { location: to }).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, address, resolve));
  return { url: `http://${address}:${(server.address() as AddressInfo).port}`, posts, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }) };
};

let browser: Browser;
let application: Site;
let third: Site;
let pages: PageServer;
/** What was posted to our own forms; the answer to the next one. */
let answers: string[];
let next: (response: ServerResponse) => void;
const samples: Sample[] = [];

beforeAll(async () => {
  browser = await startChromium();
  third = await siteOn('127.0.0.3', () => null);
  application = await siteOn('127.0.0.2', () => `${third.url}/arrived`);
  const form = { kind: 'post-form', action: `${application.url}/acs`, fields: { SAMLResponse: 'PHNhbWw+Jg==', RelayState: 'å&"<x>\'' } } as const;
  samples.push(
    { name: 'start', page: { kind: 'nobody' }, frame: framed({ base: null }) },
    { name: 'way', page: { kind: 'on-the-way', form }, frame },
    { name: 'refusal', page: { kind: 'error', code: 'commission.none', answer: form, retry: null }, frame },
    { name: 'card', page: { kind: 'card', continueTo: `${application.url}/card/x.y`, otherMethods: true }, frame },
    { name: 'methods', page: { kind: 'choose-method', methods: [{ id: 'card', kind: 'certificate', lastUsed: false, unavailable: null }, { id: 'phone', kind: 'mobile', lastUsed: true, unavailable: null }], failure: null, cancellable: true }, frame },
    { name: 'forty', page: { kind: 'choose-commission', options: fortyCommissions }, frame },
  );
  pages = await servePages(samples, (request, response) => {
    if (request.method !== 'POST') return false;
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); });
    request.on('end', () => { answers.push(`${request.url ?? ''} ${body}`); next(response); });
    return true;
  });
});
afterAll(async () => {
  await browser.close();
  await Promise.all([pages.close(), application.close(), third.close()]);
});

let context: BrowserContext;
let page: Page;
let complaints: string[];
const open = async (javaScriptEnabled: boolean): Promise<void> => {
  context = await browser.newContext({ javaScriptEnabled, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
};
beforeEach(() => {
  complaints = [];
  answers = [];
  application.posts.length = 0;
  next = (response) => response.writeHead(204).end();
});
afterEach(async () => {
  await context.close();
  // Chromium reports what a policy stopped as an error on the console; Bryggan's own pages never cause one.
  expect(complaints).toEqual([]);
});
const show = (name: string): Promise<unknown> => page.goto(`${pages.url}/${name}/sv`);
/** Chromium moves the focus with the first frame it draws. */
const focusSettled = (): Promise<void> => page.locator('[autofocus]:focus').waitFor();
const lastPost = (): URLSearchParams => new URLSearchParams(application.posts.at(-1));

describe('on the way', () => {
  it('posts by itself, letter for letter, also when the application sends the person on to a third site', async () => {
    await open(true);
    await show('start');
    await page.evaluate(`location.href = '/way/sv'`);
    await page.waitForURL(`${third.url}/arrived`);
    expect(application.posts).toHaveLength(1);
    expect([...lastPost()]).toEqual([['SAMLResponse', 'PHNhbWw+Jg=='], ['RelayState', 'å&"<x>\'']]);
  });
  it('would be stopped on its way by a form-action that names the application: why the policy leaves it out', async () => {
    await open(true);
    const { page: content } = samples.find(({ name }) => name === 'way')!;
    const headers = ui.headers(content, frame);
    const policy = `${headers['content-security-policy'] ?? ''}; form-action 'self' ${application.url}`;
    await page.route(`${pages.url}/restricted`, (route) => route.fulfill({ headers: { ...headers, 'content-type': 'text/html', 'content-security-policy': policy }, body: ui.render(content, frame) }));
    await page.goto(`${pages.url}/restricted`, { waitUntil: 'commit' });
    await expect.poll(() => complaints.join()).toContain('form-action');
    expect(application.posts).toHaveLength(1);
    expect(page.url()).not.toBe(`${third.url}/arrived`);
    complaints = [];
  });
  it('is not met again by Back', async () => {
    await open(true);
    await show('start');
    await page.evaluate(`location.href = '/way/sv'`);
    await page.waitForURL(`${third.url}/arrived`);
    await page.goBack();
    expect(page.url()).toBe(`${pages.url}/start/sv`);
    expect(application.posts).toHaveLength(1);
  });
  it('has a button where there is no script', async () => {
    await open(false);
    await show('way');
    expect(application.posts).toHaveLength(0);
    await focusSettled();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${third.url}/arrived`);
    expect(lastPost().get('SAMLResponse')).toBe('PHNhbWw+Jg==');
  });
});

it('a refusal is brought to the application when the person has read it', async () => {
  await open(true);
  await show('refusal');
  expect(application.posts).toHaveLength(0);
  await page.click('[data-action=answer]');
  await page.waitForURL(`${third.url}/arrived`);
});

describe('the card page', () => {
  it.each([true, false])('goes on by itself, script allowed: %s; Back leads to the page before', async (script) => {
    await open(script);
    await show('start');
    await show('card').catch(() => undefined);
    await page.waitForURL(`${application.url}/card/x.y`);
    await page.goBack();
    expect(page.url()).toBe(`${pages.url}/start/sv`);
  });
  it('stays on the screen with its words while the card host does not answer', async () => {
    await open(true);
    await context.route(`${application.url}/card/**`, (route) => route.fulfill({ status: 204 }));
    await show('card').catch(() => undefined);
    await page.waitForSelector('[data-action=continue]');
    expect(await page.textContent('h1')).toBe('Sätt i kortet');
  });
});

describe('a choice', () => {
  it('is made by Enter alone: the one that was used last', async () => {
    await open(true);
    await show('methods');
    await focusSettled();
    await page.keyboard.press('Enter');
    await expect.poll(() => answers).toHaveLength(1);
    expect(answers[0]).toBe(`${frame.base ?? ''}/method token=aToken.ofTheList&method=phone`);
  });
  it('may end at another site through redirects: the policy stops none of them', async () => {
    await open(true);
    next = (response) => response.writeHead(303, { location: `${application.url}/callback?code=1` }).end();
    await show('methods');
    await page.click('[data-method=card]');
    await page.waitForURL(`${application.url}/callback?code=1`);
  });
});

describe('forty commissions', () => {
  const shown = (): Promise<number> => page.evaluate<number>(`[...document.querySelectorAll('[data-commission]')].filter((button) => button.offsetParent !== null).length`);
  const focusedCommission = (): Promise<string | null> => page.evaluate<string | null>(`document.activeElement.getAttribute('data-commission')`);

  it('are all there without script, and no search field pretends to work', async () => {
    await open(false);
    await show('forty');
    expect(await page.locator('[data-commission]:visible').count()).toBe(40);
    expect(await page.locator('#search').isVisible()).toBe(false);
  });
  it('typing searches at once; one left and Enter takes it', async () => {
    await open(true);
    await show('forty');
    await focusSettled();
    expect(await focusedCommission()).toBe('17');
    await page.keyboard.type('narhalsan register');
    expect(await shown()).toBe(1);
    expect(await page.textContent('.search [role=status]')).toBe('1 av 40 uppdrag visas.');
    await page.keyboard.press('Enter');
    await expect.poll(() => answers).toHaveLength(1);
    expect(answers[0]).toBe(`${frame.base ?? ''}/commission token=aToken.ofTheList&choice=20`);
  });
  it('several left: Enter only moves to the first, so that nothing is chosen by mistake', async () => {
    await open(true);
    await show('forty');
    await page.fill('#search', 'kvalitetssäkring');
    expect(await shown()).toBe(8);
    await page.keyboard.press('Enter');
    expect(await focusedCommission()).toBe('4');
    expect(answers).toEqual([]);
  });
  it('none left: says so; Escape brings all back', async () => {
    await open(true);
    await show('forty');
    await page.fill('#search', 'xyzzy');
    expect(await shown()).toBe(0);
    expect(await page.textContent('.search [role=status]')).toContain('Inget uppdrag passar');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    expect(await shown()).toBe(40);
    expect(answers).toEqual([]);
  });
});

it('the language changes in place', async () => {
  await open(true);
  await show('methods');
  await page.click('a[hreflang=en]');
  expect(await page.textContent('h1')).toBe('How do you want to log in?');
  expect(await page.getAttribute('html', 'lang')).toBe('en');
});

it('Tab into the reference selects all of it, ready to copy', async () => {
  await open(true);
  await show('refusal');
  await page.focus('.contact span:last-child a');
  await page.keyboard.press('Tab');
  expect(await page.evaluate<string>(`document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)`)).toBe('7KQ-4MD-2XW');
});

describe('a page', () => {
  it('is not shown in a frame; the unframed twin is', async () => {
    await open(true);
    await page.goto(application.url);
    await page.setContent(`<iframe src="${pages.url}/methods/sv"></iframe>`);
    await expect.poll(() => complaints.join()).toContain('frame-ancestors');
    complaints = [];
    await show('methods');
    expect(await page.isVisible('[data-method=card]')).toBe(true);
  });
  it('runs no script that somebody managed to write into it', async () => {
    await open(true);
    const { page: content } = samples.find(({ name }) => name === 'methods')!;
    // As if escaping had failed: the policy is the second fence.
    await page.route(`${pages.url}/broken`, (route) => route.fulfill({ headers: { 'content-type': 'text/html', ...ui.headers(content, frame) }, body: ui.render(content, frame).replace('</main>', '<script>document.title = "owned"</script></main>') }));
    await page.goto(`${pages.url}/broken`);
    expect(await page.title()).toBe('Hur vill du logga in? – Journalsystemet');
    expect(complaints.join()).toContain('Content Security Policy');
    complaints = [];
  });
});
