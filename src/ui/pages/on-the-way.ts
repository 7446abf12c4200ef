/**
 * The page that posts the answer by itself. Every single sign-on ends here, so it is made of parts that are ready, joined once;
 * without script the button is there. The words appear only when the application keeps the person waiting (styles: `.way`).
 */
import type { Locale } from '../../core/locale.ts';
import { fail } from '../../core/errors.ts';
import type { Page, PageFrame } from '../../login/pages.ts';
import { isLinkAddress } from '../address.ts';
import { assetUrl } from '../assets.ts';
import { escapeHtml, escapeText, html } from '../html.ts';
import { environmentBanner, headStart } from '../layout.ts';
import { messagesIn, serviceName } from '../messages/messages.ts';

interface Parts { readonly beforeName: string; readonly afterName: string; readonly end: string }

const partsFor = (locale: Locale, environment: PageFrame['environment']): Parts => {
  const { onTheWay: texts } = messagesIn(locale);
  const [before = '', after = ''] = texts.heading.split('{service}');
  const banner = environmentBanner({ locale, environment });
  const start = html`${headStart(locale)}<title>${texts.title}</title><script src="${assetUrl('auto-submit.js')}" defer></script></head><body><header><div class="planks"></div>${banner}</header><main class="way" data-step="on-the-way">`;
  const end = html`<button class="button" autofocus>${texts.goOn}</button>`;
  return { beforeName: `${String(start)}<h1>${escapeText(before)}`, afterName: `${escapeText(after)}</h1><form method="post" data-auto-submit action="`, end: `${String(end)}</form></main></body></html>\n` };
};
const ready: Readonly<Record<Locale, Readonly<Record<PageFrame['environment'], Parts>>>> = {
  sv: { test: partsFor('sv', 'test'), acceptance: partsFor('sv', 'acceptance'), production: partsFor('sv', 'production') },
  en: { test: partsFor('en', 'test'), acceptance: partsFor('en', 'acceptance'), production: partsFor('en', 'production') },
};

export const onTheWay = (page: Extract<Page, { kind: 'on-the-way' }>, frame: PageFrame): string => {
  const { action, fields } = page.form;
  if (!/^https?:/i.test(action) || !isLinkAddress(action)) fail('internal', 'the answer would be posted to something that is no web address');
  const parts = ready[frame.locale][frame.environment];
  const out = [parts.beforeName, escapeText(serviceName(frame)), parts.afterName, escapeHtml(action), '">'];
  for (const name in fields) out.push('<input type="hidden" name="', escapeHtml(name), '" value="', escapeHtml(fields[name] ?? ''), '">');
  out.push(parts.end);
  return out.join('');
};
