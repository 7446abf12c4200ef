import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, ownForm } from '../parts.ts';

/** "Not the colleague": nothing is focused here, so that an Enter out of habit never goes on as somebody else. */
export const confirmSession = (page: Extract<Page, { kind: 'confirm-session' }>, frame: PageFrame): Sheet => {
  const { confirmSession: texts } = messagesIn(frame.locale);
  const { personName } = page;
  const named = personName !== '';
  const answer = (value: 'yes' | 'no', name: string, hint: string | null, icon: 'check' | 'card') =>
    html`<li>${choiceButton({ field: 'answer', value, primary: false, focus: false, hooks: { 'data-answer': value }, text: { name, hint, icon } })}</li>`;
  return {
    heading: named ? texts.heading(personName) : texts.headingUnnamed,
    content: [
      html`<p>${named ? texts.lead(personName) : texts.leadUnnamed}</p>`,
      page.circles === true ? html`<p data-circles role="status">${texts.circles}</p>` : html``,
      ownForm(frame, 'confirm', html`<ul class="choices">${answer('yes', named ? texts.yes(personName) : texts.yesUnnamed, null, 'check')}${answer('no', texts.no.name, texts.no.hint, 'card')}</ul>`),
      html`<div class="links">${cancelForm(frame)}</div>`,
    ],
  };
};
