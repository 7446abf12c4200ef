/** docs/hsa.md shows settings that work, and every key that exists has its default said right. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultLifetimes } from '../../src/directory/cache.ts';
import { ldapSourceSchema } from '../../src/directory/hsa-ldap/schema.ts';
import { soapSourceSchema } from '../../src/directory/hsa-soap/schema.ts';
import { layersSchema } from '../../src/directory/layers.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/hsa.md'), 'utf8');
const examples = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => parse(yaml) as { sources: Record<string, { kind: string }>; layers?: object });
test('every example is taken by the schemas', () => {
  expect(examples).toHaveLength(2);
  for (const { sources, layers } of examples) {
    for (const source of Object.values(sources)) expect((source.kind === 'soap' ? soapSourceSchema : ldapSourceSchema).safeParse(source).error?.issues ?? []).toEqual([]);
    const settings = layersSchema.parse(layers ?? {});
    for (const names of Object.values(settings.precedence ?? {})) for (const name of names) expect(Object.keys(sources)).toContain(name);
  }
});
test('the lifetimes it tells are the defaults', () => {
  const { post, commissions, professional, roles } = defaultLifetimes;
  expect(text).toContain(`post ${post}, commissions ${commissions}, professional ${professional}, roles ${roles}; "no such person" ${layersSchema.parse({}).absenceSeconds}`);
});
