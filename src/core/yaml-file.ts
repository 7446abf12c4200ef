/**
 * Reads a YAML file that people write against a closed schema: all faults at once, each with its place and its remedy.
 * YAML 1.2 core: no tags, no repeated keys, one document, aliases only in small number. Nothing here touches the disk.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from 'yaml';
import type { z } from 'zod';
import { inReadingOrder, type Finding } from './findings.ts';
import { explainIssues } from './schema-faults.ts';

export type DocumentPath = readonly (string | number)[];
/** The document behind a value, for rules that look at several values and must point at one of them. */
export interface SourceFile {
  readonly file: string;
  /** Finding at the nearest place that exists: a missing key points at the map that lacks it. */
  finding(path: DocumentPath, rule: string, message: string, fix: string, severity?: Finding['severity']): Finding;
}
export type YamlReading<T> =
  | { readonly ok: true; readonly value: T; readonly source: SourceFile }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const MAX_BYTES = 1_048_576;
const MAX_ALIASES = 50;

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

/** Offset of the deepest part of `path` that exists; the key rather than the value where there is one. */
const offsetOf = (document: Document, path: DocumentPath): number => {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const next: unknown = isMap(node) ? node.items.find((pair) => keyOf(pair) === String(step)) : isSeq(node) ? node.items[Number(step)] : undefined;
    if (next === undefined) break;
    offset = startOf(isPair(next) ? next.key : next) ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
};

const spell = (path: DocumentPath): string => path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');

const parse = (text: string, lines?: LineCounter): Document =>
  parseDocument(text, { ...(lines === undefined ? {} : { lineCounter: lines }), prettyErrors: false, strict: true, uniqueKeys: true, version: '1.2', merge: false, logLevel: 'error' });

/** Parses once more when a place is asked for: faults are rare, and hundreds of good files need not keep their trees. */
const sourceFile = (file: string, text: string): SourceFile => ({
  file,
  finding: (path, rule, message, fix, severity = 'error') => {
    const lines = new LineCounter();
    const { line, col } = lines.linePos(offsetOf(parse(text, lines), path));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: spell(path), severity, rule, message, fix };
  },
});

const yamlFix: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of the two',
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'write one document per file: remove the line ---',
  TAG_RESOLVE_FAILED: 'remove the tag; plain values are enough',
};
/** The parser's own sentences quote keys at most; its picture of the source line is switched off (it may hold a secret). */
const syntaxFindings = (text: string, file: string): Finding[] => {
  const lines = new LineCounter();
  const document = parse(text, lines);
  return [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    const said = code === 'TAG_RESOLVE_FAILED' ? 'holds a tag' : message.split(':')[0] ?? message;
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: '', severity: 'error', rule: 'yaml', message: `is not valid YAML here: ${said}`, fix: yamlFix[code] ?? 'check indentation, quotes and brackets on this line and the one before' };
  });
};

const whole = (file: string, message: string, fix: string): Finding => ({ file, line: null, column: null, path: '', severity: 'error', rule: 'yaml', message, fix });

const schemaFindings = (schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[], source: SourceFile): Finding[] =>
  [...inReadingOrder(explainIssues(schema, value, issues).map(({ path, message, fix }) => source.finding(path, 'schema', message, fix)))];

/**
 * `bytes` of the file at `file` (relative to the root, used in findings only). An empty file counts as an empty map.
 * The value has the schema's defaults filled in.
 */
export const readYaml = <S extends z.ZodType>(bytes: Uint8Array, file: string, schema: S): YamlReading<z.output<S>> => {
  if (bytes.length > MAX_BYTES) return { ok: false, findings: [whole(file, 'is larger than 1 MB', 'split it or remove what does not belong there')] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, findings: [whole(file, 'is not UTF-8', 'save it as UTF-8')] };
  }
  const document = parse(text);
  if (document.errors.length + document.warnings.length > 0) return { ok: false, findings: syntaxFindings(text, file) };
  const source = sourceFile(file, text);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
  } catch {
    return { ok: false, findings: [whole(file, 'uses an alias of nothing, or too many of them', 'write the values out')] };
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? { ok: true, value: parsed.data, source } : { ok: false, findings: schemaFindings(schema, value, parsed.error.issues, source) };
};
