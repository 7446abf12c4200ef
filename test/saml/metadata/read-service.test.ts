import { describe, expect, it } from 'vitest';
import type { SamlService } from '../../../src/parties/model.ts';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { algorithms, bindings, nameIdFormats, namespaces } from '../../../src/saml/names.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { ACS_URL, acsElement, certificateFor, EMPLOYEE_HSA_ID, ENTITY_ID, keyDescriptor, serviceMetadata, testKey, type MetadataParts } from '../../fixtures/saml.ts';

const FILE = 'metadata/services/ale/journal.xml';
const readText = (text: string) => readServiceMetadata(Buffer.from(text), FILE);
const read = (parts: MetadataParts = {}) => readText(serviceMetadata(parts));
/** The service as the registry keeps it: this line also proves that the types agree. */
const wireOf = (parts: MetadataParts = {}): SamlService => read(parts).wire;
const faultOf = (text: string) => {
  const { detail, facts } = refusedWith('saml.metadata', () => readText(text));
  expect(facts['file']).toBe(FILE);
  expect(detail).toContain('; fix: ');
  return { detail, facts };
};
const key = testKey();
const second = testKey('second');
const post = (url: string, rest: string) => acsElement(`Binding="${bindings.post}" Location="${url}" ${rest}`);

describe("a service's metadata", () => {
  it('gives everything that the registry keeps', () => {
    expect(wireOf()).toMatchObject({
      protocol: 'saml', entityId: ENTITY_ID, validUntil: null, authnRequestsSigned: true, wantAssertionsSigned: false, encryptionKeys: [],
      nameIdFormats: [nameIdFormats.transient],
      assertionConsumerServices: [{ url: ACS_URL, binding: bindings.post, index: 1, isDefault: true }],
      singleLogoutServices: [{ url: 'https://journal.example.se/slo', responseUrl: 'https://journal.example.se/slo/done', binding: 'redirect' }],
      attributeConsumingServices: [{ index: 1, isDefault: false, names: { sv: 'Journaltjänst' }, attributes: [{ name: EMPLOYEE_HSA_ID, required: true }] }],
      entityCategories: [],
    });
    const [signing] = wireOf().signingKeys;
    expect(signing?.key.equals(key.publicKey)).toBe(true);
    expect(signing).toMatchObject({ certificate: key.certificate, notAfter: Date.UTC(2035, 0, 1) });
  });
  it('names the service by mdui, else by its attribute service', () => {
    expect(read().names).toEqual({ sv: 'Journalen', en: 'Records' });
    expect(read({ roleExtensions: '' }).names).toEqual({ sv: 'Journaltjänst' });
    expect(read({ roleExtensions: '', attributeServices: '' })).toMatchObject({ names: {}, notes: [expect.stringContaining('no attributes')] });
  });
  it('reads descriptions, logos, organisation and contacts; drops addresses that no link may have', () => {
    const metadata = read({
      roleExtensions: `<md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="sv-SE"> J </mdui:DisplayName><mdui:Description xml:lang="en">Records of care</mdui:Description>
        <mdui:Logo height="60" width="80" xml:lang="sv">https://journal.example.se/logo.png</mdui:Logo><mdui:Logo height="1" width="x">javascript:alert(1)</mdui:Logo><mdui:Logo height="9" width="9">data:image/svg+xml;base64,PHN2Zy8+</mdui:Logo><mdui:Logo height="9" width="9">data:text/html;base64,PHN2Zy8+</mdui:Logo>
        <mdui:InformationURL xml:lang="sv">http://plain.example/</mdui:InformationURL><mdui:PrivacyStatementURL xml:lang="sv">https://journal.example.se/privacy</mdui:PrivacyStatementURL></mdui:UIInfo></md:Extensions>`,
      after: `<md:Organization><md:OrganizationName xml:lang="sv">Ale kommun</md:OrganizationName><md:OrganizationDisplayName xml:lang="sv">Ale</md:OrganizationDisplayName><md:OrganizationURL xml:lang="sv">https://ale.example/</md:OrganizationURL></md:Organization>
        <md:ContactPerson contactType="technical"><md:Company>Ale</md:Company><md:SurName>Driften</md:SurName><md:EmailAddress>mailto:drift@ale.example</md:EmailAddress><md:TelephoneNumber>031-390 06 01</md:TelephoneNumber></md:ContactPerson>`,
    });
    expect(metadata).toMatchObject({
      names: { sv: 'J' }, descriptions: { en: 'Records of care' }, informationUrls: {}, privacyStatementUrls: { sv: 'https://journal.example.se/privacy' },
      logos: [{ url: 'https://journal.example.se/logo.png', width: 80, height: 60, language: 'sv' }, { url: 'data:image/svg+xml;base64,PHN2Zy8+', language: null }],
      organisation: { names: { sv: 'Ale kommun' }, displayNames: { sv: 'Ale' }, urls: { sv: 'https://ale.example/' } },
      contacts: [{ type: 'technical', company: 'Ale', givenName: null, surname: 'Driften', emails: ['drift@ale.example'], telephones: ['031-390 06 01'] }],
    });
  });
  it('reads entity categories, each once', () => {
    const category = (value: string) => `<saml:AttributeValue>${value}</saml:AttributeValue>`;
    expect(wireOf({ entityExtensions: `<md:Extensions><a:EntityAttributes xmlns:a="${namespaces.mdattr}" xmlns:saml="${namespaces.saml}"><saml:Attribute Name="http://macedir.org/entity-category">${category('urn:a')}${category(' urn:b\n')}${category('urn:a')}</saml:Attribute><saml:Attribute Name="urn:other">${category('urn:c')}</saml:Attribute></a:EntityAttributes></md:Extensions>` }).entityCategories).toEqual(['urn:a', 'urn:b']);
  });
  it('takes the earliest validUntil', () => {
    expect(wireOf({ entityAttributes: ' validUntil="2027-01-31T00:00:00Z"', roleAttributes: ' validUntil="2027-01-01T00:00:00Z"' }).validUntil).toBe(Date.UTC(2027, 0, 1));
    expect(faultOf(serviceMetadata({ entityAttributes: ' validUntil="soon"' })).facts['element']).toBe('EntityDescriptor');
  });
  it('takes one entity out of an EntitiesDescriptor, and its validUntil', () => {
    const entity = serviceMetadata().replace(/^<\?xml.*\?>\n/, '');
    const wrapped = `<md:EntitiesDescriptor xmlns:md="${namespaces.md}" validUntil="2027-01-01T00:00:00Z">${entity}</md:EntitiesDescriptor>`;
    expect(readText(wrapped).wire).toMatchObject({ entityId: ENTITY_ID, validUntil: Date.UTC(2027, 0, 1) });
    expect(faultOf(wrapped.replace('</md:EntitiesDescriptor>', `${entity}</md:EntitiesDescriptor>`)).detail).toContain('exactly one entity');
    expect(faultOf(`<md:EntitiesDescriptor xmlns:md="${namespaces.md}"/>`).detail).toContain('exactly one entity');
  });
});

