/** Strict reading and writing of the JSON that phone services speak; fields within fields are named with dots. */
import { fail } from '../../../core/errors.ts';

export type Json = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const parsed = (bytes: Uint8Array): Json => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isObject(value)) return value;
  } catch {
    return fail('mobile.unavailable', 'an answer that is not JSON');
  }
  return fail('mobile.unavailable', 'an answer that is not a JSON object');
};
const MAX_FIELD = 60_000;
export const read = (answer: Json, name: string): string | null => {
  let value: unknown = answer;
  for (const part of name.split('.')) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return typeof value === 'string' && value !== '' && value.length <= MAX_FIELD ? value : null;
};
export const token = (answer: Json, name: string): string | null => {
  const text = read(answer, name);
  return text === null || /^[\x21-\x7e]{1,300}$/.test(text) ? text : fail('mobile.unavailable', 'a token with characters that tokens do not have');
};
export const written = (fields: readonly (readonly [string, unknown])[]): string => {
  const root: Record<string, unknown> = {};
  for (const [name, value] of fields) {
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    let at = root;
    for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return JSON.stringify(root);
};
