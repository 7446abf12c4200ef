/** Names, attributes and limits of every cookie we set: `Secure`, `HttpOnly`, `SameSite=Lax`, always (DESIGN §1 rules 2 and 3). */
import type { SessionId, TransactionId } from '../core/ids.ts';
import { isLocale, type Locale } from '../core/locale.ts';
import type { CookieChange } from '../login/context.ts';

const SESSION = '__Host-bryggan';
const TRANSACTION = '__Secure-bryggan-login';
const METHOD = '__Host-bryggan-method';
const ORGANISATION = '__Host-bryggan-organisation';
const CHOICES = '__Host-bryggan-choices';
const LANGUAGE = '__Host-bryggan-language';
const YEAR = 365 * 24 * 3600;
/** A header longer than this is not ours; it is not parsed. */
const MAX_HEADER = 16_384;

/** First value of each name wins; names are looked up in a map without a prototype (threats K13). */
export const parseCookies = (header: string | undefined): ReadonlyMap<string, string> => {
  const cookies = new Map<string, string>();
  if (header === undefined || header.length > MAX_HEADER) return cookies;
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    if (!cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim());
  }
  return cookies;
};

const shaped = (value: string | undefined, shape: RegExp): string | null => (value !== undefined && shape.test(value) ? value : null);
export const sessionIdIn = (cookies: ReadonlyMap<string, string>): SessionId | null => shaped(cookies.get(SESSION), /^[A-Za-z0-9_-]{43}$/) as SessionId | null;
export const transactionSecretIn = (cookies: ReadonlyMap<string, string>): string | null => shaped(cookies.get(TRANSACTION), /^[A-Za-z0-9_-]{22}$/);
export const lastMethodIn = (cookies: ReadonlyMap<string, string>): string | null => shaped(cookies.get(METHOD), /^[a-z][a-z0-9-]{0,40}$/);
/** A slash has no place in a cookie's value: the party and the file's name are joined by a colon. */
export const lastOrganisationIn = (cookies: ReadonlyMap<string, string>): string | null => shaped(cookies.get(ORGANISATION), /^[a-z0-9-]{1,41}:[a-z0-9.-]{1,60}$/)?.replace(':', '/') ?? null;
export const choicesIn = (cookies: ReadonlyMap<string, string>): readonly string[] => shaped(cookies.get(CHOICES), /^[A-Za-z0-9_.-]{1,1000}$/)?.split('.') ?? [];
export const languageIn = (cookies: ReadonlyMap<string, string>): Locale | null => {
  const value = cookies.get(LANGUAGE);
  return isLocale(value) ? value : null;
};

const write = (name: string, value: string, path: string, maxAge: number | null): string =>
  `${name}=${value}; Path=${path}; Secure; HttpOnly; SameSite=Lax${maxAge === null ? '' : `; Max-Age=${maxAge}`}`;

/** `Set-Cookie` values. The SSO cookie has no Max-Age: it ends with the browser session. */
export const setCookies = (changes: readonly CookieChange[], transactionSeconds: number): string[] =>
  changes.map((change) => {
    switch (change.name) {
      case 'session': return change.value === null ? write(SESSION, '', '/', 0) : write(SESSION, change.value, '/', null);
      case 'transaction': return write(TRANSACTION, change.value, transactionPath(change.id), transactionSeconds);
      case 'method': return change.value === null ? write(METHOD, '', '/', 0) : write(METHOD, change.value, '/', YEAR);
      case 'organisation': return change.value === null ? write(ORGANISATION, '', '/', 0) : write(ORGANISATION, change.value.replace('/', ':'), '/', YEAR);
      case 'choices': return write(CHOICES, change.value.join('.'), '/', YEAR);
    }
  });
const transactionPath = (id: TransactionId): string => `/login/${id}`;
export const setLanguage = (locale: Locale): string => write(LANGUAGE, locale, '/', YEAR);
