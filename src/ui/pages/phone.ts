import { errorCatalogue } from '../../core/error-catalogue.ts';
import type { Page, PageFrame } from '../../login/pages.ts';
import { appAddress } from '../address.ts';
import { attributes, html, type SafeHtml } from '../html.ts';
import { fill, messagesIn } from '../messages/messages.ts';
import { cancelForm, choiceButton, choiceClass, choiceText, note, ownForm, quietLink, SAID_BY_NOTE } from '../parts.ts';
import type { Sheet } from '../layout.ts';

type Start = Extract<Page, { kind: 'phone-start' }>;
const linksOf = (frame: PageFrame, otherMethods: string | null, first: SafeHtml | null = null): SafeHtml =>
  html`<div class="links" data-while>${first}${otherMethods === null ? null : quietLink(otherMethods, messagesIn(frame.locale).otherWay, 'other-methods')}${cancelForm(frame)}</div>`;

const startOf = (page: Start): string => `phone/${encodeURIComponent(page.method)}/start`;
/** Typing who one is makes a phone ring somewhere: only where the service has no picture, and with its warning (threats I01). */
const byIdentity = (page: Start, frame: PageFrame): SafeHtml | null => {
  const { phoneStart: texts } = messagesIn(frame.locale);
  return ownForm(frame, startOf(page), html`<input type="hidden" name="device" value="other"><label for="person">${texts.person}</label><input id="person" name="person" required autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="person-hint"><p class="hint" id="person-hint">${texts.personHint}</p><button class="button second" data-device="other">${texts.other}</button>`, 'stack');
};
const choice = (frame: PageFrame, device: 'same' | 'other', { first, hooks }: { readonly first: boolean; readonly hooks: Readonly<Record<string, string>> }): SafeHtml => {
  const { phoneStart: texts } = messagesIn(frame.locale);
  const text = device === 'same' ? { name: texts.same, hint: texts.sameHint } : { name: texts.other, hint: texts.otherHint };
  return html`<li>${choiceButton({ field: 'device', value: device, primary: first, focus: first, hooks: { 'data-device': device, ...hooks }, text: { ...text, icon: device === 'same' ? 'check' : 'phone' } })}</li>`;
};

export const phoneStart = (page: Start, frame: PageFrame): Sheet => {
  const texts = messagesIn(frame.locale);
  const failure = page.failure === null ? null : texts.errors[errorCatalogue[page.failure].text];
  const other = page.otherDevice === 'qr';
  const order = (page.onPhone ? ['same', 'other'] as const : ['other', 'same'] as const).filter((device) => device === 'same' || other);
  return {
    heading: texts.phoneStart.heading,
    content: [
      failure === null ? null : note('warn', 'warning', html`<p><b>${failure.title}.</b> ${failure.happened} ${fill(failure.todo, frame)}</p>`),
      ownForm(frame, startOf(page), html`<ul class="choices">${order.map((device, index) => choice(frame, device, { first: index === 0, hooks: index === 0 && failure !== null ? SAID_BY_NOTE : {} }))}</ul>`),
      page.otherDevice === 'identity' ? html`<h2>${texts.phoneStart.otherHeading}</h2>${byIdentity(page, frame)}` : null,
      linksOf(frame, page.otherMethods),
    ],
  };
};

export const phone = (page: Extract<Page, { kind: 'phone' }>, frame: PageFrame): Sheet => {
  const { phone: texts } = messagesIn(frame.locale);
  const start = page.startUrl === null ? null : appAddress(page.startUrl);
  const service = frame.asker?.name[frame.locale] ?? '';
  const words = { 'start-app': page.picture === null ? texts.startApp : texts.startAppByPicture, 'app-started': texts.appStarted, 'user-sign': texts.userSign };
  const status = { 'data-status': page.statusUrl, 'data-words-start-app': words['start-app'], 'data-words-app-started': words['app-started'], 'data-words-user-sign': words['user-sign'], 'data-words-moved': texts.moved, 'data-words-lost': texts.lost, 'data-words-away': texts.away, 'data-words-heading-read': texts.headingRead, 'data-words-heading-over': texts.headingOver };
  const left = `${Math.floor(page.secondsLeft / 60)}:${String(page.secondsLeft % 60).padStart(2, '0')}`;
  return {
    heading: page.picture !== null ? texts.headingPicture : page.hint === 'start-app' ? texts.heading : texts.headingRead,
    script: 'phone.js', refreshWithoutScript: { seconds: 4 },
    content: [
      page.picture === null ? null : html`<div class="qr" data-while><img src="${page.picture}" width="240" height="240" alt="${texts.pictureAlt}" data-picture="${page.picture}"></div>`,
      page.device === 'same' && start !== null ? html`<p data-while><a class="${choiceClass({ primary: true, icon: true })}" href="${start}" data-action="open-app">${choiceText({ name: texts.open, hint: null, icon: 'phone' })}</a></p>` : null,
      html`<div class="waiting"${attributes(status)}><p role="status" aria-live="polite" data-hint="${page.hint}">${words[page.hint]}</p><p class="hint" data-left="${page.secondsLeft}" data-words="${texts.left('{left}')}">${texts.left(left)}</p></div>`,
      service === '' ? null : html`<p data-while>${texts.check(service)}</p>`,
      linksOf(frame, page.otherMethods, ownForm(frame, `phone/${encodeURIComponent(page.method)}/cancel`, html`<button class="quiet" data-action="again">${texts.again}</button>`)),
    ],
  };
};
