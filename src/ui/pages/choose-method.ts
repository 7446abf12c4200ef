import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { MethodOption, Page, PageFrame } from '../../login/pages.ts';
import { html, type SafeHtml } from '../html.ts';
import type { IconName } from '../icons.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, note, ownForm, SAID_BY_NOTE } from '../parts.ts';

type ChooseMethod = Extract<Page, { kind: 'choose-method' }>;
export const methodIcons: Readonly<Record<MethodOption['kind'], IconName>> = { certificate: 'card', mobile: 'phone', upstream: 'building' };

const failureNote = (page: ChooseMethod, frame: PageFrame): SafeHtml | null => {
  if (page.failure === null) return null;
  const { title, todo } = messagesIn(frame.locale).errors[errorCatalogue[page.failure].text];
  return note('warn', 'warning', html`<p><b>${title}.</b> ${fill(todo, frame)}</p>`);
};

/** Methods that the service's level rules out, told to those who look for them. */
export const unavailableOnes = (methods: readonly MethodOption[], frame: PageFrame): SafeHtml | null => {
  const texts = messagesIn(frame.locale);
  const out = methods.filter(({ unavailable }) => unavailable !== null);
  if (out.length === 0) return null;
  return html`<details><summary>${texts.chooseMethod.whyNot}</summary><dl>${out.map((method) => html`<dt>${nameOf(method, frame)}</dt><dd>${fill(texts.chooseMethod.level, frame)}</dd>`)}</dl></details>`;
};
const nameOf = (method: MethodOption, frame: PageFrame): string => (method.other === true ? messagesIn(frame.locale).chooseMethod.otherOrganisation.name : undefined) ?? method.label?.[frame.locale] ?? messagesIn(frame.locale).methods[method.kind].name;

/** `first`: stands out as what was used last. */
export const methodChoice = (method: MethodOption, { first, focus, hooks = {} }: { readonly first: boolean; readonly focus: boolean; readonly hooks?: Readonly<Record<string, string>> }, frame: PageFrame): SafeHtml => {
  const texts = messagesIn(frame.locale);
  return choiceButton({
    field: 'method', value: method.id, primary: first, focus, hooks: { 'data-method': method.id, ...hooks },
    text: { name: nameOf(method, frame), hint: method.other === true ? texts.chooseMethod.otherOrganisation.hint : texts.methods[method.kind].hint, tag: first ? texts.lastUsed : null, icon: methodIcons[method.kind] },
  });
};

export const chooseMethod = (page: ChooseMethod, frame: PageFrame): Sheet => {
  const texts = messagesIn(frame.locale);
  const offered = page.methods.filter(({ unavailable }) => unavailable === null);
  const focus = Math.max(0, offered.findIndex(({ lastUsed }) => lastUsed));
  const choices = offered.map((method, index) => html`<li>${methodChoice(method, { first: method.lastUsed && index === focus, focus: index === focus, hooks: index === focus && page.failure !== null ? SAID_BY_NOTE : {} }, frame)}</li>`);
  return {
    heading: texts.chooseMethod.heading,
    content: [
      failureNote(page, frame),
      offered.length === 0 ? html`<p>${texts.chooseMethod.none}</p>` : ownForm(frame, 'method', html`<ul class="choices">${choices}</ul>`),
      unavailableOnes(page.methods, frame),
      html`<div class="links">${page.remembered === true ? ownForm(frame, 'organisation', html`<button class="quiet" name="forget" value="method" data-action="forget">${texts.chooseOrganisation.forget}</button>`) : null}${page.cancellable ? cancelForm(frame) : null}</div>`,
    ],
  };
};
