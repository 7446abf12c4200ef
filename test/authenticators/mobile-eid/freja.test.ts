/** Freja's client over real mutual TLS: every status, and outcomes that its key did not sign for this very order (threats I07, I08). */
import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readFilePem } from '../../../certs-dev/set.ts';
import { createFreja } from '../../../src/authenticators/mobile-eid/clients/freja.ts';
import type { MobileClient, StartedOrder } from '../../../src/authenticators/mobile-eid/model.ts';
import { createMutualClient, type MutualClient } from '../../../src/http/mutual.ts';
import { FREJA_SIGNER, startFreja, type FrejaOrder, type FrejaSimulator } from '../../fakes/freja/simulator.ts';
import { rejectedWith } from '../../fixtures/refused.ts';

let freja: FrejaSimulator;
const services: MutualClient[] = [];
beforeAll(async () => { freja = await startFreja(); });
afterEach(() => { freja.instead = null; });
afterAll(async () => {
  for (const service of services) service.close();
  await freja.close();
});
const NUMBER = '189201099836';
const keyOf = (machine: string) => new X509Certificate(readFilePem(developmentSet().machine(machine).certFile)).publicKey;
const clientOf = (machines: readonly string[] = [FREJA_SIGNER]): MobileClient => {
  const service = createMutualClient({ ca: readFilePem('authorities/efos-root.crt.pem'), certificate: readFilePem('functions/bryggan.crt.pem'), key: readFilePem('functions/bryggan.key.pem'), milliseconds: 10_000, bytes: 200_000, code: 'mobile.unavailable' });
  services.push(service);
  return createFreja({
    url: freja.url, registration: 'PLUS', keys: machines.map(keyOf), pollMilliseconds: 1000, lifetimeSeconds: 120,
    names: { number: 'requestedAttributes.ssn.ssn', givenName: 'requestedAttributes.basicUserInfo.name', surname: 'requestedAttributes.basicUserInfo.surname', attributes: ['BASIC_USER_INFO', 'SSN'] },
    post: (url, body) => service.post(url, body, { 'content-type': 'application/x-www-form-urlencoded' }, [200, 400, 401, 422, 500]),
  });
};
const wish = { address: '192.0.2.9', device: 'other', person: null, text: 'Logga in i Journalen', challenge: 'x' } as const;
const begin = async (client = clientOf()): Promise<{ readonly client: MobileClient; readonly started: StartedOrder; readonly order: FrejaOrder }> => {
  const started = await client.start(wish);
  const order = freja.orders.at(-1);
  if ('kind' in started || order === undefined) throw new Error('no order');
  return { client, started, order };
};

it('asks for nobody by number, and for the registration that the method’s level stands for', async () => {
  const { order, client, started } = await begin();
  expect(order.asked).toEqual({ userInfoType: 'INFERRED', userInfo: 'N/A', minRegistrationLevel: 'PLUS', attributesToReturn: [{ attribute: 'BASIC_USER_INFO' }, { attribute: 'SSN' }] });
  expect(client.qrText(started, 3)).toBe(`frejaeid://bindUserToTransaction?transactionReference=${order.authRef}`);
  await client.cancel(started);
  expect(order.cancelled).toBe(true);
});
it.each([['STARTED', { kind: 'pending', hint: 'start-app' }], ['DELIVERED_TO_MOBILE', { kind: 'pending', hint: 'app-started' }], ['REJECTED', { kind: 'failed', reason: 'cancelled' }], ['CANCELED', { kind: 'failed', reason: 'cancelled' }], ['RP_CANCELED', { kind: 'failed', reason: 'replaced' }], ['EXPIRED', { kind: 'failed', reason: 'expired' }], ['A_NEW_ONE', { kind: 'failed', reason: 'internal' }], ['constructor', { kind: 'failed', reason: 'internal' }]] as const)('%s', async (status, expected) => {
  const { client, started, order } = await begin();
  order.status = status;
  expect(await client.poll(started)).toMatchObject(expected);
});
describe('the outcome', () => {
  it('is read from what Freja signed, not from the fields beside it', async () => {
    const { client, started, order } = await begin();
    await freja.approve(order, NUMBER);
    expect(await client.poll(started)).toEqual({ kind: 'complete', credential: { stated: { number: NUMBER, givenName: 'Sofia', surname: 'Grann', issuerName: 'Freja eID' }, deviceAddress: null } });
  });
  it('two keys count while one replaces the other', async () => {
    const { client, started, order } = await begin(clientOf(['demo-3', FREJA_SIGNER]));
    await freja.approve(order, NUMBER);
    expect(await client.poll(started)).toMatchObject({ kind: 'complete' });
  });
  it.each<readonly [string, (order: FrejaOrder) => Promise<void> | void]>([
    ['signed by another key', (order) => freja.approve(order, NUMBER, { machine: 'demo-3' })],
    ['of another order', (order) => freja.approve(order, NUMBER, { claims: { authRef: 'another', status: 'APPROVED', requestedAttributes: { ssn: { ssn: NUMBER } } } })],
    ['that was rejected', (order) => freja.approve(order, NUMBER, { claims: { authRef: order.authRef, status: 'REJECTED', requestedAttributes: { ssn: { ssn: NUMBER } } } })],
    ['that names nobody', (order) => freja.approve(order, NUMBER, { claims: { authRef: order.authRef, status: 'APPROVED' } })],
    ['without a signature', (order) => { order.status = 'APPROVED'; }],
    ['with alg none', (order) => { Object.assign(order, { status: 'APPROVED', details: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ authRef: order.authRef, status: 'APPROVED', requestedAttributes: { ssn: { ssn: NUMBER } } })).toString('base64url')}.` }); }],
  ])('%s is refused', async (_what, attack) => {
    const { client, started, order } = await begin();
    await attack(order);
    await rejectedWith('mobile.credential', client.poll(started));
  });
});
it.each([[500, '{}'], [422, '{"code":1100}'], [200, ''], [200, '{}'], [200, '{"authRef":"a b"}'], [200, '[]'], [503, '{}']] as const)('%d %j is an answer that cannot be used', async (status, body) => {
  freja.instead = [status, body];
  await rejectedWith('mobile.unavailable', clientOf().start(wish));
});
