import type { Page, PageFrame } from '../../login/pages.ts';
import { html } from '../html.ts';
import { icon } from '../icons.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { note } from '../parts.ts';

export const loggedOut = (page: Extract<Page, { kind: 'logged-out' }>, frame: PageFrame): Sheet => {
  const { loggedOut: texts } = messagesIn(frame.locale);
  const everywhere = page.services.every(({ result }) => result === 'logged-out');
  const list = page.services.map(({ name, result }) => html`<li class="${result === 'logged-out' ? 'result ok' : 'result open'}" data-result="${result}">${icon(result === 'logged-out' ? 'check' : 'warning')}<span><b>${name[frame.locale]}</b><span class="hint">${texts.results[result]}</span></span></li>`);
  return {
    heading: everywhere ? texts.heading : texts.headingPartly,
    content: [
      note(everywhere ? 'calm' : 'warn', everywhere ? 'check' : 'warning', html`<p>${everywhere ? texts.lead : texts.leadPartly}</p>`),
      page.services.length === 0 ? null : html`<ul class="plain-list">${list}</ul>`,
    ],
  };
};
