/** Files of identity providers: a good one, and each with one thing broken. */
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { changesBetween, describeChange } from '../../src/federation/review/changes.ts';
import { testKey } from '../fixtures/saml.ts';
import { goodFiles, loadFiles, serviceXml, settingsFor, type Files } from './tree.ts';

const entityId = 'https://idp.ale.example/saml';
const xml = (change: (text: string) => string = (text) => text): string => change(`<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAuthnRequestsSigned="true">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${testKey('registry').certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.ale.example/slo"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.ale.example/sso"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="https://idp.ale.example/soap"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>`);
const settings = { names: { sv: 'Ale kommun' }, trust: { levels: { 'http://id.sambi.se/loa/loa3': 'loa3' }, highestLevel: 'loa3', hsaIdPrefixes: ['SE2120001439'], attributes: ['employeeHsaId'] } };
const [metadata, yaml] = ['metadata/identity-providers/ale/idp.xml', 'metadata/identity-providers/ale/idp.yaml'];
const good: Files = { ...goodFiles, [metadata]: xml(), [yaml]: stringify(settings) };
const oidc = { issuer: 'https://login.example.se/tenant', clientId: 'bryggan', secretFile: 'secrets/ale.pem', person: { claim: 'employeeHsaId', kind: 'hsa-id' } };
const faults = async (files: Files): Promise<readonly string[]> => (await loadFiles(files)).findings.filter(({ severity }) => severity === 'error').map(({ file, rule, path }) => `${file.replace('metadata/identity-providers/ale/', '')} ${rule} ${path}`);

