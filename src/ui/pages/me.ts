import type { Page, PageFrame } from '../../login/pages.ts';
import { attributes, html, type Content, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn, moment } from '../messages/messages.ts';
import { namesThrough, note, ownForm, swedishOn } from '../parts.ts';

type Me = Extract<Page, { kind: 'me' }>;
const levelName = (level: string, names: Readonly<Record<string, string>>): string => names[level] ?? level;
const row = (label: string, value: Content): SafeHtml => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

/** The form says to a screen reader which service its button means. */
const leaveForm = ({ key, name }: Me['services'][number], frame: PageFrame, words: string): SafeHtml | null =>
  ownForm(frame, 'me/leave', html`<button class="quiet" name="service" value="${key}" data-action="leave">${words}<span class="only-read"> ${name[frame.locale]}</span></button>`);

/** What the service told about the phone, beside where this login was begun: its person sees when that was somebody else. */
const phoneRows = ({ browserAddress, address, name }: NonNullable<Me['phone']>, { locale }: PageFrame): SafeHtml => {
  const { me: texts } = messagesIn(locale);
  return html`${name === null && address === null ? null : row(texts.phone, html`${name ?? texts.from(address ?? '')}${name === null || address === null ? null : html`<span class="hint">${texts.from(address)}</span>`}`)}${row(texts.browser, texts.from(browserAddress))}`;
};

export const me = (page: Me, frame: PageFrame): Sheet => {
  const { locale } = frame;
  const { me: texts, loggedOut: { results }, methods, levels } = messagesIn(locale);
  const time = (instant: number): SafeHtml => html`<time datetime="${new Date(instant).toISOString()}">${moment(instant, locale)}</time>`;
  const facts = html`<dl class="facts">${row(texts.how, page.methodNames?.[locale] ?? (page.methodKind === undefined ? page.method : methods[page.methodKind].name))}${row(texts.level, levelName(page.level, levels))}${
    page.commission === null && page.canChange !== true ? null : row(texts.commission, html`${page.commission === null ? null : html`<span${attributes({ lang: swedishOn(locale) })}>${page.commission.unit}<span class="hint">${page.commission.purpose}</span></span>`}${
      page.canChange === true ? html`<a class="quiet" href="/me/commission" data-action="change-commission">${page.commission === null ? texts.chooseCommission : texts.changeCommission}</a>` : null}`)
  }${page.phone === undefined ? null : phoneRows(page.phone, frame)}${row(texts.since, time(page.since))}${row(texts.until, time(page.until))}</dl>`;
  const services = page.services.length === 0
    ? html`<p class="soft">${texts.noServices}</p>`
    : html`<ul class="plain-list">${page.services.map((service) => html`<li><b>${service.name[locale]}</b><span class="hint">${service.partyName}</span>${namesThrough(service.behind, locale)}<span class="hint">${time(service.answeredAt)}</span>${leaveForm(service, frame, texts.leave)}</li>`)}</ul>`;
  return {
    heading: page.personName === '' ? texts.heading : texts.headingNamed(page.personName),
    content: [
      page.left === null ? null : note(page.left.result === 'logged-out' ? 'calm' : 'warn', page.left.result === 'logged-out' ? 'check' : 'warning', html`<p data-result="${page.left.result}"><b>${page.left.name[locale]}</b>: ${results[page.left.result]}</p>`),
      facts,
      ownForm(frame, 'logout', html`<button class="button" data-action="log-out">${texts.logOut}</button><p class="hint">${texts.hint}</p>`, 'stack'),
      html`<section aria-labelledby="services"><h2 id="services">${texts.services}</h2>${services}</section>`,
    ],
  };
};
