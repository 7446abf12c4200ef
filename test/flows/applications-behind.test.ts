/** Applications behind a local IdP, named to the person: on /me, at logout; and whom /me sends them to for help. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, logIn, type AskingService } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import type { UserAgent } from '../fixtures/user-agent.ts';

const row = (name: string, sv: string, en: string): string => `    - { entityId: 'https://${name}.goteborg.example/sp', names: { sv: ${sv}, en: ${en} }, allow: ['*'] }\n`;
const proxy = askingService({ name: 'city-idp', party: 'goteborg', yaml: `proxying:\n  requesters:\n${row('time', 'Tidrapporten', 'Time reports')}${row('staff', 'Personalportalen', 'Staff portal')}    - { entityId: 'https://nameless.goteborg.example/sp', allow: ['*'] }\n  others: ['employeeHsaId']\n` });
const plain = askingService({ name: 'plain', party: 'boras' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [proxy, plain].map(({ files }) => files) }); });
afterAll(() => bryggan.stop());

/** Logs in for the application of this name; null: the IdP names none. */
const logInFor = (agent: UserAgent, application: string | null, service: AskingService = proxy) =>
  logIn(agent, bryggan, service, application === null ? {} : { children: `<samlp:Scoping><samlp:RequesterID>https://${application}.goteborg.example/sp</samlp:RequesterID></samlp:Scoping>` });
const behind = (body: string): readonly string[] => [...body.matchAll(/data-behind>([^<]*)</g)].map(([, words = '']) => words);

describe('applications behind a local IdP', () => {
  it('stand on /me by their names, the last one first, however often the IdP asks; only those that the operator named', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await logInFor(agent, 'time');
    expect(behind((await agent.go(`${bryggan.baseUrl}/me`)).body)).toEqual(['Den tog dig till Tidrapporten']);
    for (const application of ['staff', 'nameless', 'unheard-of', null]) await logInFor(agent, application);
    await logInFor(agent, null, plain);
    expect(behind((await agent.go(`${bryggan.baseUrl}/me`)).body)).toEqual(['Den tog dig till Personalportalen, Tidrapporten']);
  });
  it('are named in what logout says of the IdP, and not of other services', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    await logInFor(agent, 'staff');
    await logInFor(agent, null, plain);
    const end = await agent.submit(await agent.go(`${bryggan.baseUrl}/logout`), { button: ({ data }) => data['action'] === 'log-out' });
    expect([end.step, behind(end.body)]).toEqual(['logged-out', ['Den tog dig till Personalportalen']]);
  });
});
it('/me and /logout name the service desk of the person’s own party', async () => {
  const agent = bryggan.agentFor('anna-berglund');
  await logInFor(agent, null, plain);
  for (const page of ['me', 'logout']) expect((await agent.go(`${bryggan.baseUrl}/${page}`)).text).toContain('IT-stöd Västra Götalandsregionen');
  expect((await bryggan.agentFor(null).go(`${bryggan.baseUrl}/me`)).text).not.toContain('IT-stöd Västra Götalandsregionen');
});
