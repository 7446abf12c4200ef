import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { configurationReference, productionExample } from '../../src/config/reference.ts';
import { hardenedRoot, removeRoots } from './root.ts';

afterAll(removeRoots);

test('docs/configuration.md is current: else run node src/config/write-reference.ts', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8')).toBe(configurationReference());
});
test('it names every key of the files that ship', () => {
  const reference = configurationReference();
  for (const key of ['listeners.card.hosts', 'store(redis).sentinel.nodes', 'methods[](certificate).cardUrl', 'federations[].assurance.issue', 'issuers[].policyTable', 'rules[].when.parties', 'sources.<name>(file).path', 'support.hours', 'release.allow']) expect(reference).toContain(`| \`${key}\` |`);
  expect(reference).not.toContain('undefined');
});
test('its example for production starts, with keys of one’s own in the places that it names', () => {
  const root = hardenedRoot();
  const secrets = join(root.path, 'secrets');
  for (const [from, to] of [['public', 'public'], ['card', 'card'], ['signing', 'saml-signing'], ['metadata', 'metadata']] as const) {
    for (const kind of ['crt', 'key']) root.write(`secrets/${to}.${kind}.pem`, root.read(`keys/${from}.${kind}.pem`));
  }
  root.write('secrets/redis-password', root.read('keys/redis-password'));
  root.write('config/broker.yaml', productionExample.replaceAll('/etc/bryggan/secrets', secrets));
  // The environment `production` also wants a real directory and its own authorities, which are other files' matter.
  root.set('broker', ['environment'], 'acceptance');
  const configuration = loadConfiguration(root.path, { NODE_ENV: 'production' });
  expect(configuration).toMatchObject({ hardened: true, publicUrl: 'https://idp.example.se', store: { kind: 'redis', servers: { kind: 'single', url: 'unix:///run/redis/redis.sock' } } });
});
