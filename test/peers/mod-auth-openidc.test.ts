/** The code flow on a real program: Debian's mod_auth_openidc logs in, refreshes, and is refused when the session has ended. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { userinfoOf } from '../fixtures/oidc-client.ts';
import { freePorts } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import type { Apache } from './apache.ts';
import { apacheClient, startOpenidc } from './mod-auth-openidc.ts';

const [port = 0] = await freePorts(1);
const baseUrl = `https://127.0.0.1:${String(port)}`;
let bryggan: Bryggan;
let apache: Apache;
beforeAll(async () => {
  bryggan = await startBryggan({ services: [apacheClient(baseUrl)] });
  apache = await startOpenidc(port, bryggan.baseUrl, bryggan.caFile);
});
afterAll(async () => { await apache.stop(); await bryggan.stop(); });

const isInside = (visit: Visit): boolean => visit.title === 'Inside';
const logIn = async (agent: UserAgent): Promise<Visit> => agent.settle(await agent.go(`${baseUrl}/inside.shtml`), isInside);
const field = (visit: Visit, id: string): string | undefined => new RegExp(`<p id="${id}">([^<]*)</p>`).exec(visit.body)?.[1];
const info = async (agent: UserAgent): Promise<{ readonly access_token?: string; readonly refresh_token?: string }> => JSON.parse((await agent.go(`${baseUrl}/oidc/callback?info=json`)).body) as { readonly access_token?: string };

describe('mod_auth_openidc', () => {
  it('discovers, sends the browser, redeems, and shows who came in', async () => {
    const visit = await logIn(bryggan.agentFor('anna-berglund'));
    expect([visit.title, field(visit, 'GIVENNAME'), field(visit, 'HSAID'), field(visit, 'user')], apache.log().slice(-2000)).toEqual(['Inside', 'Anna', 'SE2321000131-DEV1001', expect.stringContaining('SE2321000131-DEV1001') as unknown]);
    expect(field(visit, 'LEVEL')).toBe('http://id.sambi.se/loa/loa3');
  });
  it('a second person is another person', async () => {
    const visit = await logIn(bryggan.agentFor('erik-sandstrom'));
    expect([isInside(visit), field(visit, 'GIVENNAME')]).toEqual([true, 'Erik']);
  });
  it('refreshes while the session lasts, and not when it has ended', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await logIn(agent);
    const first = await info(agent);
    const refresh = async (token: string | undefined): Promise<Visit> => agent.go(`${baseUrl}/oidc/callback?refresh=${encodeURIComponent(`${baseUrl}/inside.shtml`)}&access_token=${token ?? ''}`);
    expect(isInside(await refresh(first.access_token))).toBe(true);
    const second = await info(agent);
    expect([second.access_token !== first.access_token, second.refresh_token !== first.refresh_token]).toEqual([true, true]);
    await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`));
    // Told by the back channel, Apache has forgotten the session; and the token is worth nothing anywhere.
    expect(isInside(await refresh(second.access_token))).toBe(false);
    expect((await agent.go(`${baseUrl}/inside.shtml`)).url.origin).toBe(bryggan.baseUrl);
    await expect(userinfoOf(bryggan, second.access_token ?? '')).rejects.toThrow('401');
  });
  it('nothing of a token is in Bryggan’s log', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await logIn(agent);
    const { access_token: token = '' } = await info(agent);
    expect([token.length > 20, bryggan.log().includes(token), readFileSync(bryggan.caFile, 'utf8') !== '']).toEqual([true, false, true]);
  });
});
