/** Which organisation's login, asked by a service that goes there itself. One form that is read, not posted: nothing is changed but what the browser remembers. */
import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { isSearchable, organisationSearch, organisationSections } from '../organisations.ts';
import { choiceButton } from '../parts.ts';

export const discovery = ({ list, asked }: Extract<Page, { kind: 'discovery' }>, frame: PageFrame): Sheet => {
  const { chooseOrganisation: texts, discovery: own } = messagesIn(frame.locale);
  const hidden = Object.entries(asked).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const { recent, rest } = organisationSections(list, frame);
  const here = choiceButton({ field: 'organisation', value: 'here', primary: false, focus: list.total === 0, hooks: { 'data-organisation': 'here' }, text: { name: own.here, hint: own.hereHint, icon: 'card' } });
  const ways = html`<section aria-labelledby="ways" class="ways"><h2 id="ways">${texts.ways}</h2><ul class="choices"><li>${here}</li></ul></section>`;
  const waysFirst = isSearchable(list) && list.search === '';
  return {
    heading: texts.heading,
    ...(isSearchable(list) ? { script: 'search.js' as const } : {}),
    content: [
      organisationSearch(list, { action: '/discovery', hidden, everything: `/discovery?${new URLSearchParams(asked).toString()}` }, frame),
      html`<form method="get" action="/discovery/choose">${hidden}${recent}${recent === null ? null : html`<button class="quiet" name="organisation" value="forget" data-action="forget">${texts.forget}</button>`}${waysFirst ? ways : null}${rest}${waysFirst ? null : ways}</form>`,
    ],
  };
};
