/** docs/cards.md shows the proxies' configuration that the real programs are tested with, and every code of a card. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../../src/core/error-catalogue.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const doc = readFileSync(join(root, 'docs', 'cards.md'), 'utf8');
const shown = (name: string): string => new RegExp(`<!-- ${name} -->\n\`\`\`${name}\n([\\s\\S]*?)\`\`\`\n<!-- /${name} -->`).exec(doc)?.[1] ?? '';
/** What an operator would write where the test fills in its own. */
const asDocumented = (file: string, folder: string): string => [
  ['@CERTS@/tls/', `${folder}/`], ['@STATE@', folder], ['@LISTEN@', '192.0.2.10:443'], ['@SOCKET@', '/run/bryggan/card.sock'], ['@SECRET@', '<the shared secret>'], ['card.localhost', 'card.example.se'],
].reduce((text, [from = '', to = '']) => text.replaceAll(from, to), readFileSync(join(root, 'test', 'peers', file), 'utf8')).replace(/^(# [^.]*\d[.\d]* or later\.) @.*$/m, '$1');

describe('docs/cards.md', () => {
  it.each([['nginx', 'nginx-card.conf', '/etc/nginx/card'], ['haproxy', 'haproxy-card.cfg', '/etc/haproxy/card']])('shows the configuration of %s that is tested', (name, file, folder) => {
    expect(shown(name)).toBe(asDocumented(file, folder));
  });
  it('names every code of a card but the used link, which is the login’s', () => {
    const codes = Object.keys(errorCatalogue).filter((code) => code.startsWith('card.') && code !== 'card.link-used');
    expect(codes.filter((code) => !doc.includes(`\`${code}\``))).toEqual([]);
  });
});
