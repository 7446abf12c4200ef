import type { PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { ownForm, quietLink } from '../parts.ts';

export const logOut = (frame: PageFrame): Sheet => {
  const { logOut: texts } = messagesIn(frame.locale);
  return {
    heading: texts.heading,
    content: [html`<p>${texts.lead}</p>`, ownForm(frame, 'logout', html`<button class="button" data-action="log-out" autofocus>${texts.yes}</button>`, 'stack'), html`<div class="links">${quietLink('/me', texts.no, 'me')}</div>`],
  };
};
