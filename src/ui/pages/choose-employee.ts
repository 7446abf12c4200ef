import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, ownForm, swedishOn } from '../parts.ts';

export const chooseEmployee = (page: Extract<Page, { kind: 'choose-employee' }>, frame: PageFrame): Sheet => {
  const { chooseEmployee: texts, lastUsed } = messagesIn(frame.locale);
  const inOrder = [...page.options].sort((a, b) => Number(b.lastUsed) - Number(a.lastUsed));
  const choices = inOrder.map(({ index, organisation, title, lastUsed: before }, place) => html`<li>${choiceButton({
    field: 'choice', value: index, primary: before && place === 0, focus: place === 0, hooks: { 'data-employee': index },
    text: { name: organisation, hint: title, lang: swedishOn(frame.locale), tag: before && place === 0 ? lastUsed : null },
  })}</li>`);
  return {
    heading: texts.heading,
    content: [ownForm(frame, 'employee', html`<ul class="choices">${choices}</ul>`), html`<div class="links">${cancelForm(frame)}</div>`],
  };
};
