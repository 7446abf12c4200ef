/** docs/xml-security.md says of each rule where it stands and what shows it: every code, file and test that it names is there. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../../src/core/error-catalogue.ts';

const product = resolve(import.meta.dirname, '../../..');
const document = readFileSync(resolve(product, 'docs/xml-security.md'), 'utf8');
interface Rule { readonly rule: string; readonly code: string; readonly source: string; readonly test: string; readonly title: string }
const rules = document.split('\n').flatMap((line): Rule[] => {
  const found = /^\| (.+?) \| .+? \| `([^`]+)` in `([^`]+)` \| `([^`]+)`: (.+?) \|$/.exec(line);
  return found === null ? [] : [{ rule: found[1]!, code: found[2]!, source: resolve(product, 'src/saml/xml', found[3]!), test: resolve(import.meta.dirname, found[4]!), title: found[5]! }];
});
/** Codes of the catalogue that the sources of this part can refuse with. */
const prefixes = ['xml.', 'signature.', 'decrypt.', 'encrypt.', 'binding.'];

describe('docs/xml-security.md', () => {
  it('has a rule in each line of its tables', () => {
    const lines = document.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:rule|profile|`)/.test(line));
    expect(rules).toHaveLength(lines.length);
    expect(rules.length).toBeGreaterThan(45);
  });
  it.each(rules.map((row) => [row.rule, row] as const))('%s', (_rule, { code, source, test, title }) => {
    expect(existsSync(source)).toBe(true);
    expect(readFileSync(source, 'utf8')).toContain(code);
    if (/^[a-z]+\.[a-z-]+$/.test(code)) expect(Object.keys(errorCatalogue)).toContain(code);
    expect(existsSync(test)).toBe(true);
    expect(readFileSync(test, 'utf8')).toContain(title);
  });
  it('names every code by which this part refuses', () => {
    const codes = Object.keys(errorCatalogue).filter((code) => prefixes.some((prefix) => code.startsWith(prefix)));
    expect(codes.filter((code) => !document.includes(`\`${code}\``))).toEqual([]);
  });
});
