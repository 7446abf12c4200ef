/** Every kind of change shows as itself, with its risk; one thing is changed at a time, and nothing changed shows nothing. */
import { describe, expect, it } from 'vitest';
import { changesBetween, isRisky, type Change } from '../../../src/federation/review/changes.ts';
import { unruled } from '../../../src/federation/review/unruled.ts';
import type { Registry } from '../../../src/parties/model.ts';
import { keyDescriptor, testKey } from '../../fixtures/saml.ts';
import { goodFiles, loadFiles, partyYaml, serviceXml, type Files } from '../../parties/tree.ts';

const XML = 'metadata/services/ale/journal.xml';
const YAML = 'metadata/services/ale/journal.yaml';
const good = goodFiles[XML] ?? '';
const settings = goodFiles[YAML] ?? '';
const built = async (files: Files): Promise<Registry> => {
  const { registry, findings } = await loadFiles(files);
  if (registry === null) throw new Error(JSON.stringify(findings));
  return registry;
};
const changed = async (after: Files, before: Files = goodFiles): Promise<readonly Change[]> => changesBetween(await built(before), await built(after));
const shown = (changes: readonly Change[]): readonly string[] => changes.map(({ kind, risk }) => `${risk} ${kind}`);
const withXml = (xml: string): Files => ({ ...goodFiles, [XML]: xml });
const withYaml = (yaml: string): Files => ({ ...goodFiles, [YAML]: yaml });
const without = (...paths: readonly string[]): Files => Object.fromEntries(Object.entries(goodFiles).filter(([path]) => !paths.includes(path)));
const key = (name: string, use: 'signing' | 'encryption' = 'signing'): string => keyDescriptor(testKey(name).certificate, use);
const own = /<md:KeyDescriptor use="signing">.*?<\/md:KeyDescriptor>/;
const beside = (more: string): string => good.replace(own, (found) => found + more);
const inPlace = (other: string): string => good.replace(own, other);
const wish = '<md:RequestedAttribute Name="http://sambi.se/attributes/1/commissionPurpose" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/>';

describe('a service’s metadata', () => {
  const acs = 'https://app.example.se/acs';
  it.each<readonly [string, string, readonly string[]]>([
    ['the same again', good, []],
    ['comments and white space', good.replace('<md:SPSSODescriptor', '<!-- new -->\n\n<md:SPSSODescriptor'), []],
    ['a signing key beside the known one', beside(key('second')), ['low signing-key-added']],
    ['a signing key without overlap', inPlace(key('stranger')), ['high signing-key-replaced']],
    ['no signing key any more', inPlace(''), ['high signing-dropped']],
    ['a first encryption key', beside(key('reads', 'encryption')), ['high encryption-key-replaced']],
    ['another path at the same host for answers', good.replace(acs, `${acs}/2`), ['low acs-address', 'low acs-removed']],
    ['another host for answers', good.replace(acs, 'https://app.example.com/acs'), ['high acs-host', 'low acs-removed']],
    ['another port for answers', good.replace(acs, 'https://app.example.se:8443/acs'), ['high acs-host', 'low acs-removed']],
    ['a logout address at a new host', good.replace('<md:AssertionConsumerService', '<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://out.example.com/slo"/><md:AssertionConsumerService'), ['high slo-host']],
    ['one attribute more', good.replace('</md:AttributeConsumingService>', `${wish}</md:AttributeConsumingService>`), ['high attributes-more']],
    ['its requests are signed from now on', good.replace('AuthnRequestsSigned="false"', 'AuthnRequestsSigned="true"'), ['low requests-signed']],
    ['another NameID format', good.replace('<md:AssertionConsumerService', '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat><md:AssertionConsumerService'), ['high name-id']],
    ['another entityID', good.replace('https://journal.example.se/saml', 'https://new.example.se/saml'), ['high entity-id']],
    ['an end', good.replace('entityID=', 'validUntil="2030-01-01T00:00:00Z" entityID='), ['low valid-until']],
    ['another number for its set of attributes', good.replace('<md:AttributeConsumingService index="1">', '<md:AttributeConsumingService index="2">'), ['high attribute-sets']],
  ])('%s', async (_name, xml, expected) => {
    expect(shown(await changed(withXml(xml)))).toEqual(expected);
  });
  it('what was added is a removal on the way back, and weaker the other way', async () => {
    expect(shown(await changed(goodFiles, withXml(beside(key('second')))))).toEqual(['low signing-key-removed']);
    expect(shown(await changed(goodFiles, withXml(beside(key('reads', 'encryption')))))).toEqual(['high encryption-dropped']);
    expect(shown(await changed(goodFiles, withXml(good.replace('</md:AttributeConsumingService>', `${wish}</md:AttributeConsumingService>`))))).toEqual(['low attributes-less']);
    expect(shown(await changed(goodFiles, withXml(good.replace('AuthnRequestsSigned="false"', 'AuthnRequestsSigned="true"'))))).toEqual(['high requests-signed']);
  });
  it('a risky change is seen beside a harmless one (threats F06)', async () => {
    const changes = await changed(withXml(beside(key('second')).replace(acs, 'https://evil.example.com/acs')));
    expect(isRisky(changes)).toBe(true);
    expect(shown(changes)).toContain('low signing-key-added');
    expect(changes.map(({ says }) => says).join('\n')).toContain('evil.example.com');
  });
  it('an encryption key beside the known one, and another one first, could be somebody else’s reading (threats C06)', async () => {
    const [reads, other] = [key('reads', 'encryption'), key('other', 'encryption')];
    expect(shown(await changed(withXml(beside(reads + other)), withXml(beside(reads))))).toEqual(['high encryption-key-added']);
    expect(shown(await changed(withXml(beside(other + reads)), withXml(beside(reads + other))))).toEqual(['high encryption-key-order']);
    expect(shown(await changed(withXml(beside(reads)), withXml(beside(reads + other))))).toEqual(['low encryption-key-removed']);
  });
  it('other ciphers for a key that stays', async () => {
    const named = (cipher: string): string => beside(key('reads', 'encryption').replace('</md:KeyDescriptor>', `<md:EncryptionMethod Algorithm="${cipher}"/></md:KeyDescriptor>`));
    expect(shown(await changed(withXml(named('http://www.w3.org/2001/04/xmlenc#aes256-cbc')), withXml(named('http://www.w3.org/2009/xmlenc11#aes256-gcm'))))).toEqual(['high ciphers']);
  });
});

