/** Our discovery service for services that ask an IdP by themselves [IdPDisc]: back to addresses of the metadata alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { askingService, LOA } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testKey } from '../fixtures/saml.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const RETURN = 'https://wiki.client.example/ds';
const SECOND = 'https://wiki.client.example/ds2?kind=b';
const response = (url: string, index: number, rest = ''): string => `<idpdisc:DiscoveryResponse xmlns:idpdisc="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" Binding="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" Location="${url}" index="${String(index)}"${rest}/>`;
const plain = askingService({ name: 'plain', party: 'ale' });
const wiki = askingService({ name: 'wiki', party: 'boras' });
const files = { ...wiki.files, xml: wiki.files.xml.replace('<md:Extensions>', `<md:Extensions>${response(SECOND, 2)}${response(RETURN, 1, ' isDefault="true"')}`) };
const entityOf = (party: string): string => `https://idp.${party}.example/`;
const metadataOf = (party: string): string => `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityOf(party)}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${testKey(party).certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${entityOf(party)}sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({
    services: [files, plain.files],
    prepare: ({ root }) => {
      for (const party of ['ale', 'boras', 'hjo']) {
        const folder = join(root, 'metadata', 'identity-providers', party);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'idp.xml'), metadataOf(party));
        writeFileSync(join(folder, 'idp.yaml'), stringify({ enabled: party !== 'hjo', trust: { levels: { [LOA.three]: 'loa3' }, highestLevel: 'loa3', personalNumbers: true }, person: { kind: 'personal-identity-number' } }));
      }
    },
  });
});
afterAll(() => bryggan.stop());

type Query = Readonly<Record<string, string>>;
const visit = (agent: UserAgent, query: Query): Promise<Visit> => agent.go(`${bryggan.baseUrl}/discovery?${new URLSearchParams({ entityID: wiki.entityId, ...query }).toString()}`, { from: new URL('https://wiki.client.example/') });
const choose = (agent: UserAgent, page: Visit, id: string): Promise<Visit> => agent.submit(page, { button: ({ value }) => value === id });
const shown = (page: Visit): readonly string[] => [...page.body.matchAll(/data-organisation="([^"]+)"/g)].map(([, id = '']) => id);

describe('discovery', () => {
  it('shows whose login there is, and brings the choice to the address that the service published', async () => {
    const agent = bryggan.agentFor(null);
    const page = await visit(agent, { return: `${RETURN}?state=a%20b` });
    expect([page.step, shown(page)]).toEqual(['discovery', ['boras/idp', 'ale/idp', 'here']]);
    expect((await choose(agent, page, 'ale/idp')).url.href).toBe(`${RETURN}?state=a%20b&entityID=${encodeURIComponent(entityOf('ale'))}`);
    const again = await visit(agent, {});
    expect(shown(again)[0]).toBe('ale/idp');
    expect(shown(await choose(agent, again, 'forget'))[0]).toBe('boras/idp');
    expect((await visit(agent, { isPassive: 'true' })).url.href).toBe(RETURN);
  });
  it('without return it is the default address; the parameter has the name that was asked for', async () => {
    const agent = bryggan.agentFor(null);
    expect((await choose(agent, await visit(agent, { returnIDParam: 'idp' }), 'boras/idp')).url.href).toBe(`${RETURN}?idp=${encodeURIComponent(entityOf('boras'))}`);
    expect((await choose(agent, await visit(agent, { return: `${SECOND}&x=1` }), 'boras/idp')).url.href).toBe(`${SECOND}&x=1&entityID=${encodeURIComponent(entityOf('boras'))}`);
  });
  it('card or phone is a login of our own', async () => {
    const agent = bryggan.agentFor(null);
    expect((await choose(agent, await visit(agent, {}), 'here')).url.searchParams.get('entityID')).toBe(bryggan.entityId);
  });
  it('without a page it tells what was chosen before, or nothing', async () => {
    const agent = bryggan.agentFor(null);
    expect((await visit(agent, { isPassive: 'true' })).url.href).toBe(RETURN);
    await choose(agent, await visit(agent, {}), 'boras/idp');
    expect((await visit(agent, { isPassive: 'true' })).url.searchParams.get('entityID')).toBe(entityOf('boras'));
  });
});
describe('nobody is sent', () => {
  it('the twin', async () => expect((await visit(bryggan.agentFor(null), { return: RETURN, isPassive: 'true' })).url.href).toBe(RETURN));
  it.each([
    'https://evil.client.example/ds', `${RETURN}.evil.client.example/`, `${RETURN}/../x`, `${RETURN}x`, 'https://wiki.client.example@evil.client.example/ds', 'https://WIKI.client.example/ds', 'http://wiki.client.example/ds', 'javascript:alert(1)', '//wiki.client.example/ds',
    `${RETURN}#x`, `${RETURN}?a=\n`, `${RETURN}\\x`, 'https://wiki.client.example/ds2', 'https://wiki.client.example/ds2?kind=bb', `${RETURN}?entityID=https%3A%2F%2Fevil.example`, '',
  ])('to %j', async (address) => {
    const page = await visit(bryggan.agentFor(null), { return: address, isPassive: 'true' });
    expect([page.url.origin, page.status]).toEqual([bryggan.baseUrl, 400]);
  });
  it('for a service without such an address, one that is unknown, or with parameters that mean nothing', async () => {
    const status = async (query: Query): Promise<number> => (await visit(bryggan.agentFor(null), { isPassive: 'true', ...query })).status;
    expect([await status({ entityID: plain.entityId }), await status({ entityID: 'https://nobody.example' }), await status({ policy: 'urn:other' }), await status({ isPassive: '1' }), await status({ returnIDParam: 'a b' })]).toEqual([400, 404, 400, 400, 400]);
  });
  it('by a link on another site: it does not choose, and nothing is remembered', async () => {
    const agent = bryggan.agentFor(null);
    const page = await agent.go(`${bryggan.baseUrl}/discovery/choose?${new URLSearchParams({ entityID: wiki.entityId, organisation: 'ale/idp' }).toString()}`, { from: new URL('https://evil.client.example/') });
    expect([page.step, shown(page)[0]]).toEqual(['discovery', 'boras/idp']);
    expect((await visit(agent, { isPassive: 'true' })).url.href).toBe(RETURN);
  });
  it('to an IdP that is switched off', async () => {
    const agent = bryggan.agentFor(null);
    const page = await agent.go(`${bryggan.baseUrl}/discovery/choose?${new URLSearchParams({ entityID: wiki.entityId, organisation: 'hjo/idp' }).toString()}`, { from: new URL(bryggan.baseUrl) });
    expect(page.step).toBe('discovery');
  });
});
