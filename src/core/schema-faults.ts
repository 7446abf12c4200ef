/** Turns a schema library's issues into sentences for the person who wrote the file. Values found are never repeated. */
import { z } from 'zod';

export interface ExplainedIssue { readonly path: readonly (string | number)[]; readonly message: string; readonly fix: string }
type Issue = z.core.$ZodIssue;
/** The part of JSON Schema that is looked at here and in the reference of the configuration. */
export interface SchemaView {
  readonly type?: string; readonly description?: string; readonly default?: unknown; readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaView>>; readonly required?: readonly string[];
  readonly items?: SchemaView; readonly prefixItems?: readonly SchemaView[]; readonly additionalProperties?: boolean | SchemaView;
  readonly oneOf?: readonly SchemaView[]; readonly anyOf?: readonly SchemaView[];
  readonly const?: unknown; readonly enum?: readonly unknown[]; readonly format?: string; readonly pattern?: string;
  readonly minimum?: number; readonly maximum?: number; readonly minLength?: number; readonly maxLength?: number; readonly minItems?: number;
}
/** What people may write (before defaults and conversions). */
export const viewOf = (schema: z.ZodType): SchemaView => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as SchemaView;

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown => path.reduce<unknown>((current, step) => (current as Record<string | number, unknown> | null | undefined)?.[step], value);
const branches = (view: SchemaView): readonly SchemaView[] => view.oneOf ?? view.anyOf ?? [view];

/** Every schema that could stand at `path`; a choice is narrowed by the constants that the value itself carries. */
const viewsAt = (view: SchemaView, value: unknown, path: readonly (string | number)[]): readonly SchemaView[] => {
  const fitting = branches(view).filter((branch) => Object.entries(branch.properties ?? {}).every(([key, property]) => property.const === undefined || (value as Record<string, unknown> | undefined)?.[key] === property.const));
  const [step, ...rest] = path;
  if (step === undefined) return fitting;
  const inner = (value as Record<string | number, unknown> | null | undefined)?.[step];
  return fitting.flatMap((branch) => {
    const next = typeof step === 'number' ? branch.items : branch.properties?.[step] ?? (typeof branch.additionalProperties === 'object' ? branch.additionalProperties : undefined);
    return next === undefined ? [] : viewsAt(next, inner, rest);
  });
};

/** Edit distance, for "did you mean". */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
};
const nearest = (key: string, known: readonly string[]): string | undefined =>
  known.map((name) => ({ name, far: distance(key.toLowerCase(), name.toLowerCase()) })).filter(({ far, name }) => far <= Math.max(1, Math.floor(name.length / 3))).sort((a, b) => a.far - b.far)[0]?.name;

const kinds: Readonly<Record<string, string>> = { string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a map of keys', record: 'a map of keys', null: 'empty' };
const kindFix: Readonly<Record<string, string>> = {
  string: 'write text; put digits in quotes', number: 'write a number', int: 'write a whole number without quotes', boolean: 'write true or false',
  array: 'write a list: one item per line beginning with a hyphen, or [a, b]', object: 'write keys and values below it, indented', record: 'write keys and values below it, indented',
};
const example = (view: SchemaView | undefined): string => {
  const shown = view?.examples?.[0] ?? view?.enum?.[0] ?? view?.const;
  return shown === undefined ? '' : `, for example ${typeof shown === 'string' ? shown : JSON.stringify(shown)}`;
};
const listed = (values: readonly unknown[]): string => values.map(String).join(', ');

const sizeOf = (issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string => {
  const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' || issue.origin === 'set' ? ' items' : '';
  return `${issue.code === 'too_small' ? 'at least' : 'at most'} ${limit}${unit}`;
};
const formats: Readonly<Record<string, string>> = { url: 'an absolute address', email: 'an e-mail address', regex: 'text of the expected form', ipv4: 'an IP address', cidrv4: 'a network' };

type Said = Omit<ExplainedIssue, 'path'>;
const explainType = (issue: Extract<Issue, { code: 'invalid_type' }>, found: unknown, view: SchemaView | undefined): Said =>
  found === undefined || found === null
    ? { message: found === undefined ? 'is missing' : 'is empty', fix: `write it${example(view)}` }
    : { message: `must be ${kinds[issue.expected] ?? issue.expected}`, fix: `${kindFix[issue.expected] ?? `write ${issue.expected}`}${example(view)}` };

const fixOf = (params: Record<string, unknown> | undefined): string => (typeof params?.['fix'] === 'string' ? params['fix'] : 'compare with docs/configuration.md');
const explain = (issue: Issue, found: unknown, view: SchemaView | undefined): Said => {
  switch (issue.code) {
    case 'invalid_type': return explainType(issue, found, view);
    case 'too_small':
    case 'too_big': return { message: `must be ${sizeOf(issue)}`, fix: `write ${sizeOf(issue)}${example(view)}` };
    case 'invalid_value': return { message: found === undefined ? 'is missing' : `must be ${issue.values.length === 1 ? listed(issue.values) : `one of ${listed(issue.values)}`}`, fix: issue.values.length === 1 ? `write ${listed(issue.values)}` : found === undefined ? `write one of ${listed(issue.values)}` : 'write one of them' };
    case 'invalid_format': return { message: `must be ${formats[issue.format] ?? issue.format}`, fix: `write ${formats[issue.format] ?? issue.format}${example(view)}` };
    case 'invalid_key': return { message: 'is not a name that may stand here', fix: issue.issues[0]?.code === 'custom' ? issue.issues[0].message : 'use lower-case letters, digits and hyphens' };
    case 'invalid_union': {
      const options = (issue as { options?: readonly unknown[] }).options;
      return options === undefined ? { message: 'has a form that is not known', fix: `compare with docs/configuration.md${example(view)}` } : { message: found === undefined ? 'is missing' : `must be one of ${listed(options)}`, fix: `write one of ${listed(options)}` };
    }
    case 'custom': return { message: issue.message, fix: fixOf(issue.params) };
    default: return { message: 'is not what may stand here', fix: 'compare with docs/configuration.md' };
  }
};

const unknownKeys = (issue: Extract<Issue, { code: 'unrecognized_keys' }>, path: readonly (string | number)[], views: readonly SchemaView[]): ExplainedIssue[] => {
  const known = [...new Set(views.flatMap((view) => Object.keys(view.properties ?? {})))];
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    return { path: [...path, key], message: 'is not a known key', fix: meant === undefined ? `remove it; known here: ${known.join(', ')}` : `write ${meant}, or remove it` };
  });
};

/** A choice without a discriminator is explained by the branch that came nearest. */
const unfold = (issue: Issue): readonly Issue[] => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const weight = (list: readonly Issue[]): number => list.reduce((sum, inner) => sum + (inner.path.length === 0 && inner.code === 'invalid_type' ? 100 : 1), 0);
  const best = issue.errors.toSorted((a, b) => weight(a) - weight(b))[0] ?? [];
  return best.flatMap((inner) => unfold({ ...inner, path: [...issue.path, ...inner.path] }));
};

export const explainIssues = (schema: z.ZodType, value: unknown, issues: readonly Issue[]): readonly ExplainedIssue[] => {
  const root = viewOf(schema);
  return issues.flatMap(unfold).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    const views = viewsAt(root, value, path);
    return issue.code === 'unrecognized_keys' ? unknownKeys(issue, path, views) : [{ path, ...explain(issue, valueAt(value, path), views[0]) }];
  });
};
