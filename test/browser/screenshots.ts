/**
 * Takes pictures of every page for people to judge; not part of the test run.
 * `node test/browser/screenshots.ts <folder> [name part…]`: sv light at 360 and 1440 px of all, and a few in dark and English.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samples } from '../ui/sample-pages.ts';
import { servePages, startChromium } from './page-server.ts';
import { smallPng } from './png.ts';

const [folder = 'docs/screenshots', ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
interface View { readonly locale: 'sv' | 'en'; readonly scheme: 'light' | 'dark'; readonly width: number; readonly names?: readonly string[] }
const views: readonly View[] = [
  { locale: 'sv', scheme: 'light', width: 360 },
  { locale: 'sv', scheme: 'light', width: 1440 },
  { locale: 'sv', scheme: 'dark', width: 1440, names: ['choose-method', 'choose-commission-3', 'card-card-revoked', 'card-revoked'] },
  { locale: 'en', scheme: 'light', width: 1440, names: ['choose-method', 'error'] },
  { locale: 'en', scheme: 'dark', width: 360, names: ['choose-commission-3', 'card-none', 'me'] },
];

const server = await servePages(samples);
const browser = await startChromium();
try {
  for (const { locale, scheme, width, names } of views) {
    const context = await browser.newContext({ viewport: { width, height: width < 500 ? 740 : 900 }, colorScheme: scheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    // The pages that go on by themselves must stand still for their picture.
    await page.route(/auto-submit\.js$/, (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
    for (const away of ['https://card.example.org/**', '**/logout/**']) await page.route(away, (route) => route.fulfill({ status: 204 }));
    for (const { name } of samples.filter((sample) => (names === undefined || names.includes(sample.name)) && (only.length === 0 || only.some((part) => sample.name.includes(part))))) {
      await page.goto(`${server.url}/${name}/${locale}`, { waitUntil: 'load' }).catch(() => undefined);
      await page.evaluate('document.fonts.ready');
      const picture = await page.screenshot({ fullPage: name !== 'choose-commission-40', animations: 'disabled' });
      writeFileSync(join(folder, `${name}-${locale}-${scheme}-${width}.png`), smallPng(picture));
    }
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