describe('traps of other products', () => {
  it('a BOM, comments and an old signature do no harm', () => {
    const text = serviceMetadata({ entityExtensions: `<!-- exported --><ds:Signature xmlns:ds="${namespaces.ds}"/>` });
    expect(readText(`\uFEFF${text}`).wire.entityId).toBe(ENTITY_ID);
  });
  it('carriage returns: as line ends, and as character references in the certificate', () => {
    const broken = key.certificate.replace(/.{64}/g, '$&&#13;\n');
    expect(wireOf({ keys: keyDescriptor(broken, 'signing') }).signingKeys[0]?.certificate).toBe(key.certificate);
    expect(readText(serviceMetadata().replaceAll('\n', '\r\n')).wire.entityId).toBe(ENTITY_ID);
  });
  it('a KeyDescriptor without use serves both [SAMLMeta §2.4.1.1]', () => {
    const wire = wireOf({ keys: keyDescriptor(key.certificate, undefined, `<md:EncryptionMethod Algorithm="${algorithms.aes256Gcm}"/><md:EncryptionMethod Algorithm="${algorithms.rsaOaepMgf1p}"><ds:DigestMethod xmlns:ds="${namespaces.ds}" Algorithm="${algorithms.sha256}"/></md:EncryptionMethod>`) });
    expect(wire.signingKeys).toHaveLength(1);
    expect(wire.encryptionKeys).toMatchObject([{ methods: [algorithms.aes256Gcm, algorithms.rsaOaepMgf1p], digests: [algorithms.sha256] }]);
  });
  it('every key of a use counts, in the order published', () => {
    const wire = wireOf({ keys: [keyDescriptor(key.certificate, 'signing'), keyDescriptor(second.certificate, 'encryption'), keyDescriptor(second.certificate, 'signing')].join('') });
    expect(wire.signingKeys.map(({ certificate }) => certificate)).toEqual([key.certificate, second.certificate]);
    expect(wire.encryptionKeys.map(({ certificate }) => certificate)).toEqual([second.certificate]);
  });
  it('an expired certificate is a key like any other [SC-DP §2.1.1.2]', () => {
    const [expired] = wireOf({ keys: keyDescriptor(certificateFor(key.privateKey, 'old', [2010, 2012]), 'signing') }).signingKeys;
    expect(expired?.notAfter).toBe(Date.UTC(2012, 0, 1));
    expect(expired?.key.equals(key.publicKey)).toBe(true);
  });
  it('EC keys sign; without use they do not encrypt; as encryption key they are noted', () => {
    const ec = testKey('ec', 'ec').certificate;
    expect(wireOf({ keys: keyDescriptor(ec) })).toMatchObject({ signingKeys: [{ certificate: ec }], encryptionKeys: [] });
    const both = read({ keys: keyDescriptor(key.certificate, 'signing') + keyDescriptor(ec, 'encryption') });
    expect(both.wire.encryptionKeys).toEqual([]);
    expect(both.notes).toEqual([expect.stringContaining('not RSA')]);
    for (const kind of ['ec-p384', 'ec-p521'] as const) expect(wireOf({ keys: keyDescriptor(testKey('ec', kind).certificate, 'signing') }).signingKeys).toHaveLength(1);
  });
  it('the same certificate twice in one descriptor is one key; two keys are a fault', () => {
    const double = (other: string) => keyDescriptor(`${key.certificate}</ds:X509Certificate><ds:X509Certificate>${other}`, 'signing');
    expect(wireOf({ keys: double(key.certificate) }).signingKeys).toHaveLength(1);
    expect(faultOf(serviceMetadata({ keys: double(second.certificate) })).detail).toContain('several keys');
  });
  it('logout endpoints by bindings that we do not speak are skipped; without ResponseLocation the answer goes to Location', () => {
    expect(wireOf({ logout: `<md:SingleLogoutService Binding="${bindings.artifact}" Location="https://a.example/"/><md:SingleLogoutService Binding="toString" Location="x"/><md:SingleLogoutService Binding="${bindings.soap}" Location="https://a.example/soap"/>` }).singleLogoutServices)
      .toEqual([{ url: 'https://a.example/soap', responseUrl: 'https://a.example/soap', binding: 'soap' }]);
  });
  it('http is for this machine only', () => {
    for (const url of ['http://localhost:8080/acs', 'http://127.0.0.1:8080/acs', 'http://[::1]/acs']) expect(wireOf({ endpoints: post(url, 'index="1"') }).assertionConsumerServices[0]?.url).toBe(url);
  });
});

