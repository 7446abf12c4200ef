/** The client of Net iD Access Server over real mutual TLS: every status, both forms of a result, start addresses, answers that are no answer. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readFilePem } from '../../../certs-dev/set.ts';
import { createNetIdAccess } from '../../../src/authenticators/mobile-eid/clients/net-id-access.ts';
import type { MobileClient, StartedOrder } from '../../../src/authenticators/mobile-eid/model.ts';
import { startNetIdService, type NetIdOrder, type NetIdService } from '../../../src/demo/net-id-service.ts';
import { createMutualClient, type MutualClient } from '../../../src/http/mutual.ts';
import { rejectedWith } from '../../fixtures/refused.ts';

let service: NetIdService;
const opened: MutualClient[] = [];
beforeAll(async () => { service = await startNetIdService(); });
afterEach(() => { Object.assign(service.faults, { textInside: false, malformed: null, slow: 0, faultsAsStatus: false }); });
afterAll(async () => {
  for (const one of opened) one.close();
  expect(service.complaints).toEqual([]);
  await service.close();
});
interface Ways { readonly machine?: string; readonly ca?: string; readonly milliseconds?: number; readonly bytes?: number; readonly byPicture?: boolean }
const clientOf = ({ machine = 'bryggan', ca = 'authorities/efos-root.crt.pem', milliseconds = 3000, bytes = 100_000, byPicture = true }: Ways = {}): MobileClient => {
  const mutual = createMutualClient({ ca: readFilePem(ca), certificate: readFilePem(`functions/${machine}.crt.pem`), key: readFilePem(`functions/${machine}.key.pem`), milliseconds, bytes, code: 'mobile.unavailable' });
  opened.push(mutual);
  return createNetIdAccess({ url: service.url, pollMilliseconds: 1000, lifetimeSeconds: 180, startsByPicture: byPicture, post: async (url, body, action) => (await mutual.post(url, body, { 'content-type': 'text/xml; charset=utf-8', 'soapaction': `"${action}"` }, [200, 500])).bytes });
};
const wish = { address: '127.0.0.1', device: 'other', person: null, text: '', challenge: Buffer.alloc(32, 5).toString('base64') } as const;
const begin = async (client = clientOf()): Promise<{ readonly client: MobileClient; readonly started: StartedOrder; readonly order: NetIdOrder }> => {
  const started = await client.start(wish);
  const order = service.orders.at(-1);
  if ('kind' in started || order === undefined) throw new Error('no order');
  return { client, started, order };
};

describe('an order', () => {
  it('carries our challenge, and nobody unless somebody was typed', async () => {
    const { order } = await begin();
    expect([order.person, order.challenge]).toEqual(['', wish.challenge]);
    await clientOf().start({ ...wish, person: '<&"\'>' });
    expect(service.orders.at(-1)?.person).toBe('<&"\'>');
  });
  it.each([['OUTSTANDING_TRANSACTION', 'start-app'], ['NO_CLIENT', 'start-app'], ['STARTED', 'app-started'], ['PENDING', 'app-started'], ['USER_SIGN', 'user-sign']])('%s is told as %s, in both forms of a result', async (status, hint) => {
    const { client, started, order } = await begin();
    order.status = status;
    for (const textInside of [false, true]) {
      service.faults.textInside = textInside;
      expect(await client.poll(started)).toEqual({ kind: 'pending', hint });
    }
  });
  it('an unknown reference is the service’s own refusal', async () => {
    expect(await clientOf().poll({ reference: 'somebody-elses', lifetimeSeconds: 1, memory: {} })).toMatchObject({ kind: 'failed', reason: 'internal', detail: 'INVALID_PARAMETERS' });
  });
});

describe('answers that are no answer', () => {
  const envelope = (body: string): string => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
  const result = (inside: string): string => envelope(`<CollectResponse xmlns="http://netid.secmaker.com/nias/"><CollectResult>${inside}</CollectResult></CollectResponse>`);
  it('the twin of all of these is understood', async () => {
    const { client, started } = await begin();
    service.faults.malformed = result('<progressStatus>STARTED</progressStatus>');
    expect(await client.poll(started)).toEqual({ kind: 'pending', hint: 'app-started' });
  });
  it.each([
    ['no status', result('')], ['two statuses', result('<progressStatus>STARTED</progressStatus><progressStatus>COMPLETE</progressStatus>')],
    ['complete without a certificate', result('<progressStatus>COMPLETE</progressStatus><userInfo><personalNumber>189003129807</personalNumber></userInfo>')],
    ['another namespace', result('<progressStatus>STARTED</progressStatus>').replace('netid.secmaker.com/nias/', 'netid.secmaker.com/other/')],
    ['another operation', result('<progressStatus>STARTED</progressStatus>').replaceAll('CollectResponse', 'SignResponse')],
    ['SOAP 1.2', result('<progressStatus>STARTED</progressStatus>').replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope')],
    ['a document type', `<!DOCTYPE a [<!ENTITY b "STARTED">]>${result('<progressStatus>&b;</progressStatus>')}`],
    ['text that is XML with a document type', result('&lt;!DOCTYPE a&gt;&lt;a/&gt;')], ['nothing', ''], ['half of it', result('<progressStatus>STARTED').slice(0, 120)],
  ])('%s', async (_, malformed) => {
    const { client, started } = await begin();
    service.faults.malformed = malformed;
    await rejectedWith('mobile.unavailable', client.poll(started));
  });
  it('a status that is cut by a comment is no known word', async () => {
    const { client, started } = await begin();
    service.faults.malformed = result('<progressStatus>COMPL<!-- -->ETED</progressStatus>');
    expect(await client.poll(started)).toMatchObject({ kind: 'failed', reason: 'internal' });
  });
  it.each([['no reference', ''], ['a reference with blanks', 'a b c d e f g h'], ['one that is too long', 'a'.repeat(201)]])('at the start: %s', async (_, reference) => {
    service.faults.malformed = envelope(`<AuthenticateResponse xmlns="http://netid.secmaker.com/nias/"><AuthenticateResult>${reference}</AuthenticateResult></AuthenticateResponse>`);
    await rejectedWith('mobile.unavailable', clientOf().start(wish));
  });
});

describe('the connection', () => {
  it('an answer that takes too long, or is too large', async () => {
    service.faults.slow = 2000;
    await rejectedWith('mobile.unavailable', clientOf({ milliseconds: 200 }).start(wish));
    service.faults.slow = 0;
    await rejectedWith('mobile.unavailable', clientOf({ bytes: 50 }).start(wish));
  });
  it('a service whose certificate comes from another authority than the named one is not spoken to (threats I07)', async () => {
    const before = service.orders.length;
    await rejectedWith('mobile.unavailable', clientOf({ ca: 'authorities/siths-root.crt.pem' }).start(wish));
    expect(service.orders).toHaveLength(before);
  });
  it('a certificate of ours that the service does not take is its refusal', async () => {
    expect(await clientOf({ machine: 'bryggan-old' }).start(wish)).toMatchObject({ kind: 'failed', detail: 'ACCESS_DENIED_RP' });
  });
});

describe('start addresses', () => {
  const back = 'https://idp.example.se/login/abc/phone/mobile-efos';
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/130', 'null'], ['Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile', 'null'],
    ['Mozilla/5.0 (iPhone) Version/18.0 Mobile Safari/604.1', encodeURIComponent(back)], ['Mozilla/5.0 (iPhone) CriOS/130 Mobile Safari', encodeURIComponent(back.replace('https:', 'googlechromes:'))],
    ['Mozilla/5.0 (iPad) FxiOS/130 Mobile Safari', encodeURIComponent(`firefox://open-url?url=${encodeURIComponent(back)}`)],
  ])('%s', async (userAgent, redirect) => {
    const { client, started, order } = await begin();
    expect(client.startUrl(started, back, userAgent)).toBe(`netid:///?autostarttoken=${order.reference}&redirect=${redirect}`);
  });
  it('in a picture without a way back; none where the app does not read pictures', async () => {
    const { client, started, order } = await begin();
    expect([client.otherDevice, client.qrText(started, 9)]).toEqual(['qr', `netid:///?autostarttoken=${order.reference}&redirect=null`]);
    const typed = clientOf({ byPicture: false });
    expect([typed.otherDevice, typed.qrText(started, 9)]).toEqual(['identity', null]);
  });
});
