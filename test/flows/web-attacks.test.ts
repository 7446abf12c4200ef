/** Attacks on the web side of a real Bryggan (threats K, E11, M01), each beside the unbroken twin that succeeds. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, goOn, logIn, newRequestId, pickCommission, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import { developmentSet } from '../../certs-dev/set.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const simple = askingService({ name: 'simple' });
const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!'] });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [simple.files, journal.files] }); });
afterAll(() => bryggan.stop());

const sessionIn = async (agent: UserAgent): Promise<string | undefined> => (await agent.jar.getCookies(bryggan.baseUrl)).find(({ key }) => key === '__Host-bryggan')?.value;
const commissionPage = async (agent: UserAgent): Promise<Visit> => logIn(agent, bryggan, journal);

describe('K01: a session id planted in the browser', () => {
  it('is never taken over by a login: the id after it is another', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const planted = 'a'.repeat(43);
    await agent.jar.setCookie(`__Host-bryggan=${planted}; Path=/; Secure`, bryggan.baseUrl);
    expect(receivedFrom(await logIn(agent, bryggan, simple)).status).toEqual(['Success']);
    expect(await sessionIn(agent)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await sessionIn(agent)).not.toBe(planted);
  });
  it('and a login with a session already there gets a new id, while the old one is dead', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const before = await sessionIn(agent);
    receivedFrom(await logIn(agent, bryggan, simple, { attributes: { ForceAuthn: 'true' } }));
    expect(await sessionIn(agent)).not.toBe(before);
    const thief = bryggan.agentFor(null);
    await thief.jar.setCookie(`__Host-bryggan=${before ?? ''}; Path=/; Secure`, bryggan.baseUrl);
    expect((await thief.go(`${bryggan.baseUrl}/me`)).step).toBe('nobody');
  });
});

describe('K06: session ids', () => {
  it('stand in no address, no page and no log line', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const answer = await logIn(agent, bryggan, simple);
    const id = (await sessionIn(agent)) ?? 'none';
    expect([...answer.trail].some((address) => address.includes(id))).toBe(false);
    expect(answer.body.includes(id)).toBe(false);
    expect(bryggan.log().includes(id)).toBe(false);
    expect(JSON.stringify(bryggan.audit()).includes(id)).toBe(false);
  });
});

describe('K07: a form of ours posted by somebody else', () => {
  const post = async (agent: UserAgent, page: Visit, change: { headers?: Record<string, string>; token?: string }): Promise<Visit> =>
    agent.submit(page, { button: ({ data }) => data['commission'] === '0', ...(change.headers === undefined ? {} : { headers: change.headers }), ...(change.token === undefined ? {} : { fields: { token: change.token } }) });
  it('the unbroken twin: the person presses the button', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    expect(receivedFrom(await pickCommission(agent, await commissionPage(agent))).status).toEqual(['Success']);
  });
  it.each([
    ['Sec-Fetch-Site says cross-site', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['Sec-Fetch-Site says same-site: another port or a sister host', { headers: { 'sec-fetch-site': 'same-site' } }],
    ['Origin is another', { headers: { origin: 'https://evil.example' } }],
    ['the token is missing', { token: '' }],
    ['the token is of another list', { token: 'x.y' }],
  ])('%s: refused, and the login can go on', async (_name, change) => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await commissionPage(agent);
    const refused = await post(agent, page, change);
    expect(refused.status).toBe(403);
    expect(refused.body).not.toContain('SAMLResponse"');
    expect(receivedFrom(await pickCommission(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
  });
  it('logging somebody out needs their own token', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const from = new URL(`${bryggan.baseUrl}/logout`);
    expect((await agent.go(from.href, { method: 'POST', body: 'token=x', from })).status).toBe(403);
    expect((await agent.go(`${bryggan.baseUrl}/me`)).step).toBe('me');
    const page = await agent.go(from.href);
    expect((await agent.submit(page, { form: ({ action }) => action.endsWith('/logout') })).step).toBe('logged-out');
    expect((await agent.go(`${bryggan.baseUrl}/me`)).step).toBe('nobody');
  });
});

describe('J06: an option that was not offered', () => {
  it.each(['99', '-1', '0x0', '', '1e0', '__proto__'])('choice %j is refused', async (choice) => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const refused = await agent.submit(await commissionPage(agent), { button: ({ data }) => data['commission'] === '0', fields: { choice } });
    expect(refused.status).toBe(400);
  });
});

describe('K08: the Host header', () => {
  it.each(['evil.example', 'localhost', 'localhost:1', 'localhost.'])('%s is another service', async (host) => {
    const { request } = await import('node:https');
    const answer = await new Promise<{ status: number; location: string | undefined }>((done, failed) => {
      const url = new URL(bryggan.baseUrl);
      request({ host: '127.0.0.1', port: url.port, path: '/saml/sso', servername: 'localhost', ca: readFileSync(bryggan.caFile), headers: { host } }, (response) => {
        response.resume();
        done({ status: response.statusCode ?? 0, location: response.headers.location });
      }).on('error', failed).end();
    });
    expect(answer).toEqual({ status: 421, location: undefined });
  });
  it('its own name is served', async () => expect((await bryggan.agentFor(null).go(`${bryggan.baseUrl}/me`)).status).toBe(200));
  it('X-Forwarded-For and -Host from anybody change nothing', async () => {
    const agent = bryggan.agentFor(null, { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '8.8.8.8' } });
    const page = await simple.start(agent, bryggan);
    expect(page.trail.every((address) => address.startsWith(bryggan.baseUrl))).toBe(true);
  });
});

describe('K10, E11: headers of every page', () => {
  it('nothing is kept, nothing is framed, nothing runs that is not ours', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const pages = [
      await simple.start(agent, bryggan), await commissionPage(agent), await agent.go(`${bryggan.baseUrl}/me`), await agent.go(`${bryggan.baseUrl}/logout`),
      await agent.go(`${bryggan.baseUrl}/nothing-here`), await agent.go(`${bryggan.baseUrl}/saml/sso?SAMLRequest=x`), await agent.go(`${bryggan.baseUrl}/login/${'x'.repeat(22)}/`),
      await logIn(agent, bryggan, simple),
    ];
    for (const page of pages) {
      const header = (name: string): string => page.headers.get(name) ?? '';
      expect(header('cache-control'), page.url.pathname).toBe('no-store');
      expect(header('content-security-policy'), page.url.pathname).toContain("frame-ancestors 'none'");
      expect(header('content-security-policy')).not.toContain('unsafe');
      expect(header('x-content-type-options')).toBe('nosniff');
      expect(header('referrer-policy')).toBe('same-origin');
      expect(page.body).not.toMatch(/<script(?![^>]*\ssrc=)/);
    }
  });
});

describe('K14: addresses that users bring', () => {
  it.each(['https://evil.example/', '//evil.example', 'https://localhost.evil.example/'])('the language switch goes back to no %s', async (referer) => {
    const answer = await bryggan.agentFor(null).once(`${bryggan.baseUrl}/language/en`, { headers: { referer } });
    expect(answer.headers.get('location')).toBe('/me');
  });
  it('but to our own page', async () => {
    const answer = await bryggan.agentFor(null).once(`${bryggan.baseUrl}/language/en`, { headers: { referer: `${bryggan.baseUrl}/logout` } });
    expect(answer.headers.get('location')).toBe('/logout');
  });
  it.each(['https://evil.example', 'javascript:alert(1)', '"><script>alert(1)</script>'])('RelayState %j is echoed to the service alone, as text', async (relayState) => {
    const agent = bryggan.agentFor('anna-berglund');
    const answer = await logIn(agent, bryggan, simple, { relayState });
    expect(receivedFrom(answer)).toMatchObject({ relayState, acs: simple.acs, status: ['Success'] });
    expect(answer.trail.some((address) => new URL(address).hostname.endsWith('evil.example'))).toBe(false);
    expect(answer.body).not.toContain('<script>alert');
  });
  it('RelayState with a line break is refused', async () => {
    expect((await simple.start(bryggan.agentFor(null), bryggan, { relayState: 'x\r\nSet-Cookie: a=b' })).status).toBe(400);
  });
});

describe('E03: a request sent again', () => {
  it('from another browser it is spent; in its own the login goes on', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const id = newRequestId();
    const first = await simple.start(agent, bryggan, { id });
    const address = first.trail[0] ?? '';
    const elsewhere = await bryggan.agentFor('erik-sandstrom').go(address);
    expect(elsewhere.status).toBe(403);
    expect(receivedFrom(await goOn(agent, await agent.go(address))).status).toEqual(['Success']);
    expect((await bryggan.agentFor(null).go(address)).body).not.toContain('SAMLResponse"');
  });
});

describe('M01: numbers of people', () => {
  it('after all this no personal identity number stands in a log line, a metric or an address', async () => {
    const people = (parse(readFileSync(join(import.meta.dirname, '../../certs-dev/people.yaml'), 'utf8')) as { people: { personalIdentityNumber?: string }[] }).people;
    const agent = bryggan.agentFor(developmentSet().certificate('anna-berglund', { identifier: 'personal-identity-number' }));
    const answer = await logIn(agent, bryggan, simple);
    expect(receivedFrom(answer).status).toEqual(['Success']);
    const metrics = await (await fetch(`${bryggan.managementUrl}/metrics`)).text();
    const said = [bryggan.log(), metrics, ...answer.trail].join('\n');
    for (const { personalIdentityNumber } of people) if (personalIdentityNumber !== undefined) expect(said).not.toContain(personalIdentityNumber);
    expect(people.length).toBeGreaterThan(20);
  });
});
