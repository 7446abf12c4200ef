/**
 * The little language of the guide's templates: `{{name}}` is a value, `{{#name}}…{{/name}}` is written once for each row of a list, or
 * when a fact is true; `{{^name}}…{{/name}}` when it is not. A line that holds nothing but such a mark leaves no empty line. A name that nobody
 * gave is a fault: a guide with a hole is worse than none.
 */
import { fail } from '../../core/errors.ts';

export type TemplateValue = string | boolean | readonly TemplateFacts[];
export interface TemplateFacts { readonly [name: string]: TemplateValue }

/** A mark alone on its line takes the line with it; one among words takes nothing but itself. */
const section = /(?:^[ \t]*(?=\{\{[#^][\w.]+\}\}[ \t]*\n))?\{\{([#^])([\w.]+)\}\}(?:(?<=^[ \t]*\{\{[#^][\w.]+\}\})[ \t]*\n)?([^]*?)(?:^[ \t]*\{\{\/\2\}\}[ \t]*\n|\{\{\/\2\}\})/m;
const valueIn = (name: string, scopes: readonly TemplateFacts[]): TemplateValue => scopes.findLast((scope) => Object.hasOwn(scope, name))?.[name] ?? fail('internal', `the guide's template names ${name}, which nobody gives`);
const fill = (text: string, scopes: readonly TemplateFacts[]): string => text.replaceAll(/\{\{([\w.]+)\}\}/g, (_, name: string) => {
  const value = valueIn(name, scopes);
  return typeof value === 'string' ? value : fail('internal', `the guide's template writes ${name}, which is no text`);
});
const render = (text: string, scopes: readonly TemplateFacts[]): string => {
  const found = section.exec(text);
  if (found === null) return fill(text, scopes);
  const [whole, kind, name = '', inside = ''] = found;
  const value = valueIn(name, scopes);
  const holds = typeof value === 'string' || typeof value === 'boolean' ? value !== '' && value !== false : value.length > 0;
  const rows = kind === '^' ? (holds ? [] : [{}]) : typeof value === 'object' ? value : holds ? [{}] : [];
  const middle = rows.map((row) => render(inside, [...scopes, row])).join('');
  return `${fill(text.slice(0, found.index), scopes)}${middle}${render(text.slice(found.index + whole.length), scopes)}`;
};
export const renderTemplate = (text: string, facts: TemplateFacts): string => render(text, [facts]);
