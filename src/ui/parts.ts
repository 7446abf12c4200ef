/** Building blocks that several pages share. */
import type { Actor } from '../core/error-catalogue.ts';
import type { PostForm } from '../core/http-types.ts';
import type { LocalisedText, Locale } from '../core/locale.ts';
import type { PageFrame } from '../login/pages.ts';
import { logoAddress, mailAddress, phoneAddress } from './address.ts';
import { attributes, html, type Content, type SafeHtml } from './html.ts';
import { chevron, icon, type IconName } from './icons.ts';
import { fill, messagesIn } from './messages/messages.ts';

/** A person's first sight of a name is a letter; names begin with a letter or a digit nearly always. */
const firstLetter = (name: string): string => (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? '').toLocaleUpperCase('sv');
/** A logo, or the letter that stands for it. */
export const signOf = (name: string, logo: string | null): SafeHtml => {
  const picture = logoAddress(logo);
  return picture === null ? html`<span class="logo" aria-hidden="true">${firstLetter(name)}</span>` : html`<img class="logo" src="${picture}" alt="">`;
};

/** From so many choices on a script reveals a search field; without one the whole list stands there. */
export const SEARCH_FROM = 8;
export const searchBox = (count: number, texts: { readonly label: string; readonly placeholder: string; readonly found: string; readonly nothing: string }): SafeHtml | null =>
  count < SEARCH_FROM ? null
  : html`<div class="search" data-search hidden><label for="search">${texts.label}</label><input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="${texts.placeholder}"><p role="status" data-found="${texts.found}" data-nothing="${texts.nothing}"></p></div>`;

/** A form of the login: posts to the transaction's own address with the token that binds it to this page. Nothing without a token. */
export const ownForm = (frame: PageFrame, name: string, content: Content, className = ''): SafeHtml | null =>
  frame.base === null || frame.formToken === null
    ? null
    : html`<form method="post" action="${`${frame.base}/${name}`}"${attributes({ class: className === '' ? null : className })}><input type="hidden" name="token" value="${frame.formToken}">${content}</form>`;

/** A form that takes a protocol answer to the application, fields letter for letter. */
export const answerForm = (form: PostForm, content: Content): SafeHtml =>
  html`<form method="post" action="${form.action}" class="stack">${hiddenFields(form)}${content}</form>`;
