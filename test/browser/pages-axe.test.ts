/** Every page with axe, at three widths, light and dark, in both languages; and nothing sticks out or is too small to hit. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { locales } from '../../src/core/locale.ts';
import { samples } from '../ui/sample-pages.ts';
import { servePages, startChromium, type PageServer } from './page-server.ts';

const widths = [360, 768, 1440] as const;
const schemes = ['light', 'dark'] as const;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const options = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  rules: { 'color-contrast-enhanced': { enabled: true }, 'target-size': { enabled: true } },
  resultTypes: ['violations'],
};

/** Runs in the page: axe, what sticks out to the right, and standalone controls lower than 48 px. */
const measure = `(async () => {
  const { violations } = await axe.run(document, ${JSON.stringify(options)});
  const overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const shown = [...document.querySelectorAll('.choice, .button, .quiet, summary, footer a, .contact a, input:not([type=hidden])')].filter((element) => element.getClientRects().length > 0);
  return [
    ...violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')),
    ...(overflow > 0 ? ['sticks out: ' + overflow + ' px'] : []),
    ...shown.filter((element) => element.getBoundingClientRect().height < 48).map((element) => 'too low: ' + element.outerHTML.slice(0, 100)),
  ];
})()`;
const problemsOf = (page: Page): Promise<readonly string[]> => page.evaluate<readonly string[]>(measure);

let server: PageServer;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  [server, browser] = await Promise.all([servePages(samples), startChromium()]);
  // axe has to run inside the page; that the policy itself holds is tested in pages-behaviour.test.ts.
  context = await browser.newContext({ reducedMotion: 'reduce', bypassCSP: true });
  await context.route(/auto-submit\.js$/, (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
  // Pages that go on by themselves stand still here.
  for (const away of ['https://card.example.org/**', '**/logout/**']) await context.route(away, (route) => route.fulfill({ status: 204 }));
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

describe.each(locales)('%s', (locale) => {
  it.each(samples)('$name', async ({ name }) => {
    const page = await context.newPage();
    await page.goto(`${server.url}/${name}/${locale}`, { waitUntil: 'load' });
    await page.evaluate(axe);
    const problems: string[] = [];
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        problems.push(...(await problemsOf(page)).map((problem) => `${width} px ${colorScheme}: ${problem}`));
      }
    }
    // [WCAG 2.2 §1.4.10] 320 px is also a desktop window at 400 %.
    await page.setViewportSize({ width: 320, height: 640 });
    if (await page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')) problems.push('320 px: sticks out');
    await page.close();
    expect(problems).toEqual([]);
  });
});

it('the measure finds what it looks for', async () => {
  const page = await browser.newPage({ viewport: { width: 360, height: 900 } });
  await page.setContent('<!doctype html><title>x</title><button class="button" style="height:20px;width:900px;color:#999;background:#fff">Pale words</button><p style="color:#666;background:#fff">Greyish words</p><img src="/x.png">');
  await page.evaluate(axe);
  const found = (await problemsOf(page)).join('\n');
  await page.close();
  for (const problem of ['sticks out', 'too low', 'color-contrast', 'color-contrast-enhanced', 'image-alt', 'html-has-lang']) expect(found).toContain(problem);
});
