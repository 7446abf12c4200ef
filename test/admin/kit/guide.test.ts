/** The supplier's guide: right for one service, in both languages, for every product, and without a secret. */
import { createHash, X509Certificate } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guideFor, type Guide } from '../../../src/admin/kit/guide.ts';
import type { Opened } from '../../../src/admin/tools.ts';
import { createTools } from '../../../src/app-tools.ts';
import type { ServiceId } from '../../../src/core/ids.ts';
import { readXml } from '../../../src/saml/xml/index.ts';
import { askingService } from '../../fixtures/asking-service.ts';
import { product } from '../../fixtures/bryggan.ts';
import { developmentRoot, removeRoots } from '../../config/root.ts';

const SECRET_HASH = createHash('sha256').update('a-secret-that-only-the-client-knows-0123456789').digest('hex');
const asker = askingService({ name: 'journal', wants: ['employeeHsaId!', 'givenName', 'mail', 'personalIdentityNumber', 'urn:nobody:knows'], yaml: 'minimumLevel: loa3\nrelease: { deny: [mail] }\n' });
const proxy = askingService({ name: 'city-idp', party: 'goteborg', yaml: "proxying:\n  requesters:\n    - { entityId: 'https://plan.goteborg.example/sp', names: { sv: Planering, en: Planning }, allow: ['*'] }\n  others: [employeeHsaId]\n" });
const client = stringify({ names: { sv: 'Schema', en: 'Rota' }, federation: 'inera', oidc: { clientId: 'https://rota.example/', redirectUris: ['https://rota.example/callback'], authentication: 'client_secret_basic', secretHashes: [SECRET_HASH], refreshTokens: true, backchannelLogoutUri: 'https://rota.example/logout' } });
let opened: Opened;
beforeAll(async () => {
  const root = developmentRoot();
  cpSync(join(product, 'config/directory-data'), join(root.path, 'config/directory-data'), { recursive: true });
  mkdirSync(join(root.path, 'metadata/services/vgr'), { recursive: true });
  root.write('metadata/services/vgr/journal.yaml', asker.files.yaml);
  root.write('metadata/services/vgr/journal.xml', asker.files.xml);
  root.write('metadata/services/vgr/rota.yaml', client);
  mkdirSync(join(root.path, 'metadata/services/goteborg'), { recursive: true });
  root.write('metadata/services/goteborg/city-idp.yaml', proxy.files.yaml);
  root.write('metadata/services/goteborg/city-idp.xml', proxy.files.xml);
  opened = await createTools(root.path).open();
});
afterAll(async () => { await opened.close(); removeRoots(); });
const guide = (id: string, language: 'sv' | 'en' = 'en'): Guide => {
  const service = opened.registry.services.get(id as ServiceId);
  if (service === undefined) throw new Error(`no service ${id}`);
  return guideFor({ service, party: opened.registry.parties.get(service.party), policy: opened.releasePolicy, our: opened.our, language });
};
const settings = (id: string, name: string): string => guide(id).products.find((one) => one.id === name)?.settings ?? '';

