import type { FeedLine, Page, PageFrame } from '../../login/pages.ts';
import { html, type Content, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { day, messagesIn } from '../messages/messages.ts';

type Feeds = Extract<Page, { kind: 'metadata-feeds' }>;
const row = (label: string, value: Content): SafeHtml => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;
/** In groups of four, as it is read aloud. */
const spoken = (hex: string): string => hex.match(/.{1,4}/g)?.join(' ') ?? '';

const member = ({ name, organisation, entityId, since }: FeedLine['members'][number], { locale }: PageFrame): SafeHtml =>
  html`<li><b>${name[locale]}</b><span class="hint">${organisation}</span><span class="hint">${entityId}</span><span class="hint">${messagesIn(locale).feeds.since(day(since, locale))}</span></li>`;
const section = (feed: FeedLine, frame: PageFrame): SafeHtml => {
  const { feeds: texts } = messagesIn(frame.locale);
  const time = (instant: number): SafeHtml => html`<time datetime="${new Date(instant).toISOString()}">${day(instant, frame.locale)}</time>`;
  return html`<section aria-labelledby="${feed.id}"><h2 id="${feed.id}">${texts.names[feed.id]}</h2><p>${texts.audiences[feed.id]}</p><dl class="facts">${row(texts.address, html`<a href="${feed.path}">${feed.path}</a>`)}${row(texts.signed, time(feed.signedAt))}${row(texts.until, time(feed.validUntil))}${row(texts.sha256, spoken(feed.sha256))}</dl><h3>${texts.members}</h3><ul class="plain-list">${feed.members.map((one) => member(one, frame))}</ul></section>`;
};

export const metadataFeeds = (page: Feeds, frame: PageFrame): Sheet => {
  const { feeds: texts } = messagesIn(frame.locale);
  return {
    heading: texts.heading,
    content: [
      html`<p>${texts.lead}</p><dl class="facts">${row(texts.certificate, spoken(page.certificate))}</dl>`,
      page.feeds.length === 0 ? html`<p class="soft">${texts.none}</p>` : page.feeds.map((feed) => section(feed, frame)),
      page.frozen === null ? null : html`<section aria-labelledby="frozen"><h2 id="frozen">${texts.frozen}</h2><p>${texts.frozenLead}</p><dl class="facts">${row(texts.address, html`<a href="${page.frozen.path}">${page.frozen.path}</a>`)}${row('SHA-1', spoken(page.frozen.sha1))}${row('SHA-256', spoken(page.frozen.sha256))}</dl></section>`,
    ],
  };
};
