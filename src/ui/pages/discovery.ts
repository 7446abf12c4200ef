/** Which organisation's login, asked by a service that goes there itself. One form that is read, not posted: nothing is changed but what the browser remembers. */
import type { OrganisationOption, Page, PageFrame } from '../../login/pages.ts';
import { html, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { choiceButton, searchBox, SEARCH_FROM, signOf } from '../parts.ts';

export const discovery = ({ options, asked }: Extract<Page, { kind: 'discovery' }>, frame: PageFrame): Sheet => {
  const { chooseOrganisation: texts, discovery: own, lastUsed } = messagesIn(frame.locale);
  const choice = (option: OrganisationOption, first: boolean): SafeHtml => {
    const name = option.name[frame.locale];
    return html`<li>${choiceButton({
      field: 'organisation', value: option.id, primary: option.lastUsed, focus: first, hooks: { 'data-organisation': option.id },
      text: { name, hint: option.partyName === name ? null : option.partyName, tag: option.lastUsed ? lastUsed : null, sign: signOf(name, option.logo) },
    })}</li>`;
  };
  const here = choiceButton({ field: 'organisation', value: 'here', primary: false, focus: options.length === 0, hooks: { 'data-organisation': 'here' }, text: { name: own.here, hint: own.hereHint, icon: 'card' } });
  return {
    heading: texts.heading,
    ...(options.length < SEARCH_FROM ? {} : { script: 'search.js' as const }),
    content: [
      searchBox(options.length, { label: texts.search(options.length), placeholder: texts.placeholder, found: texts.found, nothing: texts.nothingFound }),
      html`<form method="get" action="/discovery/choose">${Object.entries(asked).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${
        options.length === 0 ? null : html`<section data-group="" aria-labelledby="all"><h2 id="all">${texts.all}</h2><ul class="choices">${options.map((option, place) => choice(option, place === 0))}</ul></section>`
      }<section aria-labelledby="other"><h2 id="other">${own.other}</h2><ul class="choices"><li>${here}</li></ul></section>${options.some((option) => option.lastUsed) ? html`<button class="quiet" name="organisation" value="forget" data-action="forget">${texts.forget}</button>` : null}</form>`,
    ],
  };
};
