/**
 * A fault in a file that people write, told to the person who can mend it: where it is, what is wrong, what to do.
 * Sentences hold key names and what was expected, never the value that was found: it may be a secret.
 */
export interface Finding {
  /** Relative to the root directory, with forward slashes. */
  readonly file: string;
  /** From 1; null when the fault is not at one place (a missing file). */
  readonly line: number | null;
  readonly column: number | null;
  /** Path inside the file, e.g. `listeners.card.port`; empty for the whole file. */
  readonly path: string;
  readonly severity: 'error' | 'warning';
  /** Name of the rule, for scripts and tests: `schema`, `yaml`, `file`, or a row of a rule table. */
  readonly rule: string;
  /** Where the rule stands, where that is a document of somebody else's. */
  readonly clause?: string;
  /** What is wrong, a sentence without a full stop. */
  readonly message: string;
  /** What to do, in the imperative, without a full stop. */
  readonly fix: string;
}

export const isError = (finding: Finding): boolean => finding.severity === 'error';

/** `config/broker.yaml:12:3: listeners.card.port must be at most 65535; fix: write a port number` */
export const describeFinding = ({ file, line, column, path, severity, clause, message, fix }: Finding): string =>
  `${file}${line === null ? '' : `:${line}:${column ?? 1}`}: ${severity === 'warning' ? 'warning: ' : ''}${path === '' ? '' : `${path} `}${message}${clause === undefined ? '' : ` [${clause}]`}; fix: ${fix}`;

/** By file, then by place: the order in which a person mends them. */
export const inReadingOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
/** `1 error`, `2 errors`. */
export const counted = (count: number, one: string, several = `${one}s`): string => `${String(count)} ${count === 1 ? one : several}`;
