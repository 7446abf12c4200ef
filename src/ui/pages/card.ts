import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceLink, quietLink } from '../parts.ts';

/**
 * Goes on by itself without script and stays on the screen while the card host, the certificate box and the PIN box answer.
 * The link is for browsers that do not go on by themselves, and for somebody who closed the box.
 */
export const card = (page: Extract<Page, { kind: 'card' }>, frame: PageFrame): Sheet => {
  const texts = messagesIn(frame.locale);
  return {
    heading: texts.card.heading,
    refreshTo: page.continueTo,
    content: [
      html`<ol class="steps">${texts.card.steps.map((step) => html`<li>${step}</li>`)}</ol><h2>${texts.card.nothing}</h2>`,
      choiceLink({ to: page.continueTo, text: { name: texts.card.goOn, hint: null, icon: 'card' }, primary: false, focus: false, action: 'continue' }),
      html`<div class="links">${page.otherMethods && frame.base !== null ? quietLink(`${frame.base}/method`, texts.otherWay, 'other-methods') : null}${cancelForm(frame)}</div>`,
    ],
  };
};
