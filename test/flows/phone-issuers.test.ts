/** BankID and Freja as further ways in, switched on by those who name them: through a real Bryggan, their services over mutual TLS. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPhoneMethod } from '../../src/demo/net-id-demo.ts';
import { phoneKeyOf } from '../../src/demo/net-id-keys.ts';
import { startBankId, type BankIdSimulator } from '../fakes/bankid/simulator.ts';
import { FREJA_SIGNER, startFreja, type FrejaSimulator } from '../fakes/freja/simulator.ts';
import { askingService, goOn, isAnswer, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';

const simple = askingService({ name: 'simple', party: 'joint' });
const byBankId = askingService({ name: 'by-bankid', party: 'partille', yaml: 'methods: [bankid]\n' });
const byFreja = askingService({ name: 'by-freja', party: 'partille', yaml: 'methods: [freja]\n' });
const again = askingService({ name: 'again', party: 'partille', yaml: 'methods: [bankid, freja]\n' });
const sofia = phoneKeyOf('sofia-grann');
let bankId: BankIdSimulator;
let freja: FrejaSimulator;
let bryggan: Bryggan;
beforeAll(async () => {
  [bankId, freja] = await Promise.all([startBankId(), startFreja()]);
  bryggan = await startBryggan({
    services: [simple, byBankId, byFreja, again].map(({ files }) => files),
    prepare: ({ root }) => {
      const common = { byDefault: false, startsByPicture: false };
      addPhoneMethod(root, bankId.url, { ...common, id: 'bankid', names: { sv: 'BankID', en: 'BankID' }, service: 'bankid', issuers: ['dev-efos-mobile'] });
      addPhoneMethod(root, freja.url, { ...common, id: 'freja', names: { sv: 'Freja', en: 'Freja' }, service: 'freja', freja: { keyFiles: [`certs-dev/keys/${FREJA_SIGNER}.crt.pem`] } });
    },
  });
});
afterAll(async () => { await bryggan.stop(); await Promise.all([bankId.close(), freja.close()]); });

const begin = async (agent: UserAgent, service: typeof simple): Promise<Visit> => {
  const start = await goOn(agent, await service.start(agent, bryggan));
  expect(start.step).toBe('phone-start');
  return agent.submit(start, { button: ({ value }) => value === 'other' });
};
const statusOf = async (agent: UserAgent, page: Visit): Promise<string> => (JSON.parse((await agent.go(`${page.url.href}/status`, { from: page.url })).body) as { kind: string }).kind;
const finish = async (agent: UserAgent, page: Visit): Promise<Visit> => {
  await until('the browser may go on', async () => (await statusOf(agent, page)) === 'next');
  return goOn(agent, await agent.go(page.url.href));
};

it('are offered only where they are named', async () => {
  const body = (await bryggan.agentFor(null).go(simple.startUrl(bryggan))).body;
  expect(body).not.toMatch(/data-method="(?:bankid|freja)"/);
});
describe('BankID', () => {
  it('logs in by a moving picture; its secret never leaves the server; the session answers the next service', async () => {
    const agent = bryggan.agentFor(null);
    const page = await begin(agent, byBankId);
    const order = bankId.orders.at(-1)!;
    expect(Buffer.from(String(order.asked['userVisibleData']), 'base64').toString()).toBe('Logga in i Tjänsten by-bankid');
    for (const body of [page.body, (await agent.go(`${page.url.href}/picture`, { from: page.url })).body]) expect(body).not.toContain(order.qrStartSecret);
    bankId.approve(order, sofia);
    expect(receivedFrom(await finish(agent, page)).status).toEqual(['Success']);
    expect(isAnswer(await again.start(agent, bryggan))).toBe(true);
  });
  it('COMPLETE that is lost on the way is asked for again', async () => {
    const agent = bryggan.agentFor(null);
    const page = await begin(agent, byBankId);
    const order = bankId.orders.at(-1)!;
    bankId.instead = [200, null];
    bankId.approve(order, sofia);
    const polls = order.polls;
    await until('it was asked, in vain', () => order.polls > polls);
    bankId.instead = null;
    expect(receivedFrom(await finish(agent, page)).status).toEqual(['Success']);
  });
});
describe('Freja', () => {
  it('logs in by a picture, as the person whom Freja signed for; the session answers the next service', async () => {
    const agent = bryggan.agentFor(null);
    const page = await begin(agent, byFreja);
    await freja.approve(freja.orders.at(-1)!, sofia.number);
    expect(receivedFrom(await finish(agent, page)).status).toEqual(['Success']);
    expect(isAnswer(await again.start(agent, bryggan))).toBe(true);
    expect(bryggan.log()).not.toContain(sofia.number);
  });
});
