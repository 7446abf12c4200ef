import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { Page, PageFrame } from '../../login/pages.ts';
import { webAddress } from '../address.ts';
import { html, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { answerForm, helpSection } from '../parts.ts';
import { faceOf, refusalNote } from '../refusal.ts';

type ErrorPage = Extract<Page, { kind: 'error' }>;

/** Back to the application: with the refusal in its own protocol where there is one, else by its home address. */
const wayBack = (page: ErrorPage, frame: PageFrame, primary: boolean): SafeHtml | null => {
  const words = fill(messagesIn(frame.locale).backTo, frame);
  const className = primary ? 'button' : 'button second';
  // The address is one of the service's own, which may be an app's.
  if (page.answer?.kind === 'redirect') return html`<a class="${className}" href="${page.answer.to}" data-action="answer">${words}</a>`;
  if (page.answer !== null) return answerForm(page.answer, html`<button class="${className}" data-action="answer">${words}</button>`);
  const home = webAddress(frame.asker?.homeUrl ?? null);
  return home === null ? null : html`<a class="${className}" href="${home}" data-action="service">${words}</a>`;
};

export const error = (page: ErrorPage, frame: PageFrame): Sheet => {
  const { error: texts, errors } = messagesIn(frame.locale);
  const row = errorCatalogue[page.code];
  const retryTo = webAddress(page.retry);
  // Where only somebody else can put it right, trying again is not the first thing to offer.
  const retryFirst = retryTo !== null && (row.actor === 'user' || row.http >= 500);
  const retry = retryTo === null ? null : html`<a class="${retryFirst ? 'button' : 'button second'}" href="${retryTo}" data-action="retry">${texts.retry}</a>`;
  const back = wayBack(page, frame, !retryFirst);
  const facts = (page.about ?? []).map((label) => label[frame.locale]);
  const about = facts.length === 0 ? null : html`<p data-about>${texts.about} <b>${facts.join(', ')}</b></p>`;
  return {
    heading: errors[row.text].title,
    error: row.text,
    helpShown: true,
    content: [refusalNote(row.text, faceOf(row.text).icon, frame), about, html`<div class="stack">${retryFirst ? [retry, back] : [back, retry]}</div>`, helpSection(frame, row.actor)],
  };
};
