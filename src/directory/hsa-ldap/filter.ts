/** Filters are templates of the configuration; what people bring is escaped into them, never pasted (threats J01). */
import { fail } from '../../core/errors.ts';

/**
 * [RFC 4515 §3] every ASCII character that is not a letter, a digit or one of a few harmless signs is written as `\hh`. Others
 * stand for themselves: the library would read their escaped octets as characters of their own.
 */
export const escapeFilterValue = (value: string): string =>
  value.replace(/[\u0000-\u007f]/g, (character) => (/[A-Za-z0-9 .;@_-]/.test(character) ? character : `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`));

export const fillFilter = (template: string, value: string): string => {
  if (value === '') fail('directory.source', 'an empty value would match everybody');
  return template.replaceAll('{value}', escapeFilterValue(value));
};

/** Checked once at start: a template without `{value}` would find the same people for everybody. */
export const checkTemplate = (template: string): void => {
  const count = (sign: string): number => template.split(sign).length;
  if (!template.includes('={value}') || !template.startsWith('(') || !template.endsWith(')') || count('(') !== count(')')) fail('directory.source', 'a filter must hold ={value} and have as many ( as )');
};
