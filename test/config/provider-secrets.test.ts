/** `check` finds an OpenID provider's secret that is not there or not one, before somebody's login does. */
import { generateKeyPairSync } from 'node:crypto';
import { stringify } from 'yaml';
import { afterAll, expect, it } from 'vitest';
import { checkRoot } from '../../src/config/load.ts';
import { developmentRoot, removeRoots, type TestRoot } from './root.ts';

afterAll(removeRoots);
const file = 'metadata/identity-providers/ale/entra.yaml';
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const found = async (authentication: string, prepare: (root: TestRoot) => void, enabled = true): Promise<readonly string[]> => {
  const root = developmentRoot();
  root.write(file, stringify({
    enabled, names: { sv: 'Ale', en: 'Ale' }, trust: { levels: { 'urn:three': 'loa3' }, highestLevel: 'loa3', hsaIdPrefixes: ['SE2120001439-'] },
    oidc: { issuer: 'https://op.ale.example/tenant', clientId: 'bryggan', authentication, secretFile: 'secrets/ale', person: { claim: 'employeeHsaId', kind: 'hsa-id' } },
  }));
  prepare(root);
  return (await checkRoot(root.path, {}, () => { throw new Error('no service here'); })).filter((finding) => finding.file === file && finding.severity === 'error').map(({ rule, path, message }) => `${rule} ${path} ${message}`);
};

it.each([
  ['client_secret_basic', 'a secret\n'], ['client_secret_post', 'a secret'], ['private_key_jwt', key],
])('the twin: %s', async (authentication, text) => expect(await found(authentication, (root) => root.write('secrets/ale', text))).toEqual([]));
it.each([
  ['not there', 'client_secret_basic', null, 'names a file that is not there'],
  ['empty', 'client_secret_basic', '\n', 'names a file whose first line is empty, or that cannot be read'],
  ['no key', 'private_key_jwt', 'a secret', 'names a file that holds no private key that can be read'],
] as const)('%s', async (_what, authentication, text, message) => {
  expect(await found(authentication, (root) => { if (text !== null) root.write('secrets/ale', text); })).toEqual([`provider-secret oidc.secretFile ${message}`]);
});
it('of one that is switched off nothing is asked', async () => expect(await found('client_secret_basic', () => undefined, false)).toEqual([]));
