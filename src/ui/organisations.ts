/** Choosing an organisation, for the two pages that ask it: the search that works without script too, and the choices. */
import type { OrganisationList, OrganisationOption, PageFrame } from '../login/pages.ts';
import { attributes, html, type Content, type SafeHtml } from './html.ts';
import { messagesIn } from './messages/messages.ts';
import { choiceButton, quietLink, SEARCH_FROM, signOf } from './parts.ts';

export const isSearchable = ({ total }: OrganisationList): boolean => total >= SEARCH_FROM;
/** Enter takes what was chosen last here or what the search found first; with neither the search is begun. */
const searchHasFocus = (list: OrganisationList): boolean => isSearchable(list) && (list.options.length === 0 || (list.search === '' && !list.options.some(({ lastUsed }) => lastUsed)));

export interface SearchPlace { readonly action: string; readonly hidden: Content; /** The whole list again. */ readonly everything: string; /** On the field when it has the focus. */ readonly hooks?: Readonly<Record<string, string>> }
/** Read, not posted: an address may hold what was looked for. The script answers while the person types, and takes the button away. */
export const organisationSearch = (list: OrganisationList, { action, hidden, everything, hooks = {} }: SearchPlace, frame: PageFrame): SafeHtml | null => {
  if (!isSearchable(list)) return null;
  const { chooseOrganisation: texts } = messagesIn(frame.locale);
  const { options, total, search } = list;
  const found = options.length === 0 ? texts.nothingFound : texts.found.replace('{found}', String(options.length)).replace('{total}', String(total));
  return html`<form method="get" action="${action}" class="search" role="search" data-search>${hidden}<label for="search">${texts.search(total)}</label><div class="field"><input id="search" name="q" type="search" value="${search}" maxlength="100" autocomplete="off" spellcheck="false" placeholder="${texts.placeholder}"${attributes(searchHasFocus(list) ? { ...hooks, autofocus: true } : {})}><button class="button second" data-without-script>${texts.find}</button></div><p role="status" data-found="${texts.found}" data-nothing="${texts.nothingFound}">${search === '' ? null : found}</p>${
    search === '' ? null : quietLink(everything, texts.everything, 'everything')}</form>`;
};

const otherWords = ({ name, partyName }: OrganisationOption, frame: PageFrame): string => [...new Set([name.sv, name.en, partyName])].filter((one) => one !== name[frame.locale]).join(' ');
const choice = (option: OrganisationOption, { focus, hooks }: { readonly focus: boolean; readonly hooks: Readonly<Record<string, string>> }, frame: PageFrame): SafeHtml => {
  const name = option.name[frame.locale];
  return html`<li>${choiceButton({
    field: 'organisation', value: option.id, primary: option.lastUsed, focus, hooks: { 'data-organisation': option.id, 'data-words': otherWords(option, frame), ...(focus ? hooks : {}) },
    text: { name, hint: option.partyName === name ? null : option.partyName, tag: option.lastUsed ? messagesIn(frame.locale).lastUsed : null, sign: signOf(name, option.logo) },
  })}</li>`;
};
/** `hooks`: on the choice that has the focus. */
export interface OrganisationSections { readonly recent: SafeHtml | null; readonly rest: SafeHtml | null }
export const organisationSections = (list: OrganisationList, frame: PageFrame, hooks: Readonly<Record<string, string>> = {}): OrganisationSections => {
  const { chooseOrganisation: texts } = messagesIn(frame.locale);
  const first = searchHasFocus(list) ? undefined : list.options[0];
  const section = (id: string, heading: string, options: readonly OrganisationOption[]): SafeHtml | null =>
    options.length === 0 ? null : html`<section data-group="" aria-labelledby="${id}"><h2 id="${id}">${heading}</h2><ul class="choices">${options.map((option) => choice(option, { focus: option === first, hooks }, frame))}</ul></section>`;
  const recent = list.options.filter(({ lastUsed }) => lastUsed);
  const rest = list.options.filter(({ lastUsed }) => !lastUsed);
  return { recent: section('recent', texts.recent, recent), rest: section('all', list.search !== '' ? texts.matching : recent.length === 0 ? texts.all : texts.others, rest) };
};
