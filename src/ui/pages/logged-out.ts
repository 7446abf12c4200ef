import type { LogoutLine, Page, PageFrame } from '../../login/pages.ts';
import { attributes, html, type SafeHtml } from '../html.ts';
import { icon } from '../icons.ts';
import type { Sheet } from '../layout.ts';
import { messagesIn } from '../messages/messages.ts';
import { namesThrough, note } from '../parts.ts';

const line = ({ name, result, behind }: LogoutLine, frame: PageFrame): SafeHtml => {
  const done = result === 'logged-out';
  return html`<li class="${done ? 'result ok' : result === 'waiting' ? 'result' : 'result open'}" data-result="${result}">${icon(done ? 'check' : result === 'waiting' ? 'clock' : 'warning')}<span><b>${name[frame.locale]}</b>${namesThrough(behind, frame.locale)}<span class="hint">${messagesIn(frame.locale).loggedOut.results[result]}</span></span></li>`;
};
/** Sandboxed, and not seen: what they come to cannot be known from here. */
const frames = (services: readonly LogoutLine[]): readonly SafeHtml[] => services.flatMap(({ frame, name }) => (frame === null ? [] : [html`<iframe src="${frame}" title="${name.sv}" sandbox="allow-scripts allow-same-origin" hidden></iframe>`]));
const list = (services: readonly LogoutLine[], frame: PageFrame): SafeHtml | null => (services.length === 0 ? null : html`<ul class="plain-list">${services.map((one) => line(one, frame))}</ul>${frames(services)}`);

/** Between two services; the document goes on by itself, and by the link. */
export const loggingOut = (page: Extract<Page, { kind: 'logging-out' }>, frame: PageFrame): Sheet => {
  const { loggingOut: texts } = messagesIn(frame.locale);
  return {
    // At once: it stays on the screen for as long as the service takes.
    heading: texts.heading, ...(page.probe === null ? { refreshTo: page.next } : { script: 'walk.js', refreshWithoutScript: { seconds: 0, to: page.next } }),
    content: [
      html`<p role="status"${attributes(page.probe === null ? {} : { 'data-next': page.next, 'data-skip': page.skip, 'data-probe': page.probe })}>${texts.lead}</p>`, list(page.services, frame),
      html`<p><a class="button" href="${page.next}" data-action="next">${texts.next}</a></p>`,
    ],
  };
};

export const loggedOut = (page: Extract<Page, { kind: 'logged-out' }>, frame: PageFrame): Sheet => {
  const { loggedOut: texts } = messagesIn(frame.locale);
  const everywhere = page.services.every(({ result }) => result === 'logged-out');
  const { continueTo } = page;
  return {
    heading: everywhere ? texts.heading : texts.headingPartly,
    content: [
      note(everywhere ? 'calm' : 'warn', everywhere ? 'check' : 'warning', html`<p>${everywhere ? texts.lead : texts.leadPartly}</p>`),
      list(page.services, frame),
      continueTo === null ? null : html`<p><a class="button" href="${continueTo.path}" data-action="continue">${texts.goOn(continueTo.name[frame.locale])}</a></p>`,
    ],
  };
};
