import type { Page, PageFrame } from '../../login/pages.ts';
import { webAddress } from '../address.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { note } from '../parts.ts';

export const alreadyLoggedIn = (page: Extract<Page, { kind: 'already-logged-in' }>, frame: PageFrame): Sheet => {
  const { alreadyLoggedIn: texts } = messagesIn(frame.locale);
  const to = webAddress(page.serviceUrl);
  return {
    heading: texts.heading,
    content: [
      note('calm', 'check', html`<p>${texts.lead}</p>${to === null ? html`<p class="todo">${texts.noAddress}</p>` : null}`),
      to === null ? null : html`<a class="button" href="${to}" data-action="service" aria-describedby="note" autofocus>${fill(texts.goTo, frame)}</a>`,
    ],
  };
};
