/** Choosing one's organisation in a real Chromium: one Enter for whoever was here before, typing for the others, and all of it without script. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { MethodOption, OrganisationOption } from '../../src/login/pages.ts';
import { frame, samples as all, type Sample } from '../ui/sample-pages.ts';
import { servePages, startChromium, type PageServer } from './page-server.ts';

const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const pictured: OrganisationOption = { id: 'ale/idp', name: { sv: 'Ale kommun', en: 'Ale municipality' }, partyName: 'Ale kommun', logo: PIXEL, lastUsed: false };
const card: MethodOption = { id: 'card', kind: 'certificate', lastUsed: false, unavailable: null };
const own = `${frame.base ?? ''}/organisation`;
const samples: readonly Sample[] = [...all, { name: 'pictured', page: { kind: 'choose-organisation', failure: null, others: [card], list: { options: [pictured], total: 1, search: '' } }, frame }];

let browser: Browser;
let pages: PageServer;
/** What our own forms sent, posted or read. */
let answers: string[];
beforeAll(async () => {
  browser = await startChromium();
  pages = await servePages(samples, (request, response) => {
    const url = request.url ?? '';
    if (request.method !== 'POST' && !url.startsWith('/login/') && !url.startsWith('/discovery')) return false;
    if (url.endsWith('/sv') || url.endsWith('/en')) return false;
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); });
    request.on('end', () => { answers.push(`${request.method ?? ''} ${url} ${body}`.trim()); response.writeHead(204).end(); });
    return true;
  });
});
afterAll(async () => { await browser.close(); await pages.close(); });

let context: BrowserContext;
let page: Page;
let complaints: string[];
beforeEach(() => { answers = []; complaints = []; });
afterEach(async () => { await context.close(); expect(complaints).toEqual([]); });
const open = async (name: string, javaScriptEnabled = true): Promise<void> => {
  context = await browser.newContext({ javaScriptEnabled, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  await page.goto(`${pages.url}/${name}/sv`);
  await page.locator('[autofocus]:focus').waitFor();
};
const post = (form: string, rest: string): string => `POST ${frame.base ?? ''}/${form} token=aToken.ofTheList&${rest}`;
const seen = (): Promise<number> => page.locator('[data-organisation]:visible').count();
const enter = async (): Promise<string> => {
  await page.keyboard.press('Enter');
  await expect.poll(() => answers).toHaveLength(1);
  return answers[0] ?? '';
};

it.each([true, false])('who chose before presses Enter and is on the way, script: %s', async (script) => {
  await open('choose-organisation', script);
  expect(await enter()).toBe(post('organisation', 'organisation=party0%2Fidp'));
});
it.each([true, false])('so it is among the methods, under the organisation’s own name, script: %s', async (script) => {
  await open('choose-method-remembered', script);
  expect(await page.textContent(':focus .name')).toMatch(/^Ale kommun/);
  expect(await enter()).toBe(post('method', 'method=idp%3Aale%2Fadfs'));
});
it('what was chosen before can be forgotten where it is shown', async () => {
  await open('choose-method-remembered');
  await page.click('[data-action=forget]');
  await expect.poll(() => answers).toEqual([post('organisation', 'forget=method')]);
});
it('the first time the search has the focus: type, Enter', async () => {
  await open('choose-organisation-first-time');
  expect(await page.locator('[data-without-script]').count()).toBe(0);
  await page.keyboard.type('trollhattan');
  expect([await seen(), await page.textContent('.search [role=status]')]).toEqual([1, '1 av 12 organisationer visas.']);
  expect(await enter()).toBe(post('organisation', 'organisation=party9%2Fidp'));
});
it('an organisation is found by its name in the other language too', async () => {
  await open('choose-organisation-first-time');
  await page.keyboard.type('gothenburg');
  expect(await page.locator('[data-organisation]:visible').getAttribute('data-organisation')).toBe('party3/idp');
});
it('card and phone stand on the page itself, also beside what a search finds; what is found comes first', async () => {
  await open('choose-organisation-first-time');
  const above = (): Promise<boolean> => page.evaluate<boolean>(`document.querySelector('.ways').getBoundingClientRect().top < document.querySelector('[data-group]').getBoundingClientRect().top`);
  expect(await above()).toBe(true);
  await page.keyboard.type('boras');
  expect([await seen(), await above()]).toEqual([1, false]);
  await page.click('[data-method=phone]');
  await expect.poll(() => answers).toEqual([post('method', 'method=phone')]);
});
it('without script the search is a form that is read, and what it found is one Enter away', async () => {
  await open('choose-organisation-first-time', false);
  await page.keyboard.type('göteborg');
  expect(await enter()).toBe(`GET ${own}?q=g%C3%B6teborg`);
  await context.close();
  answers = [];
  await open('choose-organisation-found', false);
  expect([await seen(), await page.inputValue('#search'), await page.textContent('.search [role=status]')]).toEqual([1, 'goteborg', '1 av 12 organisationer visas.']);
  expect(await enter()).toBe(post('organisation', 'organisation=party3%2Fidp'));
});
it('a search that found nobody says so, keeps the other ways in, and leads back to the whole list', async () => {
  await open('choose-organisation-none-found', false);
  expect(await page.textContent('.search [role=status]')).toContain('Ingen organisation passar');
  expect(await page.locator('[data-method]:visible').count()).toBe(2);
  await page.click('[data-action=everything]');
  await expect.poll(() => answers).toEqual([`GET ${own}`]);
});
it('the list for services that ask an IdP themselves is searched the same way, with what they asked', async () => {
  await open('discovery', false);
  await page.fill('#search', 'hjo');
  await page.focus('#search');
  const asked = new URL(`http://x${(await enter()).slice('GET '.length)}`);
  expect([asked.pathname, asked.searchParams.get('q'), asked.searchParams.get('entityID')]).toEqual(['/discovery', 'hjo', 'https://journal.example.org/saml']);
});
it('an organisation’s logo inside the page is shown', async () => {
  await open('pictured');
  expect(await page.evaluate<number>(`document.querySelector('[data-organisation] img').naturalWidth`)).toBe(1);
});
