/** The net under the logs: personal identity numbers are cut out, HSA-ids become keyed pseudonyms (threats M01). Call sites must not rely on it. */
import { isPersonalIdentityNumber } from '../core/ids.ts';
import { hmac } from '../core/secrets.ts';

const LONG = /(?<![0-9])(?:18|19|20)\d{6}[-+]?\d{4}(?![0-9])/g;
const SHORT = /(?<![0-9])\d{6}[-+]?\d{4}(?![0-9])/g;
const HSA_ID = /(?<![A-Za-z0-9])SE(?:16)?\d{10}-[A-Za-z0-9]{1,18}(?![A-Za-z0-9])/gi;

export const redactText = (text: string, key: string): string => {
  if (!/\d{4}/.test(text)) return text;
  return text
    .replace(HSA_ID, (id) => `hsa:${hmac(key, 'log', id.toUpperCase()).slice(0, 12)}`)
    .replace(LONG, (number) => (isPersonalIdentityNumber(number.replace(/[-+]/, '')) ? '[number]' : number))
    .replace(SHORT, (number) => {
      const digits = number.replace(/[-+]/, '');
      return ['18', '19', '20'].some((century) => isPersonalIdentityNumber(century + digits)) ? '[number]' : number;
    });
};
export const redactFields = (fields: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactValue(value, key)]));
const redactValue = (value: unknown, key: string): unknown => {
  if (typeof value === 'string') return redactText(value, key);
  if (typeof value === 'number') return redactText(String(value), key) === String(value) ? value : '[number]';
  return Array.isArray(value) ? value.map((item) => redactValue(item, key)) : value;
};
