/** What the order machine relies on, of every client against its service: real mutual TLS, one fault at a time, and the same question answered again when it is over. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MobileClient, StartedOrder } from '../../../src/authenticators/mobile-eid/model.ts';
import { rejectedWith } from '../../fixtures/refused.ts';
import { serviceNames, startPhoneService, type Fault, type PhoneService, type Said } from './services.ts';

const wish = { address: '192.0.2.9', device: 'other', person: null, text: 'Logga in i Journalen', challenge: Buffer.alloc(32, 3).toString('base64') } as const;
const IMPATIENT = 300;

describe.each(serviceNames)('%s', (name) => {
  let service: PhoneService;
  beforeAll(async () => { service = await startPhoneService(name); });
  afterEach(() => service.break(null));
  afterAll(() => service.close());
  const begin = async (client: MobileClient = service.client()): Promise<{ readonly client: MobileClient; readonly started: StartedOrder }> => {
    const started = await client.start(wish);
    if ('kind' in started) throw new Error(started.detail);
    return { client, started };
  };

  it('begins an order that lives for a while, which the app can be led to, here and by a picture', async () => {
    const { client, started } = await begin();
    expect([started.reference.length > 7, started.lifetimeSeconds]).toEqual([true, 120]);
    expect([client.otherDevice, client.qrText(started, 1) === null, client.startUrl(started, 'https://idp.example/x', 'Windows')]).toEqual(['qr', false, expect.stringMatching(/^[a-z]+:\/\//)]);
  });
  it('two orders have nothing in common', async () => {
    const [one, other] = [await begin(), await begin()];
    expect(one.started.reference).not.toBe(other.started.reference);
    expect(one.client.qrText(one.started, 1)).not.toBe(other.client.qrText(other.started, 1));
  });
  it('what makes the picture is in none of it, nor in the address that opens the app', async () => {
    const { client, started } = await begin();
    const secret = service.secret();
    for (const text of [client.qrText(started, 1), client.startUrl(started, 'https://idp.example/x', 'iPhone')]) expect(text).not.toContain(secret ?? 'nothing');
  });
  const outcomes: readonly (readonly [Said, object])[] = [
    ['waits', { kind: 'pending', hint: 'start-app' }], ['app-started', { kind: 'pending', hint: 'app-started' }], ['cancelled', { kind: 'failed', reason: 'cancelled' }],
    ['replaced', { kind: 'failed', reason: 'replaced' }], ['expired', { kind: 'failed', reason: 'expired' }], ['an-unknown-word', { kind: 'failed', reason: 'internal' }],
  ];
  it.each(outcomes)('%s: %j', async (word, expected) => {
    const { client, started } = await begin();
    service.say(word);
    expect(await client.poll(started)).toMatchObject(expected);
  });
  it('approved: a credential, and nothing of it was there before', async () => {
    const { client, started } = await begin();
    expect(await client.poll(started)).not.toHaveProperty('credential');
    await service.approve();
    expect(await client.poll(started)).toMatchObject({ kind: 'complete', credential: {} });
  });
  it('an order of somebody else’s is nobody’s: another reference brings no credential', async () => {
    const { client, started } = await begin();
    await service.approve();
    const other = await client.poll({ ...started, reference: 'a-reference-of-nobody' }).catch(() => ({ kind: 'unavailable' }));
    expect(other.kind).not.toBe('complete');
    expect((await client.poll(started)).kind).toBe('complete');
  });
  it('is called back where the service can be told', async () => {
    const { client, started } = await begin();
    await client.cancel(started);
    expect(service.calledBack()).not.toBe(false);
  });

  const faults: readonly Fault[] = ['silence', 'maintenance', 'not-its-format', 'empty', 'half', 'list'];
  it.each(faults)('%s at the start: unavailable in bounded time, and the next start succeeds', async (fault) => {
    service.break(fault);
    await rejectedWith('mobile.unavailable', service.client(fault === 'silence' ? { milliseconds: IMPATIENT } : {}).start(wish));
    service.break(null);
    await begin();
  });
  it.each(faults)('%s while the order waits: unavailable, which ends nothing; asked again it answers', async (fault) => {
    const { client, started } = await begin();
    service.break(fault);
    await rejectedWith('mobile.unavailable', (fault === 'silence' ? service.client({ milliseconds: IMPATIENT }) : client).poll(started));
    service.break(null);
    expect(await client.poll(started)).toMatchObject({ kind: 'pending' });
  });
  it('an answer cut off when it says that it is complete: unavailable, never a login', async () => {
    const { client, started } = await begin();
    await service.approve();
    service.break('cut');
    await rejectedWith('mobile.unavailable', client.poll(started));
  });
  it('an answer larger than it may be', async () => {
    await rejectedWith('mobile.unavailable', service.client({ bytes: 10 }).start(wish));
    await begin();
  });
  it('a service whose certificate is of another authority is not spoken to (I07)', async () => {
    const before = service.begun();
    await rejectedWith('mobile.unavailable', service.client({ ca: 'authorities/siths-root.crt.pem' }).start(wish));
    expect(service.begun()).toBe(before);
    await begin();
  });
  it('our own certificate is asked for: with an expired one nothing is begun', async () => {
    const before = service.begun();
    const answer = await service.client({ machine: 'bryggan-old' }).start(wish).catch(() => ({ kind: 'failed' }));
    expect([service.begun(), answer]).toEqual([before, expect.objectContaining({ kind: 'failed' })]);
  });
});
