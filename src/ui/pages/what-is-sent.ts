import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { ownForm } from '../parts.ts';

export const whatIsSent = (page: Extract<Page, { kind: 'what-is-sent' }>, frame: PageFrame): Sheet => {
  const { whatIsSent: texts, cancelTo } = messagesIn(frame.locale);
  return {
    heading: fill(texts.heading, frame),
    content: [
      html`<dl class="facts">${page.facts.map(({ label, values }) => html`<div><dt>${label[frame.locale]}</dt>${values.map((value) => html`<dd>${value}</dd>`)}</div>`)}</dl><p class="soft">${texts.lead}</p>`,
      ownForm(frame, 'release', html`<button class="button" name="answer" value="yes" data-answer="yes" autofocus>${texts.yes}</button><button class="quiet" name="answer" value="no" data-answer="no">${fill(cancelTo, frame)}</button>`, 'stack'),
    ],
  };
};
