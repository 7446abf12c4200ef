/**
 * The net under the logs (threats M01): personal identity numbers are cut out, HSA-ids become keyed pseudonyms, and what opens doors
 * (cookies, tokens, SAML messages, long encoded values) is not written at all. Call sites must not rely on it.
 */
import { isPersonalIdentityNumber } from '../core/ids.ts';
import { hmac } from '../core/secrets.ts';

/** Fields that hold a secret or a whole message, whatever the value looks like. */
const SECRET_NAME = /cookie|authorization|token|secret|password|passphrase|^pin$|saml_?(?:response|request)|assertion$|relay_?state|private_?key|session_?id/i;
const BETWEEN = '[-+ \\u00A0\\u2010-\\u2015\\u2212]?';
const LONG = new RegExp(`(?<![0-9])(?:18|19|20)\\d{6}${BETWEEN}\\d{4}(?![0-9])`, 'g');
const SHORT = new RegExp(`(?<![0-9])\\d{6}${BETWEEN}\\d{4}(?![0-9])`, 'g');
const HSA_ID = /(?<![A-Za-z0-9])SE(?:16)?\d{10}-[A-Za-z0-9]{1,18}(?![A-Za-z0-9])/gi;
const COOKIE = /__(?:Host|Secure)-[\w-]+=[^;,\s]*/g;
const BEARER = /\b(?:Bearer|Basic|DPoP)\s+[\w.~+/=-]{8,}/gi;
const TOKEN = /\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*){0,3}/g;
const PARAMETER = /\b(SAMLResponse|SAMLRequest|RelayState|code|id_token|access_token|refresh_token|client_assertion|client_secret|password)=[^&\s"']+/gi;
const XML = /<(?:\w+:)?(?:Response|Assertion|AuthnRequest|LogoutRequest|EncryptedAssertion|Envelope)\b[^]*/;
/** Longer than any hash, id or reference that a log is for. */
const ENCODED = /[A-Za-z0-9+/_=-]{120,}/g;

const digitsOf = (text: string): string => text.replace(/\D/g, '');
const withoutNumbers = (text: string): string => text
  .replace(LONG, (number) => (isPersonalIdentityNumber(digitsOf(number)) ? '[number]' : number))
  .replace(SHORT, (number) => (['18', '19', '20'].some((century) => isPersonalIdentityNumber(century + digitsOf(number))) ? '[number]' : number));

export const redactText = (text: string, key: string): string => {
  if (!/\d{4}|[=<.]|[A-Za-z0-9+/_-]{100}|Bearer|Basic|DPoP/i.test(text)) return text;
  const opened = text
    .replace(XML, '[xml]').replace(COOKIE, '[cookie]').replace(BEARER, '[credentials]').replace(TOKEN, '[token]')
    .replace(PARAMETER, (_all, name: string) => `${name}=[value]`).replace(ENCODED, '[long value]')
    .replace(HSA_ID, (id) => `hsa:${hmac(key, 'log', id.toUpperCase()).slice(0, 12)}`);
  return withoutNumbers(opened);
};
export const redactFields = (fields: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [redactText(name, key), SECRET_NAME.test(name) && typeof value !== 'number' && typeof value !== 'boolean' ? '[secret]' : redactValue(value, key)]));
const redactValue = (value: unknown, key: string): unknown => {
  if (typeof value === 'string') return redactText(value, key);
  if (typeof value === 'number' || typeof value === 'bigint') return withoutNumbers(String(value)) === String(value) ? (typeof value === 'number' ? value : String(value)) : '[number]';
  if (value instanceof Error) return redactText(value.message, key);
  if (value instanceof Uint8Array) return '[bytes]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key));
  return typeof value === 'object' && value !== null ? redactFields(value as Readonly<Record<string, unknown>>, key) : value;
};
