/** What an IdP's file may not claim of others (threats D11), each broken beside the twin that loads. */
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { RegistrySettings } from '../../src/parties/content.ts';
import { goodFiles, loadFiles, partyYaml, settingsFor, type Files } from './tree.ts';

const yaml = 'metadata/identity-providers/ale/entra.yaml';
const ALE = '2120001439';
const trust = { levels: { 'urn:three': 'loa3' }, highestLevel: 'loa3', hsaIdPrefixes: [`SE${ALE}-`] };
const oidc = { issuer: 'https://op.ale.example/tenant', clientId: 'bryggan', secretFile: 'secrets/ale.pem', person: { claim: 'employeeHsaId', kind: 'hsa-id' } };
const settings = { trust, oidc };
const parties: Files = {
  ...goodFiles, 'config/parties/ale.yaml': partyYaml('Ale kommun', '212000-1439').replace('example.se', 'ale.se'),
  'config/parties/hjo.yaml': (goodFiles['config/parties/hjo.yaml'] ?? '').replace('example.se', 'hjo.se'),
};
const load = async (change: object, overrides: Partial<RegistrySettings> = {}) => (await loadFiles({ ...parties, [yaml]: stringify({ ...settings, ...change }) }, settingsFor(overrides))).findings.filter(({ file, severity }) => file === yaml && severity === 'error').map(({ rule, path, line }) => `${rule} ${path}${line === null ? ' nowhere' : ''}`);
const trusting = (change: object): object => ({ trust: { ...trust, ...change } });
const issued = (change: object): object => ({ oidc: { ...oidc, ...change } });

it('the twin loads', async () => expect(await load({})).toEqual([]));
describe('another party’s', () => {
  it.each<readonly [string, object, string]>([
    ['HSA-ids', trusting({ hsaIdPrefixes: ['SE2120001728-'] }), 'trust-other-party trust.hsaIdPrefixes[0]'],
    ['HSA-ids, without hyphen and in small letters', trusting({ hsaIdPrefixes: [`SE${ALE}-`, 'se2120001728'] }), 'trust-other-party trust.hsaIdPrefixes[1]'],
    ['HSA-ids, some of them', trusting({ hsaIdPrefixes: ['SE2120001728-A'] }), 'trust-other-party trust.hsaIdPrefixes[0]'],
    ['affiliate’s HSA-ids', trusting({ hsaIdPrefixes: ['SE5599980017-'] }), 'trust-other-party trust.hsaIdPrefixes[0]'],
    ['organisation', trusting({ organisations: ['212000-1728'] }), 'trust-other-party trust.organisations[0]'],
    ['organisation in another spelling', trusting({ organisations: ['SE2120001728'] }), 'trust-other-party trust.organisations[0]'],
    ['scope', trusting({ scopes: ['hjo.se'] }), 'trust-other-party trust.scopes[0]'],
    ['domain for hints, or one below it', { domains: ['ale.se', 'skola.hjo.se'] }, 'trust-other-party domains[1]'],
  ])('%s cannot be claimed', async (_what, change, expected) => expect(await load(change)).toEqual([expected]));
  it('domains below its own, and its own affiliate’s people, can', async () => {
    expect(await load({ ...trusting({ scopes: ['skola.ale.se'], organisations: ['212000-1439'] }), domains: ['ale.se'] })).toEqual([]);
    const own = { ...settings, trust: { ...trust, hsaIdPrefixes: ['SE2120001728-', 'SE5599980017-'], organisations: ['212000-1728', '559998-0017'] } };
    expect((await loadFiles({ ...parties, 'metadata/identity-providers/hjo/op.yaml': stringify(own) })).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
describe('an issuer', () => {
  const tenant = { claim: 'tid', value: '11111111-2222-3333-4444-555555555555' };
  const entra = 'https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0';
  it('that serves many organisations is taken with its tenant pinned, and not without', async () => {
    expect(await load(issued({ issuer: entra, tenant }))).toEqual([]);
    expect(await load(issued({ issuer: entra }))).toEqual(['oidc-tenant oidc.tenant']);
  });
  it.each(['common', 'organizations', 'consumers', 'COMMON'])('for %s is refused, whatever is pinned', async (word) => expect(await load(issued({ issuer: `https://login.microsoftonline.com/${word}/v2.0`, tenant }))).toEqual(['oidc-tenant oidc.issuer']));
  it.each(['email', 'preferred_username', 'unique_name'])('names nobody by %s, which people fill in themselves', async (claim) => expect(await load(issued({ person: { claim, kind: 'hsa-id' } }))).toEqual(['oidc-person oidc.person.claim']));
  it('is reached by https alone', async () => expect(await load(issued({ issuer: 'http://localhost/op' }))).toEqual(['oidc-https oidc.issuer']));
});
it('HSA-ids of test data are nobody’s in production', async () => {
  const change = trusting({ hsaIdPrefixes: [`TSTNMT${ALE}-`] });
  expect(await load(change)).toEqual([]);
  expect(await load(change, { environment: 'production' })).toContain('invented-data trust.hsaIdPrefixes[0]');
});
