import { errorCatalogue, type ErrorText } from '../../core/error-catalogue.ts';
import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceLink, helpSection, SAID_BY_NOTE } from '../parts.ts';
import { faceOf, refusalNote } from '../refusal.ts';
import { methodIcons } from './choose-method.ts';

/** The same card may do next time: it was missing, the wrong half was chosen, or the fault is not the card's. */
const sameCardMayDo = new Set<ErrorText>(['card-none', 'card-signature', 'card-cannot-check', 'card-link-used', 'card-proxy', 'login-lost', 'busy', 'internal', 'store-away', 'audit-away', 'directory-away']);

export const cardFailed = (page: Extract<Page, { kind: 'card-failed' }>, frame: PageFrame): Sheet => {
  const { cardFailed: texts, errors } = messagesIn(frame.locale);
  const row = errorCatalogue[page.code];
  const { icon } = faceOf(row.text);
  const again = page.methodKind !== 'certificate' || sameCardMayDo.has(row.text) ? texts.again : texts.another;
  return {
    heading: errors[row.text].title,
    error: row.text,
    helpShown: true,
    content: [
      refusalNote(row.text, icon, frame),
      html`<ul class="choices"><li>${choiceLink({ to: page.tryAgain, text: { ...again, icon: methodIcons[page.methodKind] }, primary: true, focus: true, action: 'retry', hooks: SAID_BY_NOTE })}</li>${
        page.otherMethods === null ? null : html`<li>${choiceLink({ to: page.otherMethods, text: { ...texts.otherWay, icon: page.methodKind === 'mobile' ? 'card' : 'phone' }, primary: false, focus: false, action: 'other-methods' })}</li>`
      }</ul><div class="links">${cancelForm(frame)}</div>`,
      helpSection(frame, row.actor),
    ],
  };
};
