/** A service that speaks JSON, over real mutual TLS: every word and refusal of the table, broken answers, animated pictures (threat I02). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFilePem } from '../../../certs-dev/set.ts';
import { animatedText, createJsonService } from '../../../src/authenticators/mobile-eid/clients/json-service.ts';
import type { JsonWire } from '../../../src/authenticators/mobile-eid/clients/json-wire.ts';
import type { MobileClient, StartedOrder } from '../../../src/authenticators/mobile-eid/model.ts';
import { createMutualClient, type MutualClient } from '../../../src/http/mutual.ts';
import { sithsKey, startSiths, wire, type SithsSimulator } from '../../fakes/siths/simulator.ts';
import { rejectedWith } from '../../fixtures/refused.ts';

let siths: SithsSimulator;
const services: MutualClient[] = [];
beforeAll(async () => { siths = await startSiths(); });
afterEach(() => { siths.instead = null; });
afterAll(async () => {
  for (const service of services) service.close();
  await siths.close();
});

const STATUSES = [200, 400, 401, 403, 404, 409, 429, 500];
const clientOf = (change: Partial<JsonWire> = {}, machine = 'bryggan'): MobileClient => {
  const service = createMutualClient({ ca: readFilePem('authorities/efos-root.crt.pem'), certificate: readFilePem(`functions/${machine}.crt.pem`), key: readFilePem(`functions/${machine}.key.pem`), milliseconds: 2000, bytes: 100_000, code: 'mobile.unavailable' });
  services.push(service);
  return createJsonService({ url: siths.url, wire: { ...wire, ...change }, issuerNames: ['CN=A,C=SE'], pollMilliseconds: 1000, lifetimeSeconds: 120, post: (url, body) => service.post(url, body, { 'content-type': 'application/json' }, STATUSES) });
};
const wish = { address: '192.0.2.9', device: 'other', person: null, text: 'Logga in i Journalen', challenge: Buffer.alloc(32, 3).toString('base64') } as const;
const begin = async (client = clientOf()): Promise<{ readonly client: MobileClient; readonly started: StartedOrder; readonly order: SithsSimulator['orders'][number] }> => {
  const started = await client.start(wish);
  const order = siths.orders.at(-1);
  if ('kind' in started || order === undefined) throw new Error('no order');
  return { client, started, order };
};

describe('what is sent', () => {
  it('has the names of the configuration: text, challenge, issuers, address, constants; nobody is named', async () => {
    const { order } = await begin();
    expect(order.asked).toEqual({ organizationName: 'Region Exempel', requirement: { checkRevocation: true }, sithsEidChallenge: wish.challenge, authMessage: wish.text, rfc2253Issuers: ['CN=A,C=SE'], endUserIp: '192.0.2.9' });
  });
  it('a person only where one was typed', async () => {
    await clientOf().start({ ...wish, person: '189201099836' });
    expect(siths.orders.at(-1)?.asked['personalIdentifier']).toBe('189201099836');
  });
  it('cancel, where the service has it', async () => {
    const { client, started, order } = await begin();
    await client.cancel(started);
    expect(order.cancelled).toBe(true);
  });
});

describe('what is answered', () => {
  it.each([
    ['pending', 'outstandingTransaction', { kind: 'pending', hint: 'start-app' }], ['pending', 'started', { kind: 'pending', hint: 'app-started' }], ['pending', 'userSign', { kind: 'pending', hint: 'user-sign' }],
    ['pending', 'aNewHint', { kind: 'pending', hint: 'start-app' }], ['pending', 'userCancel', { kind: 'pending', hint: 'start-app' }], ['pending', null, { kind: 'pending', hint: 'start-app' }],
    ['failed', 'userCancel', { kind: 'failed', reason: 'cancelled' }], ['failed', 'cancelled', { kind: 'failed', reason: 'replaced' }], ['failed', 'expiredTransaction', { kind: 'failed', reason: 'expired' }],
    ['failed', 'certificateErr', { kind: 'failed', reason: 'credential' }], ['failed', 'notSupportedByUserApp', { kind: 'failed', reason: 'client' }], ['failed', 'noSuchUser', { kind: 'failed', reason: 'unknown-user' }],
    ['failed', 'aNewHint', { kind: 'failed', reason: 'internal' }], ['failed', 'userSign', { kind: 'failed', reason: 'internal' }], ['failed', 'complete', { kind: 'failed', reason: 'internal' }], ['aNewStatus', null, { kind: 'failed', reason: 'internal' }], ['constructor', null, { kind: 'failed', reason: 'internal' }],
  ] as const)('%s, %s', async (status, hint, expected) => {
    const { client, started, order } = await begin();
    Object.assign(order, { status, hint });
    expect(await client.poll(started)).toMatchObject(expected);
  });
  it('complete: the certificate, those above it, signature and address', async () => {
    const { client, started, order } = await begin();
    siths.approve(order, sithsKey());
    expect(await client.poll(started)).toMatchObject({ kind: 'complete', credential: { certificate: sithsKey().certificate.toString('base64'), intermediates: [expect.any(String)], userId: '189201099836', deviceAddress: '127.0.0.1' } });
  });
  it.each([[409, 'alreadyInProgress', 'replaced'], [400, 'noSuchUser', 'unknown-user'], [500, 'Maintenance', 'internal']] as const)('a refusal with a known word: %d %s', async (status, errorCode, reason) => {
    siths.instead = [status, JSON.stringify({ errorCode })];
    expect(await clientOf().start(wish)).toMatchObject({ kind: 'failed', reason });
  });
  it.each([
    [500, '{"errorCode":"unheardOf"}'], [404, '{}'], [503, '{}'], [302, '{}'], [200, ''], [200, '{"orderRef":'], [200, '[]'], [200, 'null'], [200, '{}'], [200, '{"orderRef":7}'], [200, '{"orderRef":"a b"}'], [200, '{"orderRef":"a","autoStartToken":"b"}'], [200, `{"orderRef":"${'a'.repeat(200_000)}"}`],
  ])('%d %j is an answer that cannot be used', async (status, body) => {
    siths.instead = [status, body];
    await rejectedWith('mobile.unavailable', clientOf().start(wish));
  });
  it('complete without a certificate', async () => {
    const { client, started } = await begin();
    siths.instead = [200, '{"status":"complete"}'];
    await rejectedWith('mobile.unavailable', client.poll(started));
  });
  it('an expired certificate of ours is refused by the service; the right one is the twin of all of these', async () => {
    await rejectedWith('mobile.unavailable', clientOf({}, 'bryggan-old').start(wish));
    await begin();
  });
});

describe('I02: the picture', () => {
  it('changes every second and is read within five; a photograph of it is old', async () => {
    const { client, started, order } = await begin();
    const texts = [0, 1, 2].map((second) => client.qrText(started, second) ?? '');
    expect(new Set(texts).size).toBe(3);
    expect(siths.scan(texts[2] ?? '', 3)).toBe(order);
    expect(siths.scan(texts[2] ?? '', 8)).toBeUndefined();
    expect(texts.join(' ')).not.toContain(order.qrSecret);
    expect(client.startUrl(started, 'https://idp.example/x', '')).toBe(`siths:///?token=${order.startToken}&redirect=https%3A%2F%2Fidp.example%2Fx`);
  });
  it('as BankID’s guide computes it', () => {
    expect(animatedText('bankid', '67df3917-fa0d-44e5-b327-edcc928297f8', 'd28db9a7-4cde-429e-a983-359be676944c', 0)).toBe('bankid.67df3917-fa0d-44e5-b327-edcc928297f8.0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8');
  });
});