describe('what the operator decides about a service', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['switched off', `${settings}enabled: false\n`, ['high enabled']],
    ['another name', `${settings}names: { sv: Journalen, en: Records }\n`, ['low name']],
    ['a first home', `${settings}homeUrl: https://journal.example.se/\n`, ['high home-url']],
    ['another federation', settings.replace('sambi', 'local'), ['high federation']],
    ['asks before a session answers', `${settings}sso: confirm\n`, ['low sso']],
    ['nothing encrypted', `${settings}encryption: never\n`, ['high encryption']],
    ['a higher lowest level', `${settings}minimumLevel: loa3\n`, ['high level']],
    ['a category that we vouch for (threats F09)', `${settings}entityCategories: ['http://id.example/x']\n`, ['high categories-more']],
    ['one attribute more', settings.replace('[employeeHsaId]', '[employeeHsaId, commissionPurpose]'), ['high release-wider']],
    ['one attribute less', settings.replace('[employeeHsaId]', '[]'), ['high release-narrower']],
    ['one way to log in', `${settings}methods: [phone]\n`, ['high methods']],
    ['requests must be signed', `${settings}requestsSigned: true\n`, ['low requests-signed']],
  ])('%s', async (_name, yaml, expected) => {
    expect(shown(await changed(withYaml(yaml)))).toEqual(expected);
  });
});

describe('the applications behind a local IdP', () => {
  const one = (allow: string, name = 'Planering'): string => `    - { entityId: 'https://one.example.se/sp', names: { sv: ${name}, en: Planning }, allow: [${allow}] }\n`;
  const behind = (requesters: string, others = 'employeeHsaId'): string => `${settings}proxying:\n  requesters:\n${requesters}  others: [${others}]\n`;
  const twin = withYaml(behind(one('employeeHsaId')));
  it.each<readonly [string, string, readonly string[]]>([
    ['the same again', behind(one('employeeHsaId')), []],
    ['one may receive more', behind(one('employeeHsaId, commissionPurpose')), ['high behind-wider']],
    ['one may receive less', behind(one('')), ['high behind-narrower']],
    ['one has another name', behind(one('employeeHsaId', 'Tiderna')), ['low behind-name']],
    ['one more', behind(`${one('employeeHsaId')}    - { entityId: 'https://two.example.se/sp', allow: [employeeHsaId] }\n`), ['high behind-added']],
    ['all others may receive more', behind(one('employeeHsaId'), 'employeeHsaId, commissionPurpose'), ['high behind-others']],
    ['no local IdP any more', settings, ['high proxying', 'high behind-removed', 'high behind-others', 'high requests-signed']],
    ['one may receive more, beside another name of the service (threats F06)', `${behind(one('employeeHsaId, commissionPurpose'))}names: { sv: Journalen, en: Records }\n`, ['low name', 'high behind-wider']],
  ])('%s', async (_name, yaml, expected) => {
    expect(shown(await changed(withYaml(yaml), twin))).toEqual(expected);
  });
});

