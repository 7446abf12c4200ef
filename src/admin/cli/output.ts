/** How facts are printed: tables and lines for people, JSON for scripts. */
export type Print = (text: string) => void;

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(cell).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
};

export const printTable = (rows: readonly object[], print: Print): void => {
  const [first] = rows;
  if (first === undefined) return print('(none)\n');
  const columns = Object.keys(first);
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => cell((row as Readonly<Record<string, unknown>>)[column]).length)));
  const value = (row: object, column: string): string => cell((row as Readonly<Record<string, unknown>>)[column]);
  const line = (cells: readonly string[]): string => `${cells.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ').trimEnd()}\n`;
  print(line(columns));
  for (const row of rows) print(line(columns.map((column) => value(row, column))));
};
/** Nested facts are indented below their name. */
export const printFacts = (facts: unknown, print: Print, indent = ''): void => {
  if (typeof facts !== 'object' || facts === null) return print(`${indent}${cell(facts)}\n`);
  const entries = Object.entries(facts as Readonly<Record<string, unknown>>);
  const isFlat = (value: unknown): boolean => typeof value !== 'object' || value === null || (Array.isArray(value) && value.every((item) => typeof item !== 'object'));
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  for (const [name, value] of entries) {
    if (isFlat(value)) print(`${indent}${name.padEnd(width)}  ${cell(value)}\n`);
    else {
      print(`${indent}${name}\n`);
      if (Array.isArray(value)) for (const item of value) print(`${indent}  ${Object.values(item as Readonly<Record<string, unknown>>).map(cell).join('  ')}\n`);
      else printFacts(value, print, `${indent}  `);
    }
  }
};
export const printJson = (value: unknown, print: Print): void => print(`${JSON.stringify(value, null, 2)}\n`);
