import { describe, expect, test } from 'vitest';
import { parseOrganisationNumber, toEntityId, toPartyId, toServiceId } from '../../src/core/ids.ts';
import { isError } from '../../src/core/findings.ts';
import { partyOfOrganisation } from '../../src/parties/registry.ts';
import type { Registry } from '../../src/parties/model.ts';
import { goodFiles, loadFiles, partyYaml, rulesOf, serviceXml, settingsFor, type Files } from './tree.ts';

const without = (files: Files, path: string): Files => Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
const registryOf = async (files: Files = goodFiles, settings = settingsFor()): Promise<Registry> => {
  const { registry, findings } = await loadFiles(files, settings);
  expect(findings.filter(isError)).toEqual([]);
  return registry!;
};
const errorsOf = async (files: Files, settings = settingsFor()): Promise<readonly string[]> => {
  const { registry, findings } = await loadFiles(files, settings);
  const errors = findings.filter(isError).map(({ file, rule, path }) => `${file} ${rule} ${path}`.trim());
  expect(registry === null).toBe(errors.length > 0);
  return errors;
};
const warningsOf = async (files: Files, settings = settingsFor()): Promise<readonly string[]> => (await loadFiles(files, settings)).findings.filter((one) => !isError(one)).map(({ file, rule }) => `${file} ${rule}`);
const journal = toServiceId('ale/journal');
const journalYaml = 'metadata/services/ale/journal.yaml';
const journalXml = 'metadata/services/ale/journal.xml';

describe('a registry', () => {
  test('finds a service by id and by entityID, and a party by id and by organisation number', async () => {
    const registry = await registryOf();
    const service = registry.services.get(journal);
    expect(service).toBeDefined();
    expect(registry.servicesByEntityId.get(toEntityId('https://journal.example.se/saml'))).toBe(service);
    expect(partyOfOrganisation(registry, parseOrganisationNumber('212000-1728'))?.id).toBe('hjo');
    expect(partyOfOrganisation(registry, parseOrganisationNumber('232100-0131'))).toBeUndefined();
  });
  test('counts an affiliate’s people as its party’s', async () => expect(partyOfOrganisation(await registryOf(), parseOrganisationNumber('5599980017'))?.id).toBe('hjo'));
  test('keeps the shared party out of the question whose people somebody is', async () => {
    const registry = await registryOf();
    expect(registry.parties.get(toPartyId('joint'))?.number).toBe('2120001439');
    expect(partyOfOrganisation(registry, parseOrganisationNumber('212000-1439'))?.id).toBe('ale');
  });
  test('holds disabled parties and services: the flow refuses those by name', async () => {
    const registry = await registryOf({ ...goodFiles, 'config/parties/hjo.yaml': `${goodFiles['config/parties/hjo.yaml']!}enabled: false\n`, [journalYaml]: 'enabled: false\n' });
    expect(registry.parties.get(toPartyId('hjo'))?.enabled).toBe(false);
    expect(registry.services.get(journal)?.enabled).toBe(false);
  });
  test('has the same version for the same files, and another for any change', async () => {
    const { version } = await registryOf();
    expect((await registryOf()).version).toBe(version);
    expect((await registryOf({ ...goodFiles, [journalYaml]: `${goodFiles[journalYaml]!}\n` })).version).not.toBe(version);
    expect((await registryOf(without(goodFiles, journalYaml))).version).not.toBe(version);
    expect((await registryOf(goodFiles, settingsFor({ methods: ['siths-card'] }))).version).not.toBe(version);
  });
  test('settles every setting: service, then party or federation, then default', async () => {
    const registry = await registryOf({ ...goodFiles, 'metadata/services/hjo/plan.yaml': 'federation: local\nsigning: { response: false }\nminimumLevel: loa3\nhomeUrl: https://plan.example.se/\nmethods: [phone]\nnames: { sv: Planen }\n' });
    const plan = registry.services.get(toServiceId('hjo/plan'))!;
    expect(plan).toMatchObject({ sso: 'confirm', sign: { response: false, assertion: true }, minimumLevel: 'loa3', homeUrl: 'https://plan.example.se/', methods: ['phone'], names: { sv: 'Planen', en: 'Planen' }, encryption: 'if-key' });
    expect(registry.services.get(journal)).toMatchObject({ sso: 'silent', minimumLevel: 'loa2', sign: { response: true, assertion: true }, names: { sv: 'Tjänsten', en: 'Tjänsten' }, homeUrl: null, logo: null, methods: [] });
    expect(registry.parties.get(toPartyId('ale'))).toMatchObject({ displayName: 'Ale kommun', methods: ['siths-card', 'phone'], enabled: true });
  });
  test('is frozen where it is handed out', async () => {
    const registry = await registryOf();
    expect([registry, registry.services.get(journal), registry.parties.get(toPartyId('ale'))].every((value) => Object.isFrozen(value))).toBe(true);
  });
  test('takes the federation’s word where a service says nothing: signed requests, ciphers', async () => {
    const strict = settingsFor({ federations: new Map([['local', rulesOf({ id: 'local' })], ['sambi', rulesOf({ id: 'sambi', requestsSigned: true, ciphers: ['urn:cipher'] })]]) });
    const files = { ...goodFiles, [journalXml]: serviceXml('https://journal.example.se/saml', { encryption: true }) };
    expect((await registryOf(files, strict)).services.get(journal)?.wire).toMatchObject({ authnRequestsSigned: true, encryptionKeys: [{ methods: ['urn:cipher'] }] });
    expect((await registryOf(files)).services.get(journal)?.wire).toMatchObject({ authnRequestsSigned: false });
    expect((await registryOf({ ...files, [journalYaml]: 'requestsSigned: true\n' })).services.get(journal)?.wire).toMatchObject({ authnRequestsSigned: true });
    // What the service itself demands is never loosened.
    expect((await registryOf({ ...files, [journalXml]: serviceXml('https://journal.example.se/saml', { requestsSigned: true }), [journalYaml]: 'requestsSigned: false\n' })).services.get(journal)?.wire).toMatchObject({ authnRequestsSigned: true });
  });
});

