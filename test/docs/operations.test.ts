/** What operations types, alarms on and copies from the documents is what the product has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { errorCatalogue } from '../../src/core/error-catalogue.ts';
import { rightsNeeded } from '../../src/sessions/redis/inspect.ts';

const product = join(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(join(product, file), 'utf8');
const operations = textOf('docs/operations.md');
const suppliers = textOf('docs/for-it-departments.md');

describe('docs/operations.md', () => {
  it('gives Redis’ user exactly the rights that are looked for', () => {
    expect(operations).toContain(`user bryggan on >PASSWORD ~bryggan:* ${rightsNeeded}\n`);
    expect(textOf('docs/decisions/0130-redis-is-looked-at.md')).toContain(`~bryggan:* ${rightsNeeded}\n`);
  });
  it('starts Node with the flags of npm run serve, as the container does', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: { serve: string } };
    const command = scripts.serve.replace(/^node /, '');
    expect(/^ExecStart=\S+\/node_modules\/\.bin\/node (.*)$/m.exec(operations)?.[1]).toBe(command);
    expect(textOf('Dockerfile')).toContain(`ENTRYPOINT ["node", ${command.split(' ').slice(0, -1).map((word) => `"${word}"`).join(', ')}]`);
  });
  it('names metrics that are made', () => {
    const made = textOf('src/app-watch.ts') + textOf('src/observability/metrics.ts');
    const named = [...new Set([...operations.matchAll(/bryggan_[a-z_]+/g)].map(([name]) => name))];
    expect(named.length).toBeGreaterThan(7);
    expect(named.filter((name) => !made.includes(`'${name}'`))).toEqual([]);
  });
});
describe('codes in the documents', () => {
  const prefixes = [...new Set(Object.keys(errorCatalogue).flatMap((code) => (code.includes('.') ? [code.split('.')[0] ?? ''] : [])))];
  const pattern = new RegExp(`^\`(?:${prefixes.join('|')})\\.[a-z-]+\`$`);
  const isFile = /\.(?:yaml|md|ts|json|xml|pem)$/;
  const keys = textOf('docs/configuration.md');
  it.each(['docs/operations.md', 'docs/for-it-departments.md', 'docs/for-the-help-desk.md', 'docs/cards.md', 'docs/hsa.md'])('%s names codes of the catalogue', (file) => {
    const named = [...textOf(file).matchAll(/`[a-z-]+\.[a-z-]+`/g)].map(([code]) => code).filter((code) => pattern.test(code)).map((code) => code.slice(1, -1)).filter((code) => !isFile.test(code) && !keys.includes(`\`${code}\``));
    const events = textOf('src/audit/events.ts');
    expect(named.filter((code) => !Object.hasOwn(errorCatalogue, code) && !events.includes(`'${code}'`))).toEqual([]);
  });
});
it('docs/for-it-departments.md says of each federation what its row says', () => {
  interface Row { readonly id: string; readonly defaultNameId: string; readonly sign: { readonly response: boolean; readonly assertion: boolean }; readonly encryption: string; readonly clockSkewSeconds: number; readonly sessionSeconds: number }
  const { federations } = parse(textOf('config/federation.yaml')) as { federations: readonly Row[] };
  for (const { id, defaultNameId, sign, encryption, clockSkewSeconds, sessionSeconds } of federations) {
    const cells = suppliers.split('\n').find((line) => line.startsWith(`| \`${id}\` |`))?.split(' | ') ?? [];
    expect([cells[2], cells[3]?.split(';')[0], cells[4], cells[5], cells[6]?.split(';')[0]?.replace(' |', '')]).toEqual([
      defaultNameId, sign.assertion ? 'response and assertion' : 'response', encryption === 'require' ? 'always' : 'when it has a key', `${clockSkewSeconds / 60} min`, `${sessionSeconds / 3600} h`,
    ]);
  }
});