export const hiddenFields = (form: PostForm): readonly SafeHtml[] =>
  Object.entries(form.fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

export interface ChoiceText { readonly name: string; readonly hint: string | readonly string[] | null; readonly tag?: string | null; readonly icon?: IconName; /** A logo in the icon's place. */ readonly sign?: SafeHtml; /** Of name and hint, where it is not the page's. */ readonly lang?: string | null }
/** What stands on a choice: an icon where it helps, the name, a line under it. */
export const choiceText = (text: ChoiceText): SafeHtml =>
  html`${text.icon === undefined ? (text.sign ?? null) : icon(text.icon)}<span class="words"><span class="name">${text.lang == null ? text.name : html`<span lang="${text.lang}">${text.name}</span>`}${text.tag ? html` <span class="tag">${text.tag}</span>` : null}</span>${hintLines(text)}</span>${chevron}`;

const hintLines = ({ hint, lang = null }: ChoiceText): Content => (typeof hint === 'string' ? [hint] : (hint ?? [])).map((line) => html`<span class="hint"${attributes({ lang })}>${line}</span>`);

/** The class of a choice: `first` is the one that Enter takes and that was used last. */
export const choiceClass = (options: { primary: boolean; icon: boolean }): string => `choice${options.icon ? '' : ' plain'}${options.primary ? ' primary' : ''}`;

export interface ChoiceButton { readonly field: string; readonly value: string | number; readonly text: ChoiceText; readonly primary: boolean; readonly focus: boolean; readonly hooks: Readonly<Record<string, string | number>> }
/** One click (or Enter) answers: the button itself carries the value. */
export const choiceButton = (choice: ChoiceButton): SafeHtml =>
  html`<button class="${choiceClass({ primary: choice.primary, icon: choice.text.icon !== undefined || choice.text.sign !== undefined })}" name="${choice.field}" value="${choice.value}"${attributes({ ...choice.hooks, autofocus: choice.focus })}>${choiceText(choice.text)}</button>`;

export interface ChoiceLink { readonly to: string; readonly text: ChoiceText; readonly primary: boolean; readonly focus: boolean; readonly action: string; readonly hooks?: Readonly<Record<string, string>> }
export const choiceLink = (link: ChoiceLink): SafeHtml =>
  html`<a class="${choiceClass({ primary: link.primary, icon: link.text.icon !== undefined })}" href="${link.to}"${attributes({ 'data-action': link.action, ...link.hooks, autofocus: link.focus })}>${choiceText(link.text)}</a>`;

/** A plain link to our pages or to the application. */
export const quietLink = (to: string, words: string, action: string): SafeHtml => html`<a class="quiet" href="${to}" data-action="${action}">${words}</a>`;
/** "Cancel": tells the application in its own protocol. */
export const cancelForm = (frame: PageFrame): SafeHtml | null => {
  const { cancel, cancelTo } = messagesIn(frame.locale);
  return ownForm(frame, 'cancel', html`<button class="quiet" data-action="cancel">${frame.asker === null ? cancel : fill(cancelTo, frame)}</button>`);
};

/** [WCAG 2.2 §3.1.2] What HSA writes is Swedish, also on a page in English. */
export const swedishOn = (locale: Locale): string | null => (locale === 'sv' ? null : 'sv');
/** What the person reached by a local IdP. */
export const namesThrough = (names: readonly LocalisedText[] | undefined, locale: Locale): SafeHtml | null =>
  names === undefined || names.length === 0 ? null : html`<span class="hint" data-behind>${messagesIn(locale).through(names.map((name) => name[locale]).join(', '))}</span>`;

export type Tone = 'calm' | 'warn' | 'stop';
/** On the control that has the focus when the page opens: a screen reader begins there, and would pass over what happened. */
export const SAID_BY_NOTE = { 'aria-describedby': 'note' } as const;
/** A state in words and colour, never in colour alone. One a page. */
export const note = (tone: Tone, name: IconName, content: Content): SafeHtml => html`<div id="note" class="${`note ${tone}`}">${icon(name)}<div>${content}</div></div>`;

const contactLines = (frame: PageFrame): SafeHtml => {
  const { support, locale } = frame;
  const { help } = messagesIn(locale);
  if (support === null) return html`<p>${help.nobody}</p>`;
  return html`<p class="contact"><b>${support.name}</b><span>${phoneLink(support.phone)}, ${support.hours[locale]}</span><span>${mailLink(support.email)}</span></p>`;
};
export const phoneLink = (phone: string): Content => {
  const to = phoneAddress(phone);
  return to === null ? phone : html`<a href="${to}">${phone}</a>`;
};
const mailLink = (email: string): Content => {
  const to = mailAddress(email);
  return to === null ? email : html`<a href="${to}">${email}</a>`;
};

/** Whom to turn to, and the reference in a field that Tab selects and any browser can copy. */
export const helpSection = (frame: PageFrame, actor: Actor | null): SafeHtml => {
  const { help, actors } = messagesIn(frame.locale);
  return html`<section class="help" aria-labelledby="help"><h2 id="help">${help.heading}</h2>${actor === null ? null : html`<p>${fill(actors[actor], frame)}</p>`}${contactLines(frame)}${
    frame.reference === null ? null : html`<label for="reference">${help.reference}</label><input id="reference" class="reference" readonly value="${frame.reference}" aria-describedby="reference-hint"><p class="hint" id="reference-hint">${help.referenceHint}</p>`
  }</section>`;
};