describe('what stands between files', () => {
  test('the good files have no fault', async () => expect(await errorsOf(goodFiles)).toEqual([]));
  test.each<[string, Files, string]>([
    ['an entityID that somebody has', { 'metadata/services/hjo/copy.xml': serviceXml('https://journal.example.se/saml'), 'metadata/services/hjo/copy.yaml': '' }, 'metadata/services/hjo/copy.xml entity-id-twice entityID'],
    ['an entityID that looks like another party’s', { 'metadata/services/hjo/copy.xml': serviceXml('https://journal.example.se/saml/'), 'metadata/services/hjo/copy.yaml': '' }, 'metadata/services/hjo/copy.xml entity-id-look-alike entityID'],
    ['our own entityID', { [journalXml]: serviceXml('https://idp.example.se/saml') }, 'metadata/services/ale/journal.xml entity-id-ours entityID'],
    ['an entityID that looks like ours', { [journalXml]: serviceXml('https://idp.example.se/SAML') }, 'metadata/services/ale/journal.xml entity-id-look-alike entityID'],
    ['an organisation that two parties claim', { 'config/parties/hjo.yaml': partyYaml('Hjo kommun', '212000-1439') }, 'config/parties/hjo.yaml organisation-twice organisationNumber'],
    ['an affiliate that is another party', { 'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1439', "affiliates: [{ name: Hjo, organisationNumber: '2120001728' }]\n") }, 'config/parties/hjo.yaml organisation-twice organisationNumber'],
    ['services of no party', { 'metadata/services/atlantis/x.xml': serviceXml('https://x.example.se'), 'metadata/services/atlantis/x.yaml': '' }, 'metadata/services/atlantis/x.xml party-unknown'],
    ['a federation that is none', { [journalYaml]: 'federation: sambo\n' }, 'metadata/services/ale/journal.yaml federation-unknown federation'],
    ['a method that is none, at a service', { [journalYaml]: 'methods: [siths-card, palm]\n' }, 'metadata/services/ale/journal.yaml method-unknown methods[1]'],
    ['a method that is none, at a party', { 'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1439', 'methods: [palm]\n') }, 'config/parties/ale.yaml method-unknown methods[0]'],
    ['an attribute that is none', { [journalYaml]: 'release: { allow: ["*"], deny: [employeeHsaID] }\n' }, 'metadata/services/ale/journal.yaml attribute-unknown release.deny[0]'],
    ['a shared party that nobody answers for', { 'config/parties/joint.yaml': partyYaml('Gemensamt', '0').replace("organisationNumber: '0'", 'operatedBy: atlantis') }, 'config/parties/joint.yaml operator-unknown operatedBy'],
    ['a signature that the federation demands, switched off', { [journalYaml]: 'federation: sambi\nsigning: { assertion: false }\n' }, 'metadata/services/ale/journal.yaml federation-sign-assertion signing.assertion'],
    ['nothing signed at all', { [journalYaml]: 'signing: { response: false, assertion: false }\n' }, 'metadata/services/ale/journal.yaml nothing-signed signing'],
    ['encryption that the federation demands, switched off', { [journalXml]: serviceXml('https://journal.example.se/saml', { encryption: true }), [journalYaml]: 'federation: sweden-connect\nencryption: if-key\n' }, 'metadata/services/ale/journal.yaml federation-encrypt encryption'],
    ['encryption required, but no key for it', { [journalYaml]: 'federation: sweden-connect\n' }, 'metadata/services/ale/journal.yaml encryption-key-missing encryption'],
    ['signed requests required, but no key to check them', { [journalXml]: serviceXml('https://journal.example.se/saml', { signing: false }), [journalYaml]: 'requestsSigned: true\n' }, 'metadata/services/ale/journal.yaml signing-key-missing requestsSigned'],
    ['settings without metadata', { 'metadata/services/ale/lonely.yaml': 'enabled: true\n' }, 'metadata/services/ale/lonely.yaml metadata-missing'],
    ['a file name that cannot be an id', { 'metadata/services/ale/-x.xml': serviceXml('https://x.example.se'), 'metadata/services/ale/-x.yaml': '' }, 'metadata/services/ale/-x.xml file-name'],
    ['a party name that cannot be an id', { 'config/parties/Ale.yaml': partyYaml('Ale', '212000-1512') }, 'config/parties/Ale.yaml file-name'],
    ['an unknown key in a settings file', { [journalYaml]: 'enabeld: false\n' }, 'metadata/services/ale/journal.yaml schema enabeld'],
    ['an organisation number with a wrong digit', { 'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1438') }, 'config/parties/ale.yaml schema organisationNumber'],
    ['a party with neither number nor operator', { 'config/parties/ale.yaml': partyYaml('Ale kommun', '0').replace("organisationNumber: '0'\n", '') }, 'config/parties/ale.yaml schema'],
  ])('%s', async (_what, change, expected) => expect(await errorsOf({ ...goodFiles, ...change })).toContain(expected));

  test('all faults are told at once', async () => {
    const told = await errorsOf({ ...goodFiles, [journalYaml]: 'federation: sambo\n', 'config/parties/hjo.yaml': 'name: Hjo\n', 'metadata/services/joint/mail.xml': '<md:x' });
    expect(told.map((one) => one.split(' ')[0])).toEqual(expect.arrayContaining([journalYaml, 'config/parties/hjo.yaml', 'metadata/services/joint/mail.xml']));
  });
  test('a fault in metadata names file, line, what and what to do', async () => {
    const { findings } = await loadFiles({ ...goodFiles, [journalXml]: serviceXml('https://journal.example.se/saml').replace('index="1" isDefault="true"', 'index="x"') });
    expect(findings.filter(isError)).toEqual([{ file: journalXml, line: 4, column: null, path: 'AssertionConsumerService', severity: 'error', rule: 'metadata', message: 'index is missing or not a number from 0 to 65535', fix: 'give every endpoint its own index, beginning with 1' }]);
  });
  test('a look-alike that the operator approved is taken', async () => {
    const files = { ...goodFiles, 'metadata/services/hjo/copy.xml': serviceXml('https://journal.example.se/saml/'), 'metadata/services/hjo/copy.yaml': '' };
    expect(await errorsOf(files, settingsFor({ approvedLookAlikes: [['https://journal.example.se/saml/', 'https://journal.example.se/saml']] }))).toEqual([]);
  });
  test('a look-alike of the same party is only a warning', async () => {
    const files = { ...goodFiles, 'metadata/services/ale/copy.xml': serviceXml('https://journal.example.se/saml/'), 'metadata/services/ale/copy.yaml': '' };
    expect(await errorsOf(files)).toEqual([]);
    expect(await warningsOf(files)).toContain('metadata/services/ale/journal.xml entity-id-look-alike');
  });
  test('metadata without settings is taken with defaults: it gets no attribute, and check says so', async () => {
    const files = without(goodFiles, journalYaml);
    expect((await registryOf(files)).services.get(journal)?.release).toEqual({ allow: ['*'], deny: [], commissionRight: 'text' });
    expect(await warningsOf(files)).toEqual(['metadata/services/ale/journal.xml settings-missing']);
  });
  test('a file of another kind is a warning, a hidden one and a README are not', async () => {
    expect(await warningsOf({ ...goodFiles, 'metadata/services/ale/journal.yml': '', 'config/parties/x.txt': '', 'metadata/services/ale/README.md': 'hello' })).toEqual(['config/parties/x.txt file-ignored', 'metadata/services/ale/journal.yml file-ignored']);
  });
});

