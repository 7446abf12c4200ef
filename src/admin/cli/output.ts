/** How facts are printed: tables and lines for people, JSON for scripts. */
export type Print = (text: string) => void;

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(cell).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
};

export const printTable = (rows: readonly Readonly<Record<string, unknown>>[], print: Print): void => {
  const [first] = rows;
  if (first === undefined) return print('(none)\n');
  const columns = Object.keys(first);
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => cell(row[column]).length)));
  const line = (cells: readonly string[]): string => `${cells.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ').trimEnd()}\n`;
  print(line(columns));
  for (const row of rows) print(line(columns.map((column) => cell(row[column]))));
};
export const printFacts = (facts: Readonly<Record<string, unknown>>, print: Print): void => {
  const width = Math.max(...Object.keys(facts).map(({ length }) => length));
  for (const [name, value] of Object.entries(facts)) {
    if (Array.isArray(value) && value.length > 1) {
      print(`${name}\n`);
      for (const item of value) print(`  ${typeof item === 'object' && item !== null ? Object.values(item as Record<string, unknown>).map(cell).join('  ') : cell(item)}\n`);
    } else print(`${name.padEnd(width)}  ${cell(value)}\n`);
  }
};
export const printJson = (value: unknown, print: Print): void => print(`${JSON.stringify(value, null, 2)}\n`);
