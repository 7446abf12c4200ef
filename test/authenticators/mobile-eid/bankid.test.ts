/** BankID's client over real mutual TLS: every word of its API, its picture, and its signature, of which one thing at a time is broken (threats I02, I07, I08). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFilePem } from '../../../certs-dev/set.ts';
import { createBankId } from '../../../src/authenticators/mobile-eid/clients/bankid.ts';
import { certificatesInSignature, checkBankIdSignature } from '../../../src/authenticators/mobile-eid/clients/bankid-signature.ts';
import type { MobileClient, StartedOrder } from '../../../src/authenticators/mobile-eid/model.ts';
import { createMutualClient, type MutualClient } from '../../../src/http/mutual.ts';
import { phoneKeyOf } from '../../../src/demo/net-id-keys.ts';
import { bankIdSignature, startBankId, type BankIdOrder, type BankIdSimulator } from '../../fakes/bankid/simulator.ts';
import { refusedWith, rejectedWith } from '../../fixtures/refused.ts';

let bankId: BankIdSimulator;
const services: MutualClient[] = [];
beforeAll(async () => { bankId = await startBankId(); });
afterEach(() => { bankId.instead = null; });
afterAll(async () => {
  for (const service of services) service.close();
  await bankId.close();
});
const clientOf = (policies: readonly string[] = []): MobileClient => {
  const service = createMutualClient({ ca: readFilePem('authorities/efos-root.crt.pem'), certificate: readFilePem('functions/bryggan.crt.pem'), key: readFilePem('functions/bryggan.key.pem'), milliseconds: 10_000, bytes: 200_000, code: 'mobile.unavailable' });
  services.push(service);
  return createBankId({ url: bankId.url, policies, ocsp: true, pollMilliseconds: 1000, lifetimeSeconds: 120, post: (url, body) => service.post(url, body, { 'content-type': 'application/json' }, [200, 400, 401, 403, 404, 408, 409, 429, 500]) });
};
const challenge = Buffer.alloc(32, 3).toString('base64');
const wish = { address: '192.0.2.9', device: 'other', person: null, text: 'Logga in i Journalen', challenge } as const;
const begin = async (client = clientOf()): Promise<{ readonly client: MobileClient; readonly started: StartedOrder; readonly order: BankIdOrder }> => {
  const started = await client.start(wish);
  const order = bankId.orders.at(-1);
  if ('kind' in started || order === undefined) throw new Error('no order');
  return { client, started, order };
};
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('what is sent', () => {
  it('the address, the text and the challenge in base64, and nobody’s number', async () => {
    const { order } = await begin();
    expect(order.asked).toEqual({ endUserIp: '192.0.2.9', userVisibleData: base64(wish.text), userNonVisibleData: base64(challenge) });
  });
  it('policies where they are demanded', async () => {
    await clientOf(['1.2.752.78.1.5']).start(wish);
    expect(bankId.orders.at(-1)?.asked['requirement']).toEqual({ certificatePolicies: ['1.2.752.78.1.5'] });
  });
  it('cancel', async () => {
    const { client, started, order } = await begin();
    await client.cancel(started);
    expect(order.cancelled).toBe(true);
  });
  it('the app by its scheme on a computer, by the web’s address on a phone', async () => {
    const { client, started, order } = await begin();
    expect(client.startUrl(started, 'https://idp.example/x', 'Windows')).toBe(`bankid:///?autostarttoken=${order.autoStartToken}&redirect=https%3A%2F%2Fidp.example%2Fx`);
    expect(client.startUrl(started, 'https://idp.example/x', 'Mozilla (iPhone)')).toBe(`https://app.bankid.com/?autostarttoken=${order.autoStartToken}&redirect=https%3A%2F%2Fidp.example%2Fx`);
  });
});
it.each([['Version/18.0 Mobile Safari', 'https://idp.example/x'], ['CriOS/130 Mobile Safari', 'googlechromes://idp.example/x'], ['FxiOS/130 Mobile Safari', 'firefox://open-url?url=https%3A%2F%2Fidp.example%2Fx']])('I04: on iOS the way back leads to the browser that asked: %s', async (agent, back) => {
  const { client, started, order } = await begin();
  expect(client.startUrl(started, 'https://idp.example/x', `Mozilla (iPhone) ${agent}`)).toBe(`https://app.bankid.com/?autostarttoken=${order.autoStartToken}&redirect=${encodeURIComponent(back)}`);
});
describe('every word', () => {
  const pending = { outstandingTransaction: 'start-app', noClient: 'start-app', started: 'app-started', userMrtd: 'user-sign', userCallConfirm: 'user-sign', userSign: 'user-sign', aNewOne: 'start-app' };
  it.each(Object.entries(pending))('pending, %s: %s', async (hintCode, hint) => {
    const { client, started, order } = await begin();
    Object.assign(order, { hintCode });
    expect(await client.poll(started)).toEqual({ kind: 'pending', hint });
  });
  const failed = { expiredTransaction: 'expired', certificateErr: 'credential', userCancel: 'cancelled', cancelled: 'replaced', startFailed: 'expired', userDeclinedCall: 'cancelled', notSupportedByUserApp: 'client', transactionRiskBlocked: 'credential', aNewOne: 'internal' };
  it.each(Object.entries(failed))('failed, %s: %s', async (hintCode, reason) => {
    const { client, started, order } = await begin();
    Object.assign(order, { status: 'failed', hintCode });
    expect(await client.poll(started)).toMatchObject({ kind: 'failed', reason });
  });
  it.each([[400, 'alreadyInProgress', 'replaced'], [400, 'invalidParameters', 'internal'], [401, 'unauthorized', 'internal'], [404, 'notFound', 'internal']] as const)('a refusal at the start: %d %s', async (status, errorCode, reason) => {
    bankId.instead = [status, JSON.stringify({ errorCode, details: 'x' })];
    expect(await clientOf().start(wish)).toMatchObject({ kind: 'failed', reason });
  });
  it.each([[500, 'internalError'], [408, 'requestTimeout'], [429, 'tooManyRequests'], [503, 'Maintenance']] as const)('%d %s is a fault of the moment: the order is asked for again', async (status, errorCode) => {
    const { client, started } = await begin();
    bankId.instead = [status, JSON.stringify({ errorCode })];
    await rejectedWith('mobile.unavailable', client.poll(started));
    bankId.instead = null;
    expect(await client.poll(started)).toMatchObject({ kind: 'pending' });
  });
});
describe('I02: the picture', () => {
  it('is read within five seconds, and its secret is in none of it', async () => {
    const { client, started, order } = await begin();
    const text = client.qrText(started, 7) ?? '';
    expect([bankId.scan(text, 8), bankId.scan(text, 14)]).toEqual([order, undefined]);
    expect(text).not.toContain(order.qrStartSecret);
  });
});

describe('the signature', () => {
  const holder = phoneKeyOf('sofia-grann');
  const other = phoneKeyOf('anna-berglund');
  const names = { signedData: 'bankIdSignedData', challenge: 'usrNonVisibleData' };
  const check = checkBankIdSignature(names, () => Date.now());
  const good = bankIdSignature(holder, base64(wish.text), base64(challenge));
  const broken = (xml: string, sent = challenge, der = holder.certificate): unknown => refusedWith('mobile.credential', () => check(base64(xml), sent, der));
  it('holds for the certificate inside it and our challenge', () => {
    expect(() => check(base64(good), challenge, holder.certificate)).not.toThrow();
    expect(certificatesInSignature(base64(good))[0]).toBe(holder.certificate.toString('base64'));
  });
  it.each<readonly [string, () => unknown]>([
    ['another challenge than ours', () => broken(good, Buffer.alloc(32, 4).toString('base64'))],
    ['another person’s certificate beside it', () => broken(good, challenge, other.certificate)],
    ['another key than the certificate’s', () => broken(bankIdSignature(holder, base64(wish.text), base64(challenge), other))],
    ['changed text', () => broken(good.replace(base64(wish.text), base64('Betala 100 kr')))],
    ['a changed challenge', () => broken(good.replace(base64(challenge), base64(Buffer.alloc(32, 4).toString('base64'))), Buffer.alloc(32, 4).toString('base64'))],
    ['a second certificate before it', () => broken(good.replace('<X509Data>', `<X509Data><X509Certificate>${other.certificate.toString('base64')}</X509Certificate>`), challenge, other.certificate)],
    ['a second element of the same Id, wrapped around', () => broken(good.replace('<Object>', '<Object><x Id="bidSignedData"></x>'))],
    ['signed data moved away, its reference to something harmless', () => broken(good.replace('URI="#bidSignedData"', 'URI="#bidKeyInfo"'))],
    ['a reference to nothing', () => broken(good.replace('URI="#bidSignedData"', 'URI="#gone"'))],
    ['a transform that filters', () => broken(good.replace('<Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">', '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">'))],
    ['SHA-1', () => broken(good.replace('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1'))],
    ['a DOCTYPE', () => broken(good.replace('<Signature', '<!DOCTYPE x><Signature'))],
    ['no signed data', () => broken(good.replace(/<Object>.*<\/Object>/, ''))],
    ['another root', () => broken(good.replace(/^<\?xml[^>]*\?>/, '<a>').concat('</a>'))],
    ['not base64', () => refusedWith('mobile.credential', () => check('***', challenge, holder.certificate))],
    ['none', () => refusedWith('mobile.credential', () => check(null, challenge, holder.certificate))],
    ['names that do not fit', () => refusedWith('mobile.credential', () => checkBankIdSignature({ ...names, challenge: 'other' }, () => Date.now())(base64(good), challenge, holder.certificate))],
  ])('%s is refused', (_what, attack) => { attack(); });
});
