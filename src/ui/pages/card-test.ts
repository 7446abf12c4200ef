import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { CardReport, Page, PageFrame } from '../../login/pages.ts';
import { html, type Content, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { day, fill, messagesIn } from '../messages/messages.ts';
import { choiceLink, note } from '../parts.ts';

type Test = Extract<Page, { kind: 'card-test' }>;
type Result = Extract<Page, { kind: 'card-test-result' }>;
const row = (label: string, value: Content): SafeHtml => html`<div><dt>${label}</dt><dd>${value}</dd></div>`;

export const cardTest = (page: Test, { locale }: PageFrame): Sheet => {
  const { cardTest: texts } = messagesIn(locale);
  const choices = page.starts.map(({ startUrl, label }, index) => html`<li>${choiceLink({ to: startUrl, action: 'read-card', primary: index === 0, focus: index === 0, text: { name: label?.[locale] ?? texts.start.name, hint: texts.start.hint, icon: 'card' } })}</li>`);
  return { heading: texts.heading, content: [html`<p>${texts.lead(page.partyName)}</p>`, choices.length === 0 ? html`<p class="soft">${texts.none}</p>` : html`<ul class="choices">${choices}</ul>`] };
};

const verdict = ({ verdict: found }: CardReport, frame: PageFrame): SafeHtml => {
  const { cardTest: texts, errors, levels } = messagesIn(frame.locale);
  if (found.ok) return note('calm', 'check', html`<p data-verdict="good"><b>${texts.good((levels as Readonly<Record<string, string>>)[found.level] ?? found.level)}</b></p>`);
  const { title, happened, todo } = errors[errorCatalogue[found.code].text];
  return note('stop', 'warning', html`<p data-verdict="${found.code}"><b>${texts.bad}.</b> ${title}. ${fill(happened, frame)}</p><p><b>${texts.todo}:</b> ${fill(todo, frame)}</p><p class="hint">${texts.code}: ${found.code}</p>`);
};
const revocationWords = (found: NonNullable<CardReport['revocation']>, { locale }: PageFrame): Content => {
  const { cardTest: texts } = messagesIn(locale);
  if (found.status === 'unknown') return html`${texts.states.unknown}<span class="hint">${found.why}</span>`;
  return html`${texts.states[found.status]} <span class="hint">${texts.sources[found.source]} ${day(found.asOf, locale)}${found.stale ? `. ${texts.stale}` : ''}</span>`;
};

export const cardTestResult = ({ report, retry }: Result, frame: PageFrame): Sheet => {
  const { cardTest: texts } = messagesIn(frame.locale);
  const { certificate, revocation } = report;
  const facts = certificate === null ? null : html`<section aria-labelledby="seen"><h2 id="seen">${texts.seen}</h2><dl class="facts">${row(texts.holder, certificate.holder)}${
    certificate.identifier === null ? null : row(texts.identifier, certificate.identifier)}${row(texts.issuer, html`${certificate.issuer}<span class="hint">${certificate.listed === null ? texts.unlisted : `${texts.listed} ${certificate.listed}`}</span>`)}${
    row(texts.valid, texts.until(day(certificate.validFrom, frame.locale), day(certificate.validTo, frame.locale)))}${row(texts.serial, certificate.serial)}${
    certificate.policies.length === 0 ? null : row(texts.policies, certificate.policies.join(', '))}${revocation === null ? null : row(texts.revocation, revocationWords(revocation, frame))}</dl></section>`;
  return { heading: texts.heading, content: [verdict(report, frame), facts, html`<div class="links"><a class="quiet" href="${retry}" data-action="again">${texts.again}</a></div>`] };
};
