/** Choosing one's organisation: the list, what is remembered, what the service hints at, and when there is nothing to choose. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { askingService, goOn } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient } from '../fixtures/oidc-client.ts';
import { testKey } from '../fixtures/saml.ts';
import { upstreamAnswer } from '../fixtures/upstream-idp.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const ssoOf = (party: string): string => `https://idp.${party}.example/sso`;
const metadataOf = (party: string): string => `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.${party}.example/"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${testKey(party).certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoOf(party)}"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
const providers = { ale: 'loa3', boras: 'loa3', hjo: 'loa2', goteborg: 'loa3' } as const;
const both = askingService({ name: 'both', party: 'boras', yaml: 'methods: [siths-card, organisation]\n' });
const only = askingService({ name: 'only', party: 'joint', yaml: 'methods: [organisation]\n' });
const strict = askingService({ name: 'strict', party: 'joint', yaml: 'methods: [organisation]\nminimumLevel: loa3\n' });
const client = testClient({ name: 'portal', party: 'boras', settings: { methods: ['siths-card', 'organisation'] } });
const cards = askingService({ name: 'cards', party: 'boras' });
let bryggan: Bryggan;
const start = (enabled: readonly string[]): Promise<Bryggan> => startBryggan({
    services: [both, only, strict, cards, client].map(({ files }) => files),
    prepare: ({ root }) => {
      const path = join(root, 'config', 'methods.yaml');
      const document = parseDocument(readFileSync(path, 'utf8'));
      document.addIn(['methods'], document.createNode({ id: 'organisation', kind: 'upstream', byDefault: false }));
      writeFileSync(path, String(document));
      for (const [party, highestLevel] of Object.entries(providers)) {
        const folder = join(root, 'metadata', 'identity-providers', party);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'idp.xml'), metadataOf(party));
        writeFileSync(join(folder, 'idp.yaml'), stringify({ enabled: enabled.includes(party), trust: { levels: { 'http://id.sambi.se/loa/loa2': 'loa2', 'http://id.sambi.se/loa/loa3': 'loa3' }, highestLevel, personalNumbers: true }, person: { kind: 'personal-identity-number' } }));
      }
    },
  });
beforeAll(async () => { bryggan = await start(['ale', 'boras', 'hjo']); });
afterAll(() => bryggan.stop());

const shown = (page: Visit): readonly string[] => [...page.body.matchAll(/data-organisation="([^"]+)"/g)].map(([, id = '']) => id);
const methods = (page: Visit): readonly string[] => [...page.body.matchAll(/data-method="([^"]+)"/g)].map(([, id = '']) => id);
/** The address that the browser is sent to, without going there. */
const leadsTo = async (agent: UserAgent, path: string, page: Visit): Promise<string> => {
  const answer = await agent.once(new URL(path, page.url).href, { from: page.url });
  await answer.arrayBuffer();
  return answer.headers.get('location') ?? '';
};
const choose = async (agent: UserAgent, page: Visit, id: string): Promise<string> => {
  const form = page.forms.find(({ buttons }) => buttons.some(({ value }) => value === id));
  const body = new URLSearchParams([...(form?.hidden ?? []).map(({ name, value }): [string, string] => [name, value]), ['organisation', id]]).toString();
  const answer = await agent.once(`${page.url.origin}${page.url.pathname.replace(/[^/]*$/, '')}organisation`, { method: 'POST', body, from: page.url, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  await answer.arrayBuffer();
  return leadsTo(agent, answer.headers.get('location') ?? '', page);
};

describe('the list', () => {
  it('has the IdPs that are switched on and reach the level, the service’s own party’s first; each is asked at its own address', async () => {
    const agent = bryggan.agentFor(null);
    const page = await goOn(agent, await only.start(agent, bryggan));
    expect([page.step, shown(page)]).toEqual(['choose-organisation', ['ale/idp', 'boras/idp', 'hjo/idp']]);
    expect(await choose(agent, page, 'boras/idp')).toMatch(new RegExp(`^${ssoOf('boras').replaceAll('.', '\\.')}\\?SAMLRequest=`));
    expect(shown(await goOn(agent, await strict.start(agent, bryggan))).toSorted()).toEqual(['ale/idp', 'boras/idp']);
  });
  it('stands beside card and phone where the service has them, and nowhere else', async () => {
    const agent = bryggan.agentFor(null);
    const chooser = await goOn(agent, await both.start(agent, bryggan));
    expect(methods(chooser)).toEqual(['siths-card', 'organisation']);
    const list = await agent.submit(chooser, { button: ({ value }) => value === 'organisation' });
    expect([list.step, methods(list)]).toEqual(['choose-organisation', ['siths-card']]);
    expect((await agent.submit(list, { button: ({ value }) => value === 'siths-card' })).step).toBe('card');
    expect((await cards.start(agent, bryggan)).body).not.toMatch(/data-method="organisation"/);
  });
  it('nobody is sent to an IdP that is switched off, unknown, or not in the list', async () => {
    const agent = bryggan.agentFor(null);
    const page = await goOn(agent, await only.start(agent, bryggan));
    for (const id of ['goteborg/idp', 'nobody/idp']) expect(await choose(agent, page, id)).not.toMatch(/SAMLRequest/);
    expect(await leadsTo(agent, `${page.url.pathname.replace(/[^/]*$/, '')}method/${encodeURIComponent('idp:goteborg/idp')}`, page)).not.toMatch(/SAMLRequest/);
    expect(await choose(agent, page, 'ale/idp')).toMatch(/SAMLRequest/);
  });
});
describe('a search', () => {
  const found = async (words: string): Promise<readonly string[]> => {
    const agent = bryggan.agentFor(null);
    const page = await goOn(agent, await only.start(agent, bryggan));
    return shown(await agent.go(new URL(`organisation?${new URLSearchParams({ q: words }).toString()}`, page.url).href, { from: page.url }));
  };
  it('leaves those that every word fits, with our letters or without them; nothing looked for leaves all', async () => {
    expect(await found('BORAS')).toEqual(['boras/idp']);
    expect(await found('stad borås')).toEqual(['boras/idp']);
    expect(await found('  ')).toEqual(['ale/idp', 'boras/idp', 'hjo/idp']);
    expect(await found('goteborg')).toEqual([]);
    expect(await found('<script>')).toEqual([]);
  });
});
describe('what this browser chose last', () => {
  it('comes first, has the focus, stands among the methods by its name, and can be forgotten', async () => {
    const agent = bryggan.agentFor(null);
    await choose(agent, await goOn(agent, await only.start(agent, bryggan)), 'hjo/idp');
    const again = await goOn(agent, await only.start(agent, bryggan));
    expect(shown(again)[0]).toBe('hjo/idp');
    expect(again.body).toMatch(/data-organisation="hjo\/idp"[^>]*autofocus/);
    const chooser = await goOn(agent, await both.start(agent, bryggan));
    expect(methods(chooser)).toEqual(['idp:hjo/idp', 'organisation', 'siths-card']);
    expect(chooser.text).toMatch(/Hjo kommun/);
    expect(shown(await agent.submit(chooser, { button: ({ value }) => value === 'organisation' }))).toHaveLength(3);
    const forgotten = await agent.submit(again, { form: ({ buttons }) => buttons.some(({ name }) => name === 'forget'), button: ({ name }) => name === 'forget' });
    expect([forgotten.step, shown(forgotten)[0]]).toEqual(['choose-organisation', 'ale/idp']);
    expect(forgotten.body).not.toMatch(/data-action="forget"/);
  });
  it('is forgotten on the page of methods too, which stays', async () => {
    const agent = bryggan.agentFor(null);
    await choose(agent, await goOn(agent, await only.start(agent, bryggan)), 'hjo/idp');
    const forgotten = await agent.submit(await goOn(agent, await both.start(agent, bryggan)), { form: ({ buttons }) => buttons.some(({ name }) => name === 'forget'), button: ({ name }) => name === 'forget' });
    expect([forgotten.step, methods(forgotten)]).toEqual(['choose-method', ['siths-card', 'organisation']]);
    expect(forgotten.body).not.toMatch(/data-action="forget"/);
  });
});
describe('one organisation alone', () => {
  it('stands among the methods by its name and is asked at once; none is no row', async () => {
    const [alone, nobody] = await Promise.all([start(['ale']), start([])]);
    const agent = alone.agentFor(null);
    const page = await goOn(agent, await both.start(agent, alone));
    expect((await both.start(nobody.agentFor(null), nobody)).body).not.toMatch(/data-method="organisation"/);
    await Promise.all([alone.stop(), nobody.stop()]);
    expect(methods(page)).toEqual(['siths-card', 'idp:ale/idp']);
    expect(page.text).toContain('Ale kommun');
  });
  it('a request that leaves no organisation but us gets no row either', async () => {
    const agent = bryggan.agentFor(null);
    const scoping = `<samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="https://idp.nobody.example/"></samlp:IDPEntry><samlp:IDPEntry ProviderID="${bryggan.entityId}"></samlp:IDPEntry></samlp:IDPList></samlp:Scoping>`;
    expect(methods(await goOn(agent, await both.start(agent, bryggan, { children: scoping })))).toEqual(['siths-card']);
  });
});
describe('IDPList', () => {
  const scoping = (...ids: readonly string[]): string => `<samlp:Scoping><samlp:IDPList>${ids.map((id) => `<samlp:IDPEntry ProviderID="${id}"></samlp:IDPEntry>`).join('')}</samlp:IDPList></samlp:Scoping>`;
  it('of one IdP goes there; of one beside us leaves the card to choose, and is the only row where there is no other way', async () => {
    const hjo = 'https://idp.hjo.example/';
    const sentTo = async (address: string): Promise<string> => ((await bryggan.agentFor(null).once(address)).headers.get('location') ?? '').split('?')[0] ?? '';
    expect(await sentTo(both.startUrl(bryggan, { children: scoping(hjo) }))).toBe(ssoOf('hjo'));
    expect(await sentTo(only.startUrl(bryggan, { children: scoping(hjo, bryggan.entityId) }))).toBe(ssoOf('hjo'));
    const agent = bryggan.agentFor(null);
    expect(methods(await goOn(agent, await both.start(agent, bryggan, { children: scoping(hjo, bryggan.entityId) })))).toEqual(['siths-card', 'idp:hjo/idp']);
  });
});
describe('after an answer that could not be taken', () => {
  /** Somebody else's answer, brought to the login at Borås. */
  const failedAt = async (agent: UserAgent, page: Visit): Promise<readonly string[]> => {
    const relayState = new URL(await choose(agent, page, 'boras/idp')).searchParams.get('RelayState') ?? '';
    const xml = upstreamAnswer({ now: Date.now(), acs: `${bryggan.baseUrl}/upstream/saml/acs`, audience: `${bryggan.baseUrl}/upstream/saml/metadata`, inResponseTo: '_x' });
    const body = new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: relayState }).toString();
    const failed = await goOn(agent, await agent.go(`${bryggan.baseUrl}/upstream/saml/acs`, { method: 'POST', from: new URL(ssoOf('boras')), body }));
    expect(failed.step).toBe('card-failed');
    return failed.links.flatMap(({ href }) => /\/login\/[^/]+\/(.+)$/.exec(href)?.[1] ?? []);
  };
  it('the same organisation is one Enter away, and so is another, or card and phone where there are some', async () => {
    const [first, second] = [bryggan.agentFor(null), bryggan.agentFor(null)];
    expect(await failedAt(first, await goOn(first, await only.start(first, bryggan)))).toEqual([`method/${encodeURIComponent('idp:boras/idp')}`, 'organisation']);
    const chooser = await goOn(second, await both.start(second, bryggan));
    expect(await failedAt(second, await second.submit(chooser, { button: ({ value }) => value === 'organisation' }))).toEqual([`method/${encodeURIComponent('idp:boras/idp')}`, 'method']);
  });
});
describe('a hint of the service', () => {
  const hinted = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const agent = bryggan.agentFor(null);
    const url = new URL(`${bryggan.baseUrl}/oidc/authorize`);
    url.search = new URLSearchParams({ client_id: client.clientId, redirect_uri: client.redirectUri, response_type: 'code', scope: 'openid', state: 's', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', ...parameters }).toString();
    const first = await agent.once(url.href);
    await first.arrayBuffer();
    let at = first.headers.get('location') ?? '';
    for (let hops = 0; hops < 4 && at.startsWith('/'); hops += 1) {
      const next = await agent.once(new URL(at, bryggan.baseUrl).href);
      const body = await next.text();
      const location = next.headers.get('location');
      if (location === null) return /data-step="([^"]+)"/.exec(body)?.[1] ?? body.slice(0, 200);
      at = location;
    }
    return at;
  };
  it('by organisation, domain or entityID leads straight there; one that fits nobody leads to the choice', async () => {
    for (const parameters of [{ idp_hint: 'boras' }, { idp_hint: 'https://idp.boras.example/' }, { login_hint: 'nils@boras.se' }, { login_hint: 'NILS@BORAS.SE' }]) expect((await hinted(parameters)).split('?')[0], JSON.stringify(parameters)).toBe(ssoOf('boras'));
    for (const parameters of [{}, { idp_hint: 'nobody' }, { idp_hint: 'goteborg' }, { login_hint: 'nils@evilboras.se' }, { login_hint: 'nils@boras.se@evil.example' }]) expect(await hinted(parameters), JSON.stringify(parameters)).toBe('choose-method');
  });
});
describe('the form', () => {
  it('of another site, or without its token, sends nobody anywhere', async () => {
    const agent = bryggan.agentFor(null);
    const page = await goOn(agent, await only.start(agent, bryggan));
    const foreign = await agent.submit(page, { button: ({ value }) => value === 'ale/idp', headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' } });
    expect(foreign.status).toBe(403);
    expect((await agent.submit(page, { button: ({ value }) => value === 'ale/idp', fields: { token: 'x' } })).status).toBe(403);
  });
});
