import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { Page, PageFrame } from '../../login/pages.ts';
import { webAddress } from '../address.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { helpSection } from '../parts.ts';
import { faceOf, refusalNote } from '../refusal.ts';

export const startAgain = (page: Extract<Page, { kind: 'start-again' }>, frame: PageFrame): Sheet => {
  const { startAgain: texts, errors } = messagesIn(frame.locale);
  const { text, actor } = errorCatalogue[page.code];
  const to = webAddress(page.serviceUrl);
  return {
    heading: errors[text].title,
    error: text,
    helpShown: true,
    content: [
      refusalNote(text, faceOf(text).icon, frame),
      to === null ? null : html`<a class="button" href="${to}" data-action="service" aria-describedby="note" autofocus>${fill(texts.goTo, frame)}</a>`,
      helpSection(frame, actor),
    ],
  };
};
