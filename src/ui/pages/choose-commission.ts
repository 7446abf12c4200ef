/**
 * Which commission. Last chosen first and focused; the rest by healthcare provider, in the order given. From eight on a script
 * reveals a search field; without script the whole list stands there.
 */
import type { CommissionOption, Page, PageFrame } from '../../login/pages.ts';
import { html, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, ownForm, searchBox, SEARCH_FROM, swedishOn } from '../parts.ts';

/** More than this would push the ordinary list out of sight. */
const SHOWN_AS_RECENT = 3;

interface Group { readonly heading: string; readonly options: readonly CommissionOption[]; readonly recent: boolean }

const grouped = (options: readonly CommissionOption[], headings: { one: string; many: string }): readonly Group[] => {
  const recent = options.filter(({ lastUsed }) => lastUsed).slice(0, SHOWN_AS_RECENT);
  const byProvider = new Map<string, CommissionOption[]>();
  for (const option of options) {
    if (recent.includes(option)) continue;
    const list = byProvider.get(option.provider);
    if (list === undefined) byProvider.set(option.provider, [option]);
    else list.push(option);
  }
  const rest = [...byProvider].map(([heading, list]): Group => ({ heading, options: list, recent: false }));
  return recent.length === 0 ? rest : [{ heading: recent.length === 1 ? headings.one : headings.many, options: recent, recent: true }, ...rest];
};

const sameWords = (a: CommissionOption, b: CommissionOption): boolean => a.unit === b.unit && a.provider === b.provider && a.purpose === b.purpose;
/** Two commissions that read the same are told apart by the commission's own name. */
const hintOf = (option: CommissionOption, all: readonly CommissionOption[], recent: boolean): readonly string[] => {
  const twin = all.some((other) => other !== option && sameWords(option, other));
  return [recent ? option.provider : '', option.purpose, twin ? option.name : ''].filter((line) => line !== '');
};

export const chooseCommission = (page: Extract<Page, { kind: 'choose-commission' }>, frame: PageFrame): Sheet => {
  const { chooseCommission: texts } = messagesIn(frame.locale);
  const { options } = page;
  const groups = grouped(options, { one: texts.lastUsedOne, many: texts.lastUsedMany });
  const first = groups[0]?.options[0];
  const choice = (option: CommissionOption, group: Group): SafeHtml => html`<li>${choiceButton({
    field: 'choice', value: option.index, primary: option === first && option.lastUsed, focus: option === first, hooks: { 'data-commission': option.index },
    text: { name: option.unit, hint: hintOf(option, options, group.recent), lang: swedishOn(frame.locale) },
  })}</li>`;
  const list = groups.map((group, place) => html`<section data-group="${group.recent ? '' : group.heading}" aria-labelledby="${`group-${place}`}"><h2 id="${`group-${place}`}">${group.heading}</h2><ul class="choices">${group.options.map((option) => choice(option, group))}</ul></section>`);
  return {
    heading: texts.heading,
    ...(options.length < SEARCH_FROM ? {} : { script: 'search.js' as const }),
    content: [
      searchBox(options.length, { label: texts.search(options.length), placeholder: texts.placeholder, found: texts.found, nothing: texts.nothingFound }),
      ownForm(frame, 'commission', list),
      html`<details><summary>${texts.missing.question}</summary><p>${texts.missing.answer}</p></details><div class="links">${cancelForm(frame)}</div>`,
    ],
  };
};
