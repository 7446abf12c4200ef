import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { MethodOption, Page, PageFrame } from '../../login/pages.ts';
import { html, type SafeHtml } from '../html.ts';
import type { IconName } from '../icons.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, note, ownForm } from '../parts.ts';

type ChooseMethod = Extract<Page, { kind: 'choose-method' }>;
const icons: Readonly<Record<MethodOption['kind'], IconName>> = { certificate: 'card', mobile: 'phone', upstream: 'building' };

const failureNote = (page: ChooseMethod, frame: PageFrame): SafeHtml | null => {
  if (page.failure === null) return null;
  const { title, todo } = messagesIn(frame.locale).errors[errorCatalogue[page.failure].text];
  return note('warn', 'warning', html`<p><b>${title}.</b> ${fill(todo, frame)}</p>`);
};

/** Methods that the service's level rules out, told to those who look for them. */
const unavailableOnes = (page: ChooseMethod, frame: PageFrame): SafeHtml | null => {
  const texts = messagesIn(frame.locale);
  const out = page.methods.filter(({ unavailable }) => unavailable !== null);
  if (out.length === 0) return null;
  return html`<details><summary>${texts.chooseMethod.whyNot}</summary><dl>${out.map((method) => html`<dt>${nameOf(method, frame)}</dt><dd>${fill(texts.chooseMethod.level, frame)}</dd>`)}</dl></details>`;
};
const nameOf = (method: MethodOption, frame: PageFrame): string => (method.other === true ? messagesIn(frame.locale).chooseMethod.otherOrganisation : undefined) ?? method.label?.[frame.locale] ?? messagesIn(frame.locale).methods[method.kind].name;

export const chooseMethod = (page: ChooseMethod, frame: PageFrame): Sheet => {
  const texts = messagesIn(frame.locale);
  const offered = page.methods.filter(({ unavailable }) => unavailable === null);
  const focus = Math.max(0, offered.findIndex(({ lastUsed }) => lastUsed));
  const choices = offered.map((method, index) => html`<li>${choiceButton({
    field: 'method', value: method.id, primary: method.lastUsed && index === focus, focus: index === focus, hooks: { 'data-method': method.id },
    text: { name: nameOf(method, frame), hint: texts.methods[method.kind].hint, tag: method.lastUsed && index === focus ? texts.lastUsed : null, icon: icons[method.kind] },
  })}</li>`);
  return {
    heading: texts.chooseMethod.heading,
    content: [
      failureNote(page, frame),
      offered.length === 0 ? note('stop', 'warning', html`<p>${texts.chooseMethod.none}</p>`) : ownForm(frame, 'method', html`<ul class="choices">${choices}</ul>`),
      unavailableOnes(page, frame),
      page.cancellable ? html`<div class="links">${cancelForm(frame)}</div>` : null,
    ],
  };
};
