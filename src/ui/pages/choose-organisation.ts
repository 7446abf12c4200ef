/**
 * Which organisation's login. The one chosen last here comes first and has the focus: Enter is enough. The rest by name, with a search
 * field where a script runs; without one the whole list stands there.
 */
import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { OrganisationOption, Page, PageFrame } from '../../login/pages.ts';
import { html, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, note, ownForm, quietLink, searchBox, SEARCH_FROM, signOf } from '../parts.ts';

type ChooseOrganisation = Extract<Page, { kind: 'choose-organisation' }>;

export const chooseOrganisation = ({ options, failure }: ChooseOrganisation, frame: PageFrame): Sheet => {
  const { chooseOrganisation: texts, errors, lastUsed, otherWay } = messagesIn(frame.locale);
  const recent = options.filter((option) => option.lastUsed);
  const rest = options.filter((option) => !option.lastUsed);
  const choice = (option: OrganisationOption, first: boolean): SafeHtml => {
    const name = option.name[frame.locale];
    return html`<li>${choiceButton({
      field: 'organisation', value: option.id, primary: option.lastUsed, focus: first, hooks: { 'data-organisation': option.id },
      text: { name, hint: option.partyName === name ? null : option.partyName, tag: option.lastUsed ? lastUsed : null, sign: signOf(name, option.logo) },
    })}</li>`;
  };
  const section = (id: string, heading: string, list: readonly OrganisationOption[], focus: boolean): SafeHtml | null =>
    list.length === 0 ? null : html`<section data-group="" aria-labelledby="${id}"><h2 id="${id}">${heading}</h2><ul class="choices">${list.map((option, place) => choice(option, focus && place === 0))}</ul></section>`;
  return {
    heading: texts.heading,
    ...(options.length < SEARCH_FROM ? {} : { script: 'search.js' as const }),
    content: [
      failure === null ? null : note('warn', 'warning', html`<p><b>${errors[errorCatalogue[failure].text].title}.</b> ${fill(errors[errorCatalogue[failure].text].todo, frame)}</p>`),
      searchBox(options.length, { label: texts.search(options.length), placeholder: texts.placeholder, found: texts.found, nothing: texts.nothingFound }),
      ownForm(frame, 'organisation', [section('recent', texts.recent, recent, true), section('all', recent.length === 0 ? texts.all : texts.others, rest, recent.length === 0)]),
      recent.length === 0 ? null : ownForm(frame, 'organisation', html`<button class="quiet" name="forget" value="yes" data-action="forget">${texts.forget}</button>`),
      html`<details><summary>${texts.missing.question}</summary><p>${texts.missing.answer}</p></details><div class="links">${quietLink(`${frame.base ?? ''}/method`, otherWay, 'other-methods')}${cancelForm(frame)}</div>`,
    ],
  };
};
