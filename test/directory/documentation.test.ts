/** docs/hsa.md shows settings that work, and every key that exists has its default said right. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { directorySchema } from '../../src/config/schema/directory.ts';
import { defaultLifetimes } from '../../src/directory/cache.ts';
import { layersSchema } from '../../src/directory/layers.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/hsa.md'), 'utf8');
const examples = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => parse(yaml) as unknown);
test('every example is a config/directory.yaml that the service takes', () => {
  expect(examples).toHaveLength(3);
  for (const example of examples) {
    const { sources, layers } = directorySchema.parse(example);
    for (const names of Object.values(layers.precedence ?? {})) for (const name of names) expect(Object.keys(sources)).toContain(name);
  }
});
test('the lifetimes it tells are the defaults', () => {
  const { post, commissions, professional, roles } = defaultLifetimes;
  expect(text).toContain(`post ${post}, commissions ${commissions}, professional ${professional}, roles ${roles}; "no such person" ${layersSchema.parse({}).absenceSeconds}`);
});
