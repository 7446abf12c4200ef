import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attributeReference } from '../../src/attributes/reference.ts';
import { defaultReleasePolicy } from '../../src/attributes/policy.ts';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
test('docs/attributes.md is current: else run node src/attributes/write-reference.ts', () => {
  expect(readFileSync(join(root, 'docs/attributes.md'), 'utf8')).toBe(attributeReference());
});
test('every rule name that release gives is explained', () => {
  const rules = [...readFileSync(join(root, 'src/attributes/release.ts'), 'utf8').matchAll(/held\('([a-z-]+)'\)|return '([a-z-]+)'|\? '(coordination-number)'/g)].map((found) => found.slice(1).find((rule) => rule !== undefined));
  expect(rules.length).toBeGreaterThan(6);
  for (const rule of rules) expect(attributeReference()).toContain(`\`${rule}\``);
});
test('the policy that ships in config/release.yaml is the default', () => {
  expect(parse(readFileSync(join(root, 'config/release.yaml'), 'utf8'))).toEqual(defaultReleasePolicy);
});
