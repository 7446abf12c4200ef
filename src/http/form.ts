/** Strict reader of `application/x-www-form-urlencoded`: a repeated or array-like field is refused, not merged (threats K12). */
import { fail } from '../core/errors.ts';

export type Fields = ReadonlyMap<string, string>;

export const parseFields = (body: string): Fields => {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (fields.has(name)) fail('web.parameter', 'a form field appears twice', { field: name.slice(0, 40) });
    if (name.endsWith(']')) fail('web.parameter', 'array-like form field', { field: name.slice(0, 40) });
    fields.set(name, value);
  }
  return fields;
};
/** One query parameter, at most once. */
export const onlyParameter = (rawQuery: string, name: string): string | undefined => {
  const values = new URLSearchParams(rawQuery).getAll(name);
  if (values.length > 1) fail('web.parameter', 'a query parameter appears twice', { parameter: name });
  return values[0];
};
export const rawQueryOf = (url: string): string => {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
};