describe('an identity provider', () => {
  it('is its party’s, with what it publishes and what it is believed in', async () => {
    const { registry, findings } = await loadFiles(good);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const provider = registry?.identityProviders.get('ale/idp');
    expect(provider).toMatchObject({ party: 'ale', enabled: true, names: { sv: 'Ale kommun', en: 'Ale kommun' }, domains: ['example.se'], trust: { highestLevel: 'loa3', hsaIdPrefixes: ['SE2120001439-'], organisations: ['2120001439'], scopes: ['example.se'], directory: 'ask' } });
    expect(provider?.wire).toMatchObject({ protocol: 'saml', entityId, wantAuthnRequestsSigned: true, singleSignOnServices: [{ url: 'https://idp.ale.example/sso', binding: 'redirect' }], singleLogoutServices: [{ url: 'https://idp.ale.example/slo' }], personAttribute: { name: 'http://sambi.se/attributes/1/employeeHsaId', kind: 'hsa-id' } });
  });
  it('or an OpenID Connect issuer, by its settings file alone', async () => {
    const { registry } = await loadFiles({ ...goodFiles, [yaml]: stringify({ ...settings, oidc }) });
    expect(registry?.identityProviders.get('ale/idp')?.wire).toMatchObject({ protocol: 'oidc', issuer: oidc.issuer, discoveryUrl: `${oidc.issuer}/.well-known/openid-configuration`, claims: { person: { name: 'employeeHsaId', kind: 'hsa-id' }, tenant: null } });
  });
  it('of a party may be its service too, by the same entityID', async () => {
    const both = { ...good, 'metadata/services/ale/idp.xml': serviceXml(entityId), 'metadata/services/ale/idp.yaml': '' };
    expect(await faults(both)).toEqual([]);
  });
});
describe('a fault', () => {
  const broken = (change: object): Files => ({ ...good, [yaml]: stringify({ ...settings, ...change }) });
  const trusted = (change: object): Files => broken({ trust: { ...settings.trust, ...change } });
  it.each<readonly [string, Files, string]>([
    ['no settings: nothing would be believed', { ...goodFiles, [metadata]: xml() }, 'idp.xml trust-missing '],
    ['no metadata and no issuer', { ...goodFiles, [yaml]: stringify(settings) }, 'idp.yaml metadata-missing '],
    ['both kinds', { ...good, [yaml]: stringify({ ...settings, oidc }) }, 'idp.yaml two-kinds '],
    ['no levels', trusted({ levels: {} }), 'idp.yaml upstream-levels trust.levels'],
    ['nobody to speak for', trusted({ hsaIdPrefixes: [] }), 'idp.yaml upstream-nobody trust'],
    ['people by number, without leave', broken({ person: { kind: 'personal-identity-number' } }), 'idp.yaml upstream-person trust.personalNumbers'],
    ['people by HSA-id, without prefixes', trusted({ hsaIdPrefixes: [], personalNumbers: true }), 'idp.yaml upstream-person trust.hsaIdPrefixes'],
    ['what it brings stands, but it brings nothing', trusted({ directory: 'stands', attributes: [] }), 'idp.yaml upstream-brings-nothing trust.attributes'],
    ['numbers brought that nobody may be named by', trusted({ attributes: ['givenName', 'personalIdentityNumber'] }), 'idp.yaml upstream-person trust.attributes[1]'],
    ['lists that no limit holds', trusted({ attributes: ['allCommissions'] }), 'idp.yaml upstream-unbounded trust.attributes[0]'],
    ['an unknown attribute', trusted({ attributes: ['employeeHsaID'] }), 'idp.yaml attribute-unknown trust.attributes[0]'],
    ['a service’s metadata', { ...good, [metadata]: serviceXml(entityId) }, 'idp.xml metadata EntityDescriptor'],
    ['no signing key', { ...good, [metadata]: xml((text) => text.replace(/<md:KeyDescriptor.*?<\/md:KeyDescriptor>/s, '')) }, 'idp.xml metadata IDPSSODescriptor'],
    ['no address that we can use', { ...good, [metadata]: xml((text) => text.replace(/<md:SingleSignOnService[^>]*HTTP-Redirect[^>]*>/, '')) }, 'idp.xml metadata IDPSSODescriptor'],
    ['an address without https', { ...good, [metadata]: xml((text) => text.replace('https://idp.ale.example/sso', 'http://idp.ale.example/sso')) }, 'idp.xml metadata SingleSignOnService'],
    ['another party’s entityID', { ...good, 'metadata/services/hjo/idp.xml': serviceXml(entityId), 'metadata/services/hjo/idp.yaml': '' }, 'idp.xml entity-id-twice entityID'],
    ['the same entityID twice', { ...good, 'metadata/identity-providers/hjo/idp.xml': xml(), 'metadata/identity-providers/hjo/idp.yaml': stringify(settings) }, 'metadata/identity-providers/hjo/idp.xml entity-id-twice entityID'],
    ['our own entityID', { ...good, [metadata]: xml((text) => text.replace(entityId, settingsFor().ownEntityIds[0] ?? '')) }, 'idp.xml entity-id-ours entityID'],
    ['a party that is not there', { ...goodFiles, 'metadata/identity-providers/nobody/idp.xml': xml(), 'metadata/identity-providers/nobody/idp.yaml': stringify(settings) }, 'metadata/identity-providers/nobody/idp.xml party-unknown '],
  ])('%s', async (_what, files, expected) => { expect(await faults(files)).toContain(expected); });
  it.each<readonly [string, object]>([['an unknown key', { unsolicited: true }], ['a prefix that is none', { trust: { ...settings.trust, hsaIdPrefixes: ['SE'] } }], ['no trust', { trust: undefined }], ['a logo that could carry script', { logo: 'data:image/svg+xml;base64,AAAA' }]])('%s is refused by the schema', async (_what, change) => {
    expect((await faults({ ...good, [yaml]: stringify({ ...settings, ...change }) })).some((fault) => fault.startsWith('idp.yaml schema'))).toBe(true);
  });
});
describe('review', () => {
  const between = async (after: Files, before: Files = good): Promise<readonly string[]> => {
    const [old, next] = await Promise.all([loadFiles(before), loadFiles(after)]);
    return old.registry === null || next.registry === null ? ['does not load'] : changesBetween(old.registry, next.registry).map(describeChange);
  };
  it('who is believed about people waits for a person; how it is shown does not', async () => {
    expect(await between(good)).toEqual([]);
    expect(await between(good, goodFiles)).toEqual([expect.stringMatching(/^! identity provider ale\/idp: is new/)]);
    expect(await between(goodFiles)).toEqual([expect.stringMatching(/^! identity provider ale\/idp: is removed/)]);
    expect(await between({ ...good, [yaml]: stringify({ ...settings, trust: { ...settings.trust, highestLevel: 'loa2' } }) })).toEqual([expect.stringMatching(/^! .*believed in something else/)]);
    expect(await between({ ...good, [metadata]: xml((text) => text.replace('/sso', '/other')) })).toEqual([expect.stringMatching(/^! .*other keys or addresses/)]);
    expect(await between({ ...good, [yaml]: stringify({ ...settings, names: { sv: 'Ale' } }) })).toEqual([expect.stringMatching(/^· .*shown in another way/)]);
  });
});
