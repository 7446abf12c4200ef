/** A service that floods us, and one that sends a browser in circles: what it and the others meet (threats K11). */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askingService, isAnswer, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';

const [flooding, circling, quiet] = ['flooding', 'circling', 'quiet'].map((name) => askingService({ name, party: 'joint' })) as [ReturnType<typeof askingService>, ReturnType<typeof askingService>, ReturnType<typeof askingService>];
let bryggan: Bryggan;
beforeAll(async () => {
  bryggan = await startBryggan({
    services: [flooding.files, circling.files, quiet.files],
    broker: (broker) => { broker.setIn(['login', 'requestsPerService'], 40); broker.setIn(['login', 'silentAnswers'], 5); },
  });
});
afterAll(() => bryggan.stop());

describe('a service that sends more than its share', () => {
  it('is told to wait; another is answered at the same moment', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, quiet));
    const stranger = bryggan.agentFor(null);
    let refused = await flooding.start(stranger, bryggan);
    // More than two windows' worth: the minute may turn meanwhile.
    for (let sent = 1; sent < 130 && refused.status !== 429; sent += 1) refused = await flooding.start(stranger, bryggan);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(refused.text).toMatch(/skickar för många|sends too many/);
    expect(isAnswer(await quiet.start(agent, bryggan))).toBe(true);
  });
});

describe('a service that does not keep the login it is given', () => {
  it('sends the browser in circles no longer: the person is told, goes on when they want to, and other services answer in silence', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, circling));
    let page = await circling.start(agent, bryggan);
    let silent = 0;
    for (; isAnswer(page) && silent < 30; silent += 1) page = await circling.start(agent, bryggan);
    expect(silent).toBeGreaterThanOrEqual(5);
    const asked = page.step === 'confirm-session' ? page : await agent.settle(page, ({ step }) => step === 'confirm-session');
    expect(asked.text).toMatch(/om och om igen|again and again/);
    expect(isAnswer(await quiet.start(agent, bryggan))).toBe(true);
    expect(receivedFrom(await agent.settle(await agent.submit(asked, { button: ({ data }) => data['answer'] === 'yes' }), isAnswer)).status).toEqual(['Success']);
  });
});

describe('K11, L05: somebody who sends what is refused, without end', () => {
  it('gets the same page every time, and as many lines in the trail as logins are allowed, the last of which says so', async () => {
    const paced = await startBryggan({ services: [quiet.files], broker: (broker) => { broker.setIn(['login', 'startsPerMinute'], 5); } });
    onTestFinished(() => paced.stop());
    const stranger = paced.agentFor(null);
    const lines = (): readonly (string | null)[] => paced.audit().filter(({ type }) => type === 'request.refused').map(({ code }) => code);
    const statuses = new Set<number>();
    // The minute may turn meanwhile: then there are twice as many.
    for (let sent = 0; sent < 40; sent += 1) statuses.add((await stranger.once(`${paced.baseUrl}/saml/sso?SAMLRequest=garbage`)).status);
    expect([...statuses]).toEqual([400]);
    expect(lines().slice(0, 6)).toEqual([...Array.from({ length: 5 }, () => lines()[0]), 'web.rate']);
    expect(lines().length).toBeLessThanOrEqual(12);
  });
});
