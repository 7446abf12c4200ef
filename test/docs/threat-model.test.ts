/** The threat model names tests that exist and speak of the threat, and every threat once. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const product = join(import.meta.dirname, '../..');
const [tested = '', unnamed = '', open = ''] = readFileSync(join(product, 'docs/threat-model.md'), 'utf8').split(/^## (?:Tested, but|Not covered).*$/m);
interface Row { readonly id: string; readonly tests: readonly string[] }
const rowsOf = (text: string): readonly Row[] => [...text.matchAll(/^\| ([A-M]\d\d) \|.*$/gm)].map(([line, id = '']) => ({ id, tests: [...line.matchAll(/`(test\/[^`]+)`/g)].map(([, file = '']) => file) }));
/** By its id in the words, in the file's name, or within a range such as "I01 to I12". */
const speaksOf = (file: string, id: string): boolean => {
  const text = readFileSync(join(product, file), 'utf8');
  const ranges = [...text.matchAll(/\b([A-M])(\d\d) to \1(\d\d)\b/g)];
  return new RegExp(`\\b${id}\\b`).test(text) || file.includes(`-${id.toLowerCase()}-`) || ranges.some(([, letter, first = '', last = '']) => id.startsWith(letter ?? '-') && id.slice(1) >= first && id.slice(1) <= last);
};

describe('docs/threat-model.md', () => {
  it.each(rowsOf(tested))('$id names tests that exist and speak of it', ({ id, tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const file of tests) expect([file, existsSync(join(product, file)) && speaksOf(file, id)]).toEqual([file, true]);
  });
  it('names only tests that exist in the other tables too', () => {
    for (const { id, tests } of [...rowsOf(unnamed), ...rowsOf(open)]) for (const file of tests) expect([id, file, existsSync(join(product, file))]).toEqual([id, file, true]);
    for (const { id, tests } of rowsOf(unnamed)) expect([id, tests.length]).toEqual([id, 1]);
  });
  it('has every threat exactly once', () => {
    const numbers: Readonly<Record<string, number>> = { A: 13, B: 26, C: 6, D: 17, E: 12, F: 11, G: 20, H: 14, I: 12, J: 8, K: 14, L: 12, M: 10 };
    const every = Object.entries(numbers).flatMap(([letter, count]) => Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`));
    expect([...rowsOf(tested), ...rowsOf(unnamed), ...rowsOf(open)].map(({ id }) => id).toSorted()).toEqual(every.toSorted());
  });
});
