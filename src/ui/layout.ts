/** The document around every page but `on-the-way`: planks, environment, asking application, footer. */
import { fail } from '../core/errors.ts';
import type { PageFrame } from '../login/pages.ts';
import { assetUrl, styleText } from './assets.ts';
import { webAddress } from './address.ts';
import { attributes, html, type Content, type SafeHtml } from './html.ts';
import { mark } from './icons.ts';
import { messagesIn } from './messages/messages.ts';
import { phoneLink, signOf } from './parts.ts';

/** What a page hands to the document. Texts are plain: they are filled in and escaped here. */
export interface Sheet {
  readonly heading: string;
  readonly content: Content;
  /** Goes on by itself to this address. */
  readonly refreshTo?: string;
  readonly script?: 'search.js' | 'phone.js' | 'walk.js';
  /** Where no script runs: the page loads itself again, or goes on to `to`. */
  readonly refreshWithoutScript?: { readonly seconds: number; readonly to?: string };
  /** The page shows the contact in full itself. */
  readonly helpShown?: boolean;
  /** More hooks on `<main>`, e.g. the public key of an error's text. */
  readonly error?: string;
}

const planks = html`<div class="planks"></div>`;
const asker = (frame: PageFrame): SafeHtml | null => {
  if (frame.asker === null) return null;
  const { name, partyName, logo } = frame.asker;
  return html`<p class="asker">${signOf(name[frame.locale], logo)}<span><b>${name[frame.locale]}</b>${partyName === '' ? null : html`<span>${partyName}</span>`}</span></p>`;
};

const footer = (frame: PageFrame, helpShown: boolean): SafeHtml => {
  const { help, otherLanguage } = messagesIn(frame.locale);
  const { support } = frame;
  const language = webAddress(frame.otherLanguageUrl);
  const contact = helpShown || support === null ? null : html`<p>${help.short} <b>${support.name}</b>, ${phoneLink(support.phone)}, ${support.hours[frame.locale]}</p>`;
  return html`<footer><div>${contact}<p class="brand">${mark}Bryggan</p>${language === null ? null : html`<a class="language" href="${language}" lang="${otherLanguage.locale}" hreflang="${otherLanguage.locale}">${otherLanguage.label}</a>`}</div></footer>`;
};

/** Everything between `<!doctype>` and the title: the same for each language, so made once. */
export const headStart = (locale: PageFrame['locale']): SafeHtml =>
  html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="preload" href="${assetUrl('text.woff2')}" as="font" type="font/woff2" crossorigin><link rel="stylesheet" href="${assetUrl('bryggan.css')}"><link rel="icon" href="${assetUrl('mark.svg')}" type="image/svg+xml">`;
export const environmentBanner = (frame: Pick<PageFrame, 'locale' | 'environment'>): SafeHtml | null =>
  frame.environment === 'production' ? null : html`<p class="environment">${messagesIn(frame.locale).environment[frame.environment]}</p>`;

const fetched = /<link rel="preload"[^>]*><link rel="stylesheet"[^>]*><link rel="icon"[^>]*>/;
export const withStylesInside = (document: string): string => document.replace(fetched, () => `<style>${styleText}</style>`);

const heads = { sv: headStart('sv'), en: headStart('en') };

/** The whole document. `step` is the page's stable hook for scripts and tests. */
export const documentOf = (step: string, sheet: Sheet, frame: PageFrame): string => {
  const { heading, refreshTo, script } = sheet;
  if ([refreshTo, sheet.refreshWithoutScript?.to].some((to) => to !== undefined && webAddress(to) === null)) fail('internal', 'a page would go on by itself to something that is no web address');
  const about = frame.asker === null ? 'Bryggan' : frame.asker.name[frame.locale];
  return String(html`${heads[frame.locale]}<title>${heading} – ${about}</title>${
    // 0 seconds: the entry is replaced, so that Back leads to the page before and not here again.
    refreshTo === undefined ? null : html`<meta http-equiv="refresh" content="${`0;url=${refreshTo}`}">`
  }${sheet.refreshWithoutScript === undefined ? null : html`<noscript><meta http-equiv="refresh" content="${`${sheet.refreshWithoutScript.seconds}${sheet.refreshWithoutScript.to === undefined ? '' : `;url=${sheet.refreshWithoutScript.to}`}`}"></noscript>`}${script === undefined ? null : html`<script src="${assetUrl(script)}" defer></script>`}</head><body><header>${planks}${environmentBanner(frame)}</header><main${attributes({ 'data-step': step, 'data-error': sheet.error ?? null })}>${asker(frame)}<h1>${heading}</h1>${sheet.content}</main>${footer(frame, sheet.helpShown === true)}</body></html>
`);
};
