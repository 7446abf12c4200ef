/** Whatever is asked of a running Bryggan, over the web, its management or its command line, no private key and no secret comes out (threats L09). */
import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFilePem } from '../../certs-dev/set.ts';
import { askingService, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient } from '../fixtures/oidc-client.ts';

const journal = askingService({ name: 'journal' });
const client = testClient({ name: 'rota' });
let bryggan: Bryggan;
let reference = '';
beforeAll(async () => {
  bryggan = await startBryggan({ services: [journal.files, client.files] });
  const agent = bryggan.agentFor('anna-berglund');
  receivedFrom(await logIn(agent, bryggan, journal));
  reference = bryggan.audit().find(({ type }) => type === 'login.succeeded')?.reference ?? '';
});
afterAll(() => bryggan.stop());

const filesBelow = (folder: string): readonly string[] => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name);
  return statSync(path).isDirectory() ? filesBelow(path) : [path];
});
/** The private part alone: a key's file begins with its public numbers (RSA), or ends with them (EC). */
const privateLines = (pem: string): readonly string[] => {
  const lines = pem.trim().split('\n').slice(1, -1);
  return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? lines.slice(8) : lines.slice(0, 1);
};
/** Of private keys, and secrets as they stand in their files. */
const secrets = (): readonly string[] => {
  const own = [...filesBelow(join(bryggan.state, 'keys')), join(bryggan.state, 'proxy-secret')].map((path) => readFileSync(path, 'latin1'));
  const configured = ['keys/saml-signing.key.pem', 'keys/metadata-signing.key.pem', 'tls/main.key.pem', 'tls/card.key.pem'].map((file) => readFilePem(file));
  return [...own, ...configured].filter((text) => !/BEGIN (?:CERTIFICATE|PUBLIC KEY)/.test(text)).flatMap((text) => (text.includes('PRIVATE KEY') ? privateLines(text) : text.split('\n').filter((line) => line.length >= 20)));
};
const clean = (text: string): void => {
  expect(text).not.toMatch(/PRIVATE KEY|"d":\s*"/);
  expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
};

it('the twin: there are secrets, and they are found where they lie', () => {
  expect(secrets().length).toBeGreaterThan(20);
  expect(secrets().some((secret) => readFilePem('keys/saml-signing.key.pem').includes(secret))).toBe(true);
});
describe('over the web', () => {
  it.each(['/saml/metadata', '/metadata', '/metadata/applications.xml', '/metadata/local-idps.xml', '/.well-known/openid-configuration', '/oidc/jwks', '/me', '/logout', '/card-test/vgr', '/nothing', '/login/x/', '/keys', '/state', '/config/broker.yaml', '/metrics'])('%s', async (path) => clean((await bryggan.agentFor('anna-berglund').go(`${bryggan.baseUrl}${path}`)).body));
  it.each(['/metrics', '/health/ready', '/health/live', '/status', '/keys'])('management %s', async (path) => clean(await (await fetch(`${bryggan.managementUrl}${path}`)).text()));
});
describe('from the command line', () => {
  const commands = (): readonly (readonly string[])[] => [
    ['check'], ['doctor'], ['plan'], ['party', 'list'], ['party', 'show', 'vgr'], ['service', 'list'], ['service', 'show', 'vgr/journal'], ['service', 'show', 'vgr/rota'], ['session', 'list'], ['audit', 'verify'], ['audit', 'export', '--party', 'vgr'],
    ['explain', reference], ['release', 'vgr/journal', 'SE2321000131-DEV1001'], ['keys', 'list'],
  ];
  it.each([0, 1])('as text and as JSON (%i)', async (json) => {
    for (const command of commands()) {
      const { output } = await bryggan.command(json === 1 ? [...command, '--json'] : command);
      expect(output.length, command.join(' ')).toBeGreaterThan(0);
      clean(output);
    }
  });
  it('nor in the log', () => clean(bryggan.log()));
});
