/** One session for both protocols: who is known where, how fresh and at which level, and what ends with it. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet } from '../../certs-dev/set.ts';
import { askingService, isAnswer, logIn as samlLogIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { isBack, testClient } from '../fixtures/oidc-client.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const records = testClient({ name: 'records', oidc: { refreshTokens: true } });
const planning = testClient({ name: 'planning', party: 'boras' });
const [siblingA, siblingB] = [testClient({ name: 'sibling-a', oidc: { sector: 'supplier' } }), testClient({ name: 'sibling-b', oidc: { sector: 'supplier' } })];
const openA = testClient({ name: 'open-a', oidc: { subject: 'public' } });
const openB = testClient({ name: 'open-b', oidc: { subject: 'public' } });
const saml = askingService({ name: 'saml-one', wants: ['employeeHsaId!', 'givenName', 'surname', 'commissionHsaId', 'commissionPurpose'] });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [records, planning, siblingA, siblingB, openA, openB].map(({ files }) => files).concat(saml.files as never) }); });
afterAll(() => bryggan.stop());

const parameters = (visit: Visit): Readonly<Record<string, string>> => Object.fromEntries(visit.url.searchParams);
const usedCard = (visit: Visit): boolean => visit.trail.some((address) => address.includes('/card/'));
const loggedIn = async (card: string): Promise<UserAgent> => {
  const agent = bryggan.agentFor(card);
  await records.logIn(agent, bryggan);
  return agent;
};

describe('one session', () => {
  it('a login by SAML is known to an OpenID Connect client without a card', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    expect(receivedFrom(await samlLogIn(agent, bryggan, saml)).status).toEqual(['Success']);
    const { visit } = await records.begin(agent, bryggan);
    expect([isBack(visit), usedCard(visit), parameters(visit)['iss']]).toEqual([true, false, bryggan.baseUrl]);
  });
  it('a login by OpenID Connect is known to a SAML service', async () => {
    const agent = await loggedIn('anna-berglund');
    const answer = await saml.start(agent, bryggan);
    expect([isAnswer(answer), usedCard(answer)]).toEqual([true, false]);
  });
  it('both protocols tell the same facts about the same person', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const told = receivedFrom(await samlLogIn(agent, bryggan, saml)).attributes;
    const claims = (await records.logIn(agent, bryggan, { scope: 'openid profile employee commission' })).claims();
    for (const [attribute, claim] of [['employeeHsaId', 'employeeHsaId'], ['givenName', 'given_name'], ['surname', 'family_name'], ['commissionHsaId', 'commissionHsaId'], ['commissionPurpose', 'commissionPurpose']] as const) expect([attribute, [claims?.[claim]].filter((value) => value !== undefined)]).toEqual([attribute, told[attribute] ?? []]);
  });
  it('a grant keeps its snapshot', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const tokens = await records.logIn(agent, bryggan, { scope: 'openid profile commission' });
    const sub = tokens.claims()?.sub ?? '';
    const before = await oidc.fetchUserInfo(await records.configuration(bryggan), tokens.access_token, sub);
    await records.logIn(agent, bryggan, { scope: 'openid' });
    expect(await oidc.fetchUserInfo(await records.configuration(bryggan), tokens.access_token, sub)).toEqual(before);
  });
});

describe('prompt and freshness', () => {
  it('prompt=none answers from the session', async () => {
    const agent = await loggedIn('anna-berglund');
    expect(parameters((await records.begin(agent, bryggan, { prompt: 'none' })).visit)).toMatchObject({ code: expect.any(String) as string });
  });
  it('prompt=none without a session is login_required, with state and iss, and shows no page', async () => {
    const login = await records.begin(bryggan.agentFor('anna-berglund'), bryggan, { prompt: 'none' });
    expect(parameters(login.visit)).toMatchObject({ error: 'login_required', state: login.state, iss: bryggan.baseUrl });
  });
  it.each([['prompt', 'login'], ['prompt', 'select_account'], ['max_age', '0']])('%s=%s asks for the card in spite of a session', async (name, value) => {
    const agent = await loggedIn('anna-berglund');
    const { visit } = await records.begin(agent, bryggan, { [name]: value });
    expect([isBack(visit), usedCard(visit)]).toEqual([true, true]);
  });
  it('max_age that the login is within answers from the session, and auth_time is the login’s', async () => {
    const agent = await loggedIn('anna-berglund');
    const login = await records.begin(agent, bryggan, { max_age: '3600' });
    expect(usedCard(login.visit)).toBe(false);
    const claims = (await records.redeem(bryggan, login, { maxAge: 3600 })).claims();
    expect(Math.abs((claims?.auth_time ?? 0) - Date.now() / 1000)).toBeLessThan(600);
  });
  it('a session of another person than login_hint names does not answer; the named one’s does', async () => {
    const agent = await loggedIn('anna-berglund');
    const hsaId = (await records.logIn(agent, bryggan)).claims()?.['employeeHsaId'] as string;
    expect(usedCard((await records.begin(agent, bryggan, { login_hint: hsaId })).visit)).toBe(false);
    expect(parameters((await records.begin(agent, bryggan, { login_hint: `${hsaId}9`, prompt: 'none' })).visit)).toMatchObject({ error: 'login_required' });
  });
  it('nor does the session of somebody whose post nobody has asked for; one of their own posts is theirs', async () => {
    const agent = bryggan.agentFor(developmentSet().certificate('bo-lindh', { identifier: 'personal-identity-number' }));
    await records.begin(agent, bryggan, { scope: 'openid' });
    const hinted = async (hsaId: string): Promise<Readonly<Record<string, string>>> => parameters((await records.begin(agent, bryggan, { scope: 'openid', login_hint: hsaId, prompt: 'none' })).visit);
    expect(await hinted('SE2321000131-DEV1001')).toMatchObject({ error: 'login_required' });
    for (const own of ['SE2120001397-DEV1031', 'SE2321000131-DEV1032']) expect(await hinted(own), own).toHaveProperty('code');
  });
  it('id_token_hint of another person is login_required; the person’s own is answered', async () => {
    const [anna, other] = [bryggan.agentFor('anna-berglund'), bryggan.agentFor('erik-sandstrom')];
    const own = (await records.logIn(anna, bryggan)).id_token ?? '';
    const foreign = (await records.logIn(other, bryggan)).id_token ?? '';
    expect(parameters((await records.begin(anna, bryggan, { prompt: 'none', id_token_hint: own })).visit)).toHaveProperty('code');
    expect(parameters((await records.begin(anna, bryggan, { prompt: 'none', id_token_hint: foreign })).visit)).toMatchObject({ error: 'login_required' });
  });
  it('prompt=consent shows what is sent', async () => {
    const agent = await loggedIn('anna-berglund');
    const { visit } = await records.begin(agent, bryggan, { prompt: 'consent' });
    expect(visit.step).toBe('what-is-sent');
    expect(parameters(await agent.settle(await agent.submit(visit, { button: ({ value }) => value === 'yes' }), isBack))).toHaveProperty('code');
  });
  it.each([['en', 'en'], ['fi sv', 'sv']])('ui_locales=%s shows pages in %s', async (wish, language) => {
    const { visit } = await records.begin(bryggan.agentFor(null, { headers: { 'accept-language': 'de' } }), bryggan, { ui_locales: wish });
    expect(visit.body).toContain(`<html lang="${language}"`);
  });
});

describe('levels', () => {
  const acr = (value: string, essential: boolean): string => JSON.stringify({ id_token: { acr: { value, essential } } });
  it('an essential level that the card reaches is answered under its name', async () => {
    const claims = (await records.logIn(bryggan.agentFor('anna-berglund'), bryggan, { claims: acr('http://id.sambi.se/loa/loa3', true) })).claims();
    expect(claims?.['acr']).toBe('http://id.sambi.se/loa/loa3');
  });
  it('an essential level that nobody has a word for is unmet_authentication_requirements', async () => {
    const { visit } = await records.begin(bryggan.agentFor('anna-berglund'), bryggan, { claims: acr('http://id.sambi.se/loa/loa9', true) });
    expect(parameters(visit)).toMatchObject({ error: 'unmet_authentication_requirements' });
  });
  it('a session at another level than an essential one does not answer', async () => {
    const agent = await loggedIn('anna-berglund');
    expect(parameters((await records.begin(agent, bryggan, { prompt: 'none', claims: acr('http://id.sambi.se/loa/loa2', true) })).visit)).toMatchObject({ error: 'login_required' });
  });
  it('acr_values are a wish: another level answers under its own name', async () => {
    const claims = (await records.logIn(bryggan.agentFor('anna-berglund'), bryggan, { acr_values: 'http://id.sambi.se/loa/loa2' })).claims();
    expect(claims?.['acr']).toBe('http://id.sambi.se/loa/loa3');
  });
});

describe('sub', () => {
  const subOf = async (client: typeof records, card = 'anna-berglund'): Promise<string> => (await client.logIn(bryggan.agentFor(card), bryggan)).claims()?.sub ?? '';
  it('is the same for a person and a client in every session', async () => { expect(await subOf(records)).toBe(await subOf(records)); });
  it('pairwise: two clients know a person by different subs (threats G17)', async () => { expect(await subOf(records)).not.toBe(await subOf(planning)); });
  it('clients of one sector know a person by the same sub', async () => { expect(await subOf(siblingA)).toBe(await subOf(siblingB)); });
  it('public: the same for every client that has it, and not the pairwise one', async () => {
    expect(await subOf(openA)).toBe(await subOf(openB));
    expect(await subOf(openA)).not.toBe(await subOf(records));
  });
  it('two people are two subs', async () => { expect(await subOf(records)).not.toBe(await subOf(records, 'erik-sandstrom')); });
});

describe('claims', () => {
  it('the claims parameter places each claim where it says', async () => {
    const claims = JSON.stringify({ id_token: { family_name: null }, userinfo: { given_name: { essential: true } } });
    const tokens = await records.logIn(bryggan.agentFor('anna-berglund'), bryggan, { scope: 'openid', claims });
    const idToken = tokens.claims();
    expect([idToken?.['family_name'] !== undefined, idToken?.['given_name']]).toEqual([true, undefined]);
    const userinfo = await oidc.fetchUserInfo(await records.configuration(bryggan), tokens.access_token, idToken?.sub ?? '');
    expect(Object.keys(userinfo).toSorted()).toEqual(['given_name', 'sub']);
  });
  it('allCommissions is text that holds JSON; authorizationScope a list of objects', async () => {
    const tokens = await records.logIn(bryggan.agentFor('anna-berglund'), bryggan, { scope: 'openid all_commissions authorization_scope' });
    const commissions = JSON.parse(tokens.claims()?.['allCommissions'] as string) as readonly { readonly employeeHsaId: string }[];
    expect(commissions[0]?.employeeHsaId).toMatch(/^SE/);
    const scopes = tokens.claims()?.['authorizationScope'];
    expect(scopes === undefined || Array.isArray(scopes)).toBe(true);
  });
  it('the Swedish profile’s names are understood beside the others', async () => {
    const tokens = await records.logIn(bryggan.agentFor('anna-berglund'), bryggan, { scope: 'openid https://id.oidc.se/scope/naturalPersonOrgId https://id.oidc.se/scope/naturalPersonInfo' });
    expect(tokens.claims()?.['https://id.oidc.se/claim/orgName']).toEqual(expect.any(String));
    expect(tokens.claims()?.['given_name']).toBeUndefined();
    const userinfo = await oidc.fetchUserInfo(await records.configuration(bryggan), tokens.access_token, tokens.claims()?.sub ?? '');
    expect(userinfo).toMatchObject({ given_name: 'Anna' });
  });
  it('a personal identity number leaves only for a client that is entitled to it', async () => {
    const tokens = await records.logIn(bryggan.agentFor('anna-berglund'), bryggan, { scope: 'openid personal_identity_number https://id.oidc.se/scope/naturalPersonNumber' });
    expect(JSON.stringify(tokens.claims())).not.toMatch(/personalIdentityNumber/);
  });
  it('an essential claim that may not leave fails the whole login, and the page leads back to the client', async () => {
    const { visit } = await records.begin(bryggan.agentFor('anna-berglund'), bryggan, { claims: JSON.stringify({ id_token: { personalIdentityNumber: { essential: true } } }) });
    expect(visit.step).toBe('error');
    const back = visit.links.find(({ href }) => href.startsWith(records.redirectUri));
    expect(new URL(back?.href ?? 'x:').searchParams.get('error')).toBe('access_denied');
  });
});

describe('the end of a session ends what it gave', () => {
  const logOut = async (agent: UserAgent): Promise<void> => { await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`)); };
  const alive = async (accessToken: string, sub: string): Promise<boolean> => oidc.fetchUserInfo(await records.configuration(bryggan), accessToken, sub).then(() => true, () => false);
  it('access token, refresh token, introspection and an unused code', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const tokens = await records.logIn(agent, bryggan);
    const unused = await records.begin(agent, bryggan);
    const configuration = await records.configuration(bryggan);
    expect(await alive(tokens.access_token, tokens.claims()?.sub ?? '')).toBe(true);
    const again = await oidc.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect((await oidc.tokenIntrospection(configuration, again.access_token)).active).toBe(true);
    await logOut(agent);
    expect(await alive(again.access_token, tokens.claims()?.sub ?? '')).toBe(false);
    expect((await oidc.tokenIntrospection(configuration, again.access_token)).active).toBe(false);
    await expect(oidc.refreshTokenGrant(configuration, again.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(records.redeem(bryggan, unused)).rejects.toMatchObject({ error: 'invalid_grant' });
  });
  it('a fresh login by the same person lets earlier grants go on', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const tokens = await records.logIn(agent, bryggan);
    await records.logIn(agent, bryggan, { prompt: 'login' });
    expect(await alive(tokens.access_token, tokens.claims()?.sub ?? '')).toBe(true);
    await logOut(agent);
    expect(await alive(tokens.access_token, tokens.claims()?.sub ?? '')).toBe(false);
  });
  it('another person at the same browser ends the colleague’s grants', async () => {
    let card = 'anna-berglund';
    const agent = bryggan.agentFor(() => card);
    const tokens = await records.logIn(agent, bryggan);
    card = 'erik-sandstrom';
    await records.logIn(agent, bryggan, { prompt: 'login' });
    expect(await alive(tokens.access_token, tokens.claims()?.sub ?? '')).toBe(false);
  });
});
