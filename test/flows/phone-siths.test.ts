/** Mobile SITHS through a real Bryggan: JSON over mutual TLS, an animated picture whose secret never reaches the browser (threat I02), identity from the certificate. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPhoneMethod } from '../../src/demo/net-id-demo.ts';
import { sithsKey, startSiths, wireFile, type SithsSimulator } from '../fakes/siths/simulator.ts';
import { askingService, goOn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';

const simple = askingService({ name: 'simple', party: 'joint' });
const elsewhere = askingService({ name: 'elsewhere', party: 'partille', yaml: 'methods: [mobile-siths]\n' });
const [staff, stranger] = ['https://staff.goteborg.example/sp', 'https://other.goteborg.example/sp'];
const through = askingService({ name: 'city-idp', party: 'goteborg', yaml: `methods: [mobile-siths]\nproxying:\n  requesters:\n    - { entityId: '${staff}', names: { sv: Personalportalen, en: Staff portal }, allow: ['*'] }\n  others: ['employeeHsaId', 'givenName']\n` });
let siths: SithsSimulator;
let bryggan: Bryggan;
beforeAll(async () => {
  siths = await startSiths();
  bryggan = await startBryggan({
    services: [simple.files, elsewhere.files, through.files],
    prepare: ({ root }) => { addPhoneMethod(root, siths.url, { id: 'mobile-siths', names: { sv: 'Mobilt SITHS', en: 'Mobile SITHS' }, service: 'siths', wire: wireFile, issuers: ['dev-siths-mobile'], byDefault: false }); },
  });
});
afterAll(async () => { await bryggan.stop(); await siths.close(); });

it('switched on where it is named, and nowhere else', async () => {
  const agent = bryggan.agentFor(null);
  const start = await goOn(agent, await elsewhere.start(agent, bryggan));
  expect(start.step).toBe('phone-start');
  const page = await agent.submit(start, { button: ({ value }) => value === 'other' });
  const order = siths.orders.at(-1);
  expect([page.step, order?.asked['authMessage'], order?.asked['rfc2253Issuers']]).toEqual(['phone', 'Logga in i Tjänsten elsewhere', ['CN=DEV SITHS e-id Person ID Mobile CA v1,O=Bryggan Development,C=SE']]);
  if (order === undefined) return;
  for (const body of [page.body, (await agent.go(`${page.url.href}/status`, { from: page.url })).body, (await agent.go(`${page.url.href}/picture`, { from: page.url })).body]) expect(body).not.toContain(order.qrSecret);
  siths.approve(order, sithsKey());
  await until('the browser may go on', async () => (JSON.parse((await agent.go(`${page.url.href}/status`, { from: page.url })).body) as { kind: string }).kind === 'next');
  expect(receivedFrom(await goOn(agent, await agent.go(page.url.href))).status).toEqual(['Success']);
  const other = bryggan.agentFor(null);
  expect((await other.go(simple.startUrl(bryggan))).body).not.toContain('mobile-siths');
});
it.each([[staff, 'Logga in i Personalportalen genom Tjänsten city-idp'], [stranger, 'Logga in i Tjänsten city-idp']])('the app names the application behind a local IdP where we know it: %s', async (requester, text) => {
  const agent = bryggan.agentFor(null);
  const start = await goOn(agent, await through.start(agent, bryggan, { children: `<samlp:Scoping><samlp:RequesterID>${requester}</samlp:RequesterID></samlp:Scoping>` }));
  await agent.submit(start, { button: ({ value }) => value === 'other' });
  expect(siths.orders.at(-1)?.asked['authMessage']).toBe(text);
});
