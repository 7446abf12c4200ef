/**
 * Which organisation's login. The one chosen last here comes first and has the focus: Enter is enough. The rest by name, with a search
 * that works with and without script; and card and phone, for whoever has no such login. Where the list is long these stand before it.
 */
import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { MethodOption, Page, PageFrame } from '../../login/pages.ts';
import { html, type SafeHtml } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { isSearchable, organisationSearch, organisationSections } from '../organisations.ts';
import { cancelForm, note, ownForm, SAID_BY_NOTE } from '../parts.ts';
import { methodChoice, unavailableOnes } from './choose-method.ts';

type ChooseOrganisation = Extract<Page, { kind: 'choose-organisation' }>;

const otherWays = (methods: readonly MethodOption[], frame: PageFrame): SafeHtml | null => {
  const offered = methods.filter(({ unavailable }) => unavailable === null);
  if (offered.length === 0) return null;
  const { chooseOrganisation: texts } = messagesIn(frame.locale);
  return html`<section class="ways" aria-labelledby="ways"><h2 id="ways">${texts.ways}</h2>${ownForm(frame, 'method', html`<ul class="choices">${offered.map((method) => html`<li>${methodChoice(method, { first: false, focus: false }, frame)}</li>`)}</ul>`)}</section>`;
};

export const chooseOrganisation = ({ list, others, failure }: ChooseOrganisation, frame: PageFrame): Sheet => {
  const { chooseOrganisation: texts, errors } = messagesIn(frame.locale);
  const own = `${frame.base ?? ''}/organisation`;
  const hooks = failure === null ? {} : SAID_BY_NOTE;
  const { recent, rest } = organisationSections(list, frame, hooks);
  const ways = otherWays(others, frame);
  const waysFirst = isSearchable(list) && list.search === '';
  return {
    heading: texts.heading,
    ...(isSearchable(list) ? { script: 'search.js' as const } : {}),
    content: [
      failure === null ? null : note('warn', 'warning', html`<p><b>${errors[errorCatalogue[failure].text].title}.</b> ${fill(errors[errorCatalogue[failure].text].todo, frame)}</p>`),
      organisationSearch(list, { action: own, hidden: null, everything: own, hooks }, frame),
      recent === null ? null : [ownForm(frame, 'organisation', recent), ownForm(frame, 'organisation', html`<button class="quiet" name="forget" value="here" data-action="forget">${texts.forget}</button>`)],
      waysFirst ? ways : null,
      rest === null ? null : ownForm(frame, 'organisation', rest),
      waysFirst ? null : ways,
      html`<details><summary>${texts.missing.question}</summary><p>${ways === null ? texts.missing.noOther : texts.missing.answer}</p></details>`,
      unavailableOnes(others, frame),
      html`<div class="links">${cancelForm(frame)}</div>`,
    ],
  };
};