describe('nothing hides beside a harmless change (threats F06)', () => {
  const discovery = (url: string): string => `<md:Extensions><idpdisc:DiscoveryResponse xmlns:idpdisc="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" Binding="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" Location="${url}" index="1"/></md:Extensions>`;
  const answering = (url: string, xml = good): string => xml.replace(/(<md:SPSSODescriptor[^>]*>)(?:<md:Extensions>.*?<\/md:Extensions>)?/s, `$1${discovery(url)}`);
  it('another host that is told which IdP was chosen', async () => {
    const twin = withXml(answering('https://app.example.se/chosen'));
    expect(shown(await changed(withXml(answering('https://app.example.se/chosen/2')), twin))).toEqual(['low discovery-address', 'low discovery-removed']);
    expect(shown(await changed(withXml(answering('https://evil.example.com/chosen', beside(key('second')))), twin))).toEqual(['high discovery-host', 'low discovery-removed', 'low signing-key-added']);
  });
  it('attributes arranged in other sets, while one is no longer asked for', async () => {
    const asking = (first: string, second: string): Files => withXml(good.replace(/<md:AttributeConsumingService .*<\/md:AttributeConsumingService>/s, [first, second].map((wishes, at) => `<md:AttributeConsumingService index="${String(at + 1)}"><md:ServiceName xml:lang="sv">x</md:ServiceName>${wishes}</md:AttributeConsumingService>`).join('')));
    const wishFor = (name: string): string => wish.replace('commissionPurpose', name);
    const twin = asking(wishFor('givenName') + wishFor('surname'), wishFor('employeeHsaId'));
    expect(shown(await changed(asking(wishFor('givenName'), wishFor('employeeHsaId')), twin))).toEqual(['low attributes-less']);
    expect(shown(await changed(asking(wishFor('employeeHsaId'), wishFor('givenName')), twin))).toEqual(['low attributes-less', 'high attribute-sets']);
  });
  it('something that no rule knows', () => {
    expect(unruled({ name: 1, rest: new Map([['a', 1]]) }, { name: 2, rest: new Map([['a', 2]]), more: [] }, new Set(['name']))).toMatchObject([{ kind: 'other', risk: 'high', says: 'differs in rest, more, for which there is no rule' }]);
    expect(unruled({ name: 1, rest: new Map([['a', 1]]) }, { name: 2, rest: new Map([['a', 1]]) }, new Set(['name']))).toEqual([]);
  });
});

describe('services and parties come, go and move', () => {
  it('a new service, and one that is removed', async () => {
    const more = { ...goodFiles, 'metadata/services/hjo/new.xml': serviceXml('https://new.example.se'), 'metadata/services/hjo/new.yaml': '' };
    expect(await changed(more)).toMatchObject([{ kind: 'service-added', risk: 'high', party: 'hjo', service: 'hjo/new' }]);
    expect(await changed(goodFiles, more)).toMatchObject([{ kind: 'service-removed', risk: 'high', party: 'hjo', service: 'hjo/new' }]);
  });
  it('an entityID that another party takes over (threats F03)', async () => {
    const moved = { ...without(XML, YAML), 'metadata/services/hjo/journal.xml': good, 'metadata/services/hjo/journal.yaml': settings };
    expect(shown(await changed(moved))).toEqual(['high entity-id-moved', 'high service-removed']);
  });
  // What is shared follows the party that answers for it.
  it('a party’s phone number is harmless, its organisation number is not', async () => {
    const ale = goodFiles['config/parties/ale.yaml'] ?? '';
    expect(shown(await changed({ ...goodFiles, 'config/parties/ale.yaml': ale.replace('031-390 06 00', '031-390 06 01') }))).toEqual(['low party']);
    expect(shown(await changed({ ...goodFiles, 'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1348') }))).toEqual(['high party', 'high party']);
  });
});
