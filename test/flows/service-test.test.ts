/** `service test`: a real login of a test person, and for each thing that is wrong the step that says so; what cannot be seen is not called good. */
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, pathOf } from '../../certs-dev/set.ts';
import type { TestStep } from '../../src/admin/service-test.ts';
import { askingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan, type ServiceFiles } from '../fixtures/bryggan.ts';
import { keyDescriptor, testKey } from '../fixtures/saml.ts';

const unsigned = ({ files }: { readonly files: ServiceFiles }, change: (xml: string) => string = (xml) => xml): ServiceFiles => ({ ...files, xml: change(files.xml.replace('AuthnRequestsSigned="true"', '')) });
const logout = '<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://good.service.example/slo"/>';
const good = askingService({ name: 'good', logoutXml: logout, wants: ['employeeHsaId!', 'givenName'] });
const encrypted = askingService({ name: 'encrypted', logoutXml: logout, yaml: 'encryption: require\n' });
const strict = askingService({ name: 'strict', logoutXml: logout });
const greedy = askingService({ name: 'greedy', wants: ['employeeHsaId!', 'personalIdentityNumber!'] });
const off = askingService({ name: 'off', yaml: 'enabled: false\n' });
const client = { party: 'vgr', name: 'client', xml: null, yaml: stringify({ names: { sv: 'Schema', en: 'Rota' }, federation: 'inera', oidc: { clientId: 'https://rota.client.example/', redirectUris: ['https://rota.client.example/callback'], authentication: 'client_secret_basic', secretHashes: ['ab'.repeat(32)], backchannelLogoutUri: 'https://rota.client.example/out' } }) };
let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [unsigned(good), unsigned(encrypted, (xml) => xml.replace('<md:SingleLogoutService', `${keyDescriptor(testKey('reads').certificate, 'encryption')}<md:SingleLogoutService`)), strict.files, unsigned(greedy), off.files, client] });
});
afterAll(async () => { await bryggan.stop(); });
const anna = developmentSet().certificate('anna-berglund');
const card = ['--card', pathOf(anna.certFile), '--card-key', pathOf(anna.keyFile)];
const run = async (service: string, ...more: readonly string[]): Promise<{ readonly code: number; readonly steps: ReadonlyMap<string, TestStep> }> => {
  const { code, output } = await bryggan.command(['service', 'test', service, '--ca', bryggan.caFile, '--json', ...more]);
  return { code, steps: new Map((JSON.parse(output) as readonly TestStep[]).map((one) => [one.step, one])) };
};

describe('service test', () => {
  it('a service that works: the test person gets to its answer address, and nothing is sent there', async () => {
    const { code, steps } = await run('vgr/good', '--person', 'SE2321000131-DEV1001', ...card);
    expect([code, steps.get('login')?.state, steps.get('attributes')?.state, steps.get('answer address')?.state], JSON.stringify([...steps.values()])).toEqual([0, 'works', 'works', 'works']);
    expect(steps.get('login')?.finding).toMatch(/a real one.*readable, response signed.*waits for https:\/\/good\.service\.example\/acs and was not sent there/);
    expect(bryggan.audit().findLast(({ type }) => type === 'login.succeeded')).toMatchObject({ service: 'vgr/good' });
  });
  it('an encrypted answer is seen as such, and its key was tried', async () => {
    const { steps } = await run('vgr/encrypted', ...card);
    expect([steps.get('encryption')?.state, steps.get('login')?.finding.includes('(encrypted')]).toEqual(['works', true]);
  });
  it('a client of OpenID Connect gets a code at its redirect address, which nobody redeems', async () => {
    const { code, steps } = await run('vgr/client', ...card);
    expect([code, steps.get('login')?.state, steps.get('login')?.finding.includes('was not redeemed')], JSON.stringify([...steps.values()])).toEqual([0, 'works', true]);
  });
  it('what only the application can show is unseen: its signature, its session’s end, its own checks', async () => {
    const { steps } = await run('vgr/strict', ...card);
    expect(['signed requests', 'logout', 'login', 'in the application'].map((step) => steps.get(step)?.state)).toEqual(['unseen', 'unseen', 'unseen', 'unseen']);
    expect(steps.get('login')?.finding).toContain('signs its requests');
  });
  it('a service that signs its requests: begun at the application the login is a real one, and its signature was seen; anywhere else is used wrongly', async () => {
    expect((await run('vgr/strict', ...card)).steps.get('login')?.finding).toContain('give it with --begun');
    const { code, steps } = await run('vgr/strict', ...card, '--begun', strict.startUrl(bryggan));
    expect([code, steps.get('login')?.state, steps.get('signed requests')?.state], JSON.stringify([...steps.values()])).toEqual([0, 'works', 'works']);
    const changed = await run('vgr/strict', ...card, '--begun', strict.startUrl(bryggan).replace(/Signature=[^&]{4}/, 'Signature=AAAA'));
    expect([changed.code, changed.steps.get('login')?.state, changed.steps.get('signed requests')?.state]).toEqual([1, 'wrong', 'unseen']);
    for (const elsewhere of ['https://strict.service.example/login', 'not an address']) expect((await bryggan.command(['service', 'test', 'vgr/strict', ...card, '--begun', elsewhere])).code).toBe(2);
    expect((await bryggan.command(['service', 'test', 'vgr/strict', '--begun', strict.startUrl(bryggan)])).code).toBe(2);
    expect((await run('vgr/good', ...card, '--begun', strict.startUrl(bryggan))).steps.get('login')).toMatchObject({ state: 'wrong' });
  });
  it('a required attribute that may not leave is named, and the login that fails of it says with what', async () => {
    const { code, steps } = await run('vgr/greedy', ...card);
    expect([code, steps.get('attributes')?.state, steps.get('login')?.state, steps.get('logout')?.state]).toEqual([1, 'wrong', 'wrong', 'wrong']);
    expect(steps.get('attributes')?.finding).toContain('http://sambi.se/attributes/1/personalIdentityNumber (required: every login fails)');
    expect(steps.get('login')?.finding).toContain('RequestDenied');
  });
  it('a service that is switched off is told as that', async () => {
    const { code, steps } = await run('vgr/off');
    expect([code, steps.get('switched on')?.state]).toEqual([1, 'wrong']);
  });
  it('no card, no login: said, not passed over; half a card is used wrongly', async () => {
    expect((await run('vgr/good')).steps.get('login')).toEqual({ step: 'login', state: 'unseen', finding: 'name a test card with --card and --card-key to log in for real' });
    expect((await bryggan.command(['service', 'test', 'vgr/good', '--card', anna.certFile])).code).toBe(2);
    const absent = await bryggan.command(['service', 'test', 'vgr/good', '--card', '/absent.pem', '--card-key', '/absent.pem']);
    expect([absent.code, absent.output.includes('/absent.pem is not there')]).toEqual([2, true]);
    expect((await bryggan.command(['service', 'test', 'vgr/nobody'])).output).toContain('bryggan service list');
  });
});