const idp = `<md:IDPSSODescriptor protocolSupportEnumeration="${namespaces.samlp}">${keyDescriptor(key.certificate)}<md:SingleSignOnService Binding="${bindings.redirect}" Location="https://a.example/"/></md:IDPSSODescriptor>`;
const role = (text: string) => text.replace(/<md:SPSSODescriptor[^]*<\/md:SPSSODescriptor>/, idp);
describe('broken metadata names the place and the fix', () => {
  it.each<[string, string, string]>([
    ['no XML', 'hello', 'fix: export the file again'],
    ['half a file', serviceMetadata().slice(0, 900), 'fix: export the file again'],
    ['a DOCTYPE', serviceMetadata().replace('<md:EntityDescriptor', '<!DOCTYPE md:EntityDescriptor SYSTEM "http://127.0.0.1/x"><md:EntityDescriptor'), 'fix: export the file again'],
    ['another document', '<html/>', 'is not SAML metadata'],
    ['an entityID missing', serviceMetadata({ entityId: '' }), 'entityID is missing'],
    ['an entityID of 1025 characters', serviceMetadata({ entityId: `https://${'a'.repeat(1017)}` }), 'longer than 1024'],
    ['an identity provider (threats F08)', role(serviceMetadata()), 'describes an identity provider'],
    ['no role', serviceMetadata().replace(/<md:SPSSODescriptor[^]*<\/md:SPSSODescriptor>/, ''), 'has no SPSSODescriptor'],
    ['a role for SAML 1.1 only', serviceMetadata().replace(`protocolSupportEnumeration="${namespaces.samlp}"`, 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"'), 'has no SPSSODescriptor'],
    ['two roles', serviceMetadata().replace(/<md:SPSSODescriptor[^]*<\/md:SPSSODescriptor>/, '$&$&'), 'second SPSSODescriptor'],
    ['an unknown use', serviceMetadata({ keys: keyDescriptor(key.certificate, 'sign') }), 'neither signing nor encryption'],
    ['a KeyDescriptor without certificate', serviceMetadata({ keys: '<md:KeyDescriptor use="signing"/>' }), 'has no KeyInfo'],
    ['a KeyDescriptor with a name only', serviceMetadata({ keys: `<md:KeyDescriptor><ds:KeyInfo xmlns:ds="${namespaces.ds}"><ds:KeyName>x</ds:KeyName></ds:KeyInfo></md:KeyDescriptor>` }), 'has no X509Certificate'],
    ['PEM lines in the certificate', serviceMetadata({ keys: keyDescriptor(`-----BEGIN CERTIFICATE-----\n${key.certificate}\n-----END CERTIFICATE-----`) }), 'is not base64'],
    ['a cut certificate', serviceMetadata({ keys: keyDescriptor(key.certificate.slice(0, 400)) }), 'is not an X.509 certificate'],
    ['an RSA key of 1024 bits', serviceMetadata({ keys: keyDescriptor(testKey('small', 'rsa-1024').certificate) }), 'too weak'],
    ['an Ed25519 key', serviceMetadata({ keys: keyDescriptor(testKey('ed', 'ed25519').certificate) }), 'too weak or of another kind'],
    ['AuthnRequestsSigned without a key', serviceMetadata({ keys: '' }), 'publishes no signing key'],
    ['AuthnRequestsSigned with an encryption key only', serviceMetadata({ keys: keyDescriptor(key.certificate, 'encryption') }), 'publishes no signing key'],
    ['AuthnRequestsSigned neither true nor false', serviceMetadata({ roleAttributes: ' AuthnRequestsSigned="yes"' }), 'is not true or false'],
    ['no endpoint for HTTP-POST', serviceMetadata({ endpoints: acsElement(`Binding="${bindings.artifact}" Location="${ACS_URL}" index="1"`) }), 'for HTTP-POST'],
    ['no endpoint at all', serviceMetadata({ endpoints: '' }), 'for HTTP-POST'],
    ['an endpoint without index', serviceMetadata({ endpoints: post(ACS_URL, '') }), 'index is missing'],
    ['an index twice', serviceMetadata({ endpoints: post(ACS_URL, 'index="1"') + post(`${ACS_URL}2`, 'index="1"') }), 'used twice'],
    ['an endpoint without address', serviceMetadata({ endpoints: acsElement(`Binding="${bindings.post}" index="1"`) }), 'Location is missing'],
    ['an endpoint over http', serviceMetadata({ endpoints: post('http://journal.example.se/acs', 'index="1"') }), 'does not use https'],
    ['a javascript endpoint', serviceMetadata({ endpoints: post('javascript:alert(1)', 'index="1"') }), 'does not use https'],
    ['a relative endpoint', serviceMetadata({ endpoints: post('/acs', 'index="1"') }), 'not an absolute address'],
    ['white space around an endpoint', serviceMetadata({ endpoints: post(` ${ACS_URL}`, 'index="1"') }), 'not an absolute address'],
    ['a fragment in an endpoint', serviceMetadata({ endpoints: post(`${ACS_URL}#x`, 'index="1"') }), 'fragment or credentials'],
    ['credentials in an endpoint', serviceMetadata({ endpoints: post('https://a:b@journal.example.se/acs', 'index="1"') }), 'fragment or credentials'],
    ['a logout endpoint over http', serviceMetadata({ logout: `<md:SingleLogoutService Binding="${bindings.redirect}" Location="http://a.example/"/>` }), 'does not use https'],
    ['a RequestedAttribute without name', serviceMetadata({ attributeServices: '<md:AttributeConsumingService index="1"><md:RequestedAttribute FriendlyName="x"/></md:AttributeConsumingService>' }), 'has no Name'],
    ['two UIInfo', serviceMetadata({ roleExtensions: '<md:Extensions><mdui:UIInfo/><mdui:UIInfo/></md:Extensions>' }), 'second UIInfo'],
    ['two Extensions', serviceMetadata({ roleExtensions: '<md:Extensions/><md:Extensions/>' }), 'fix: '],
    ['markup in a name', serviceMetadata({ roleExtensions: '<md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="sv"><b>x</b></mdui:DisplayName></mdui:UIInfo></md:Extensions>' }), 'where text belongs'],
  ])('%s', (_name, text, said) => {
    expect(read().wire.entityId).toBe(ENTITY_ID);
    expect(faultOf(text).detail).toContain(said);
  });
});