describe('the guide', () => {
  it.each([['vgr/journal', 'sv'], ['vgr/journal', 'en'], ['vgr/rota', 'sv'], ['vgr/rota', 'en']] as const)('%s in %s: whole, nothing left open, its own endpoints', (id, language) => {
    const { text } = guide(id, language);
    expect(text).not.toMatch(/\{\{|undefined|\[object/);
    expect(text).toContain(opened.our.publicUrl);
    expect(text.match(/^- \[ \]/gm)?.length).toBeGreaterThan(4);
    expect(text).toContain(`bryggan service test ${id}`);
    expect(text).toContain(id === 'vgr/journal' ? asker.acs : 'https://rota.example/callback');
  });
  it.each([['vgr/journal', 'sv'], ['vgr/journal', 'en'], ['vgr/rota', 'sv'], ['vgr/rota', 'en']] as const)('%s in %s reads as Markdown: every block of settings is closed, every point of a list begins a line', (id, language) => {
    const lines = guide(id, language).text.split('\n');
    const fences = lines.filter((line) => line.includes('```'));
    expect([fences.filter((line) => line !== '```'), fences.length]).toEqual([[], 2 * guide(id, language).products.length]);
    expect(lines.flatMap((line) => /^(\d)\. /.exec(line)?.[1] ?? [])).toEqual(['1', '2', '3', '4']);
  });
  it('says of each product whether a test of ours runs its settings', () => {
    const tried = ['vgr/journal', 'vgr/rota'].flatMap((id) => guide(id).products.filter((one) => one.tried).map((one) => one.id));
    expect(tried).toEqual(['mod-auth-mellon', 'mod-auth-openidc']);
    const { text } = guide('vgr/journal');
    expect([text.match(/^Tried: /gm)?.length, text.match(/^Not tried by us: /gm)?.length]).toEqual([1, 7]);
  });
  it('tells a local IdP how to name the applications behind it and what each may have; and other services nothing of it', () => {
    expect(guide('goteborg/city-idp', 'en').text).toContain('| `https://plan.goteborg.example/sp` | Planning | everything in the table above |\n| others | | HSA-id |\n');
    expect(guide('goteborg/city-idp', 'sv').text).toContain('| andra | | HSA-id |');
    expect(guide('vgr/journal').text).not.toContain('RequesterID');
  });
  it('gives every address of our metadata with the service’s own name, so that a rollover sees who has read the next key', () => {
    for (const language of ['sv', 'en'] as const) {
      const addresses = [...guide('vgr/journal', language).text.matchAll(/https:\/\/\S*\/(?:saml\/metadata|metadata\/applications\.xml)\S*/g)].map(([address]) => address.replace(/["'`,;<>|]+.*$/, '')).filter((address) => address !== opened.our.entityId);
      expect(addresses.length).toBeGreaterThan(5);
      expect(addresses.filter((address) => !address.endsWith('?consumer=vgr/journal'))).toEqual([]);
    }
  });
  it('shows the fingerprint of every certificate that is published, as openssl writes it', () => {
    const expected = [...opened.our.signingCertificates, ...opened.our.metadataCertificates].map(({ certificate }) => new X509Certificate(Buffer.from(certificate, 'base64')).fingerprint256);
    expect(expected.length).toBeGreaterThan(1);
    for (const fingerprint of expected) expect(guide('vgr/journal').text).toContain(fingerprint);
  });
  it('each requested attribute by its exact wire name, with whether it comes and why not', () => {
    const { text } = guide('vgr/journal');
    for (const line of [
      '| `http://sambi.se/attributes/1/employeeHsaId` | HSA-id | required | released |',
      '| `http://sambi.se/attributes/1/mail` | Work e-mail address | if there is one | not released: denied for this service |',
      '| `http://sambi.se/attributes/1/personalIdentityNumber` | Personal identity number | if there is one | not released: not among what is agreed for this service |',
      '| `urn:nobody:knows` | urn:nobody:knows | if there is one | never released: the name is not known here |',
    ]) expect(text).toContain(line);
    expect(settings('vgr/journal', 'mod-auth-mellon')).not.toContain('mail');
  });
  it('asks for no level below the service’s own', () => {
    expect(guide('vgr/journal').text).not.toContain('loa2');
    expect(guide('vgr/journal').text).toContain('http://id.sambi.se/loa/loa3');
  });
  it('has the common products of its protocol, and no other’s', () => {
    expect(guide('vgr/journal').products.map(({ id }) => id)).toEqual(['shibboleth-sp', 'mod-auth-mellon', 'simplesamlphp', 'adfs', 'entra-id', 'keycloak-saml', 'spring-security-saml', 'node-saml']);
    expect(guide('vgr/rota').products.map(({ id }) => id)).toEqual(['mod-auth-openidc', 'keycloak-oidc', 'spring-security-oidc', 'openid-client']);
  });
  it('settings are well-formed in their own language', () => {
    expect(() => JSON.parse(settings('vgr/journal', 'keycloak-saml')) as unknown).not.toThrow();
    expect(() => JSON.parse(settings('vgr/rota', 'keycloak-oidc')) as unknown).not.toThrow();
    expect(parse(settings('vgr/journal', 'spring-security-saml'))).toMatchObject({ spring: { security: { saml2: { relyingparty: { registration: { bryggan: { 'entity-id': asker.entityId } } } } } } });
    expect(parse(settings('vgr/rota', 'spring-security-oidc'))).toMatchObject({ spring: { security: { oauth2: { client: { provider: { bryggan: { 'issuer-uri': opened.our.publicUrl } } } } } } });
    const [defaults = '', map = ''] = settings('vgr/journal', 'shibboleth-sp').split('<!-- attribute-map.xml -->');
    for (const text of [defaults, `<Attributes>${map}</Attributes>`]) expect(() => readXml(Buffer.from(text), 'metadata')).not.toThrow();
  });
  it.each(["https://journal.service.example/acs?a='.system('x').'", 'https://journal.service.example/"quoted"', 'https://journal.service.example/`x`'])('an address that would become a line of somebody’s settings is refused: %s', (url) => {
    const service = opened.registry.services.get('vgr/journal' as ServiceId);
    if (service?.wire.protocol !== 'saml') throw new Error('no service');
    const { wire } = service;
    const [acs] = wire.assertionConsumerServices;
    if (acs === undefined) throw new Error('no address');
    const asked = { party: undefined, policy: opened.releasePolicy, our: opened.our, language: 'en' as const };
    expect(() => guideFor({ ...asked, service: { ...service, wire: { ...wire, assertionConsumerServices: [{ ...acs, url }] } } })).toThrow(/no settings can be written/);
    expect(guideFor({ ...asked, service }).text).toContain(acs.url);
  });
  it('holds no secret: no private key, no secret or its checksum, nothing from the state directory', () => {
    for (const text of [guide('vgr/journal').text, guide('vgr/rota').text, JSON.stringify(guide('vgr/rota'))]) {
      expect(text).not.toContain('PRIVATE KEY');
      expect(text).not.toContain(SECRET_HASH);
      expect(text).not.toContain(opened.state);
      expect(text).not.toContain(opened.root);
    }
    const key = readFileSync(join(product, 'certs-dev/keys/saml-signing.key.pem'), 'utf8').split('\n')[1] ?? 'none';
    expect(guide('vgr/journal').text).not.toContain(key);
  });
});
