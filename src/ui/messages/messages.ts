/** Picks a language and fills in the application's name. */
import type { Locale } from '../../core/locale.ts';
import type { PageFrame } from '../../login/pages.ts';
import { en } from './en.ts';
import { sv, type Messages } from './sv.ts';

const byLocale: Readonly<Record<Locale, Messages>> = { sv, en };
export const messagesIn = (locale: Locale): Messages => byLocale[locale];

/** A longer name would drown the sentence; it stands in full at the top of the page. */
const LONGEST_IN_A_SENTENCE = 40;
/** The asking application in running text. */
export const serviceName = (frame: PageFrame): string => {
  const name = frame.asker?.name[frame.locale] ?? '';
  return name === '' || name.length > LONGEST_IN_A_SENTENCE ? messagesIn(frame.locale).someService : name;
};
/** `{service}` in a text becomes the application's name. The result is plain text: it is escaped where it is shown. */
export const fill = (text: string, frame: PageFrame): string => text.replaceAll('{service}', () => serviceName(frame));

/** "måndag 23 november kl. 14:05", "Monday 23 November at 14:05": the day and time where the people are. */
const moments: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  sv: new Intl.DateTimeFormat('sv-SE', { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Stockholm' }),
  en: new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Stockholm' }),
};
/** "23 november 2026 kl. 14:05": for what is valid beyond the week. */
const days: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  sv: new Intl.DateTimeFormat('sv-SE', { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Stockholm' }),
  en: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Stockholm' }),
};
export const day = (instant: number, locale: Locale): string => days[locale].format(instant);
export const moment = (instant: number, locale: Locale): string => moments[locale].format(instant).replace(/ (kl\.|at) /, ' $1\u00A0');