describe('what an upload says of itself (threats F09)', () => {
  const category = 'http://id.elegnamnden.se/ec/1.0/loa3-pnr';
  const claiming = { ...goodFiles, [journalXml]: serviceXml('https://journal.example.se/saml', { categories: [category] }) };
  test('its categories do not count', async () => {
    expect((await registryOf(claiming)).services.get(journal)?.wire.entityCategories).toEqual([]);
    expect(await warningsOf(claiming)).toEqual(['metadata/services/ale/journal.yaml category-self-asserted']);
  });
  test('those that the operator vouches for do', async () => {
    const files = { ...claiming, [journalYaml]: `entityCategories: ['${category}']\n` };
    expect((await registryOf(files)).services.get(journal)?.wire.entityCategories).toEqual([category]);
    expect(await warningsOf(files)).toEqual([]);
  });
});

describe('what metadata shows to people (threats F07)', () => {
  const shown = async (parts: Parameters<typeof serviceXml>[1], yaml = ''): Promise<{ names: { sv: string; en: string }; logo: string | null }> => {
    const { names, logo } = (await registryOf({ ...goodFiles, [journalXml]: serviceXml('https://journal.example.se/saml', parts), [journalYaml]: yaml })).services.get(journal)!;
    return { names, logo };
  };
  test('a plain name is shown, on one line', async () => expect((await shown({ names: '  Journal\n  online ' })).names).toEqual({ sv: 'Journal online', en: 'Journal online' }));
  test('a name that turns the direction of writing is not', async () => expect((await shown({ names: 'Jour\u202elan' })).names).toEqual({ sv: 'journal', en: 'journal' }));
  test('a name is cut at 100 characters', async () => expect((await shown({ names: 'x'.repeat(500) })).names.sv).toHaveLength(100));
  test.each(['https://app.example.se/logo.png', 'data:image/png;base64,iVBORw0KGgo='])('the logo %s is shown', async (logo) => expect((await shown({ logo })).logo).toBe(logo));
  test.each(['http://app.example.se/logo.png', 'data:image/svg+xml;base64,PHN2Zz4=', 'data:text/html;base64,PGI+', 'javascript:alert(1)', `data:image/png;base64,${'A'.repeat(100_000)}`])('the logo %.40s is not', async (logo) => expect((await shown({ logo })).logo).toBeNull());
  test.each(['http://app.example.se/logo.png', 'data:image/svg+xml;base64,PHN2Zz4=', 'javascript:alert(1)'])('nor may the settings name %s', async (logo) =>
    expect(await errorsOf({ ...goodFiles, [journalYaml]: `logo: '${logo}'\n` })).toEqual(['metadata/services/ale/journal.yaml schema logo']));
  test.each(['http://plan.example.se/', 'javascript:alert(1)', 'data:text/html,x', '//evil.example'])('the home address %s is refused', async (homeUrl) =>
    expect(await errorsOf({ ...goodFiles, [journalYaml]: `homeUrl: '${homeUrl}'\n` })).toEqual(['metadata/services/ale/journal.yaml schema homeUrl']));
});

describe('invented data (threats M06)', () => {
  const production = settingsFor({ environment: 'production' });
  const invented = { ...goodFiles, 'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1439').replace('support: { ', 'support: { invented: true, ') };
  test('is taken outside production', async () => expect(await errorsOf(invented)).toEqual([]));
  test('is refused in production, contact and affiliate each by name', async () =>
    expect(await errorsOf(invented, production)).toEqual(['config/parties/ale.yaml invented-data support.invented', 'config/parties/hjo.yaml invented-data affiliates[0].invented']));
  test('is taken in production at a party that is disabled', async () =>
    expect(await errorsOf({ ...invented, 'config/parties/ale.yaml': `${invented['config/parties/ale.yaml']}enabled: false\n`, 'config/parties/hjo.yaml': goodFiles['config/parties/hjo.yaml']!.replace('invented: true', 'invented: false') }, production)).toEqual([]));
});
