/** Filters are templates of the configuration; what people bring is escaped into them, never pasted (threats J01). */
import { fail } from '../../core/errors.ts';

/** [RFC 4515 §3] every octet outside letters, digits and a few harmless signs is written as `\hh`. */
export const escapeFilterValue = (value: string): string =>
  [...Buffer.from(value, 'utf8')].map((octet) => {
    const character = String.fromCharCode(octet);
    return /[A-Za-z0-9 .;@_-]/.test(character) ? character : `\\${octet.toString(16).padStart(2, '0')}`;
  }).join('');

export const fillFilter = (template: string, value: string): string => {
  if (value === '') fail('directory.source', 'an empty value would match everybody');
  return template.replaceAll('{value}', escapeFilterValue(value));
};

/** Checked once at start: a template without `{value}` would find the same people for everybody. */
export const checkTemplate = (template: string): void => {
  const count = (sign: string): number => template.split(sign).length;
  if (!template.includes('={value}') || !template.startsWith('(') || !template.endsWith(')') || count('(') !== count(')')) fail('directory.source', 'a filter must hold ={value} and have as many ( as )');
};
