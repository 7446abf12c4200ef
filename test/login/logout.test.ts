import { describe, expect, it } from 'vitest';
import type { ServiceId, SessionId } from '../../src/core/ids.ts';
import type { LoginPorts } from '../../src/login/context.ts';
import { endSession } from '../../src/login/logout.ts';
import { openSessionIndex, sessionIndexOf } from '../../src/login/session-index.ts';
import type { ServiceEntry, SsoSession } from '../../src/sessions/ports.ts';

const session = { id: Buffer.alloc(32, 7).toString('base64url') as SessionId, identity: { person: { kind: 'hsa-id', hsaId: 'SE2321000131-DEV1001' } } } as unknown as SsoSession;
const entries = (count: number): readonly ServiceEntry[] => Array.from({ length: count }, (_unused, at) => ({ key: `saml:${at}`, service: `vgr/${at}` as ServiceId, party: 'vgr', protocol: 'saml', answeredAt: 0, faceState: {} }) as unknown as ServiceEntry);

/** Every telling takes `milliseconds` of the clock that is passed in. */
const portsWith = (count: number, milliseconds: number) => {
  const clock = { time: 0, now: () => clock.time };
  const seen = { atOnce: 0, most: 0, told: 0 };
  const ports = {
    clock, audit: { record: () => Promise.resolve() },
    stores: { sessions: { end: () => Promise.resolve(entries(count)) } },
    logoutFaces: { saml: { tell: async () => {
      seen.told += 1;
      seen.most = Math.max(seen.most, (seen.atOnce += 1));
      await Promise.resolve();
      if ((seen.atOnce -= 1) === 0) clock.time += milliseconds;
      return 'logged-out' as const;
    } } },
  } as unknown as LoginPorts;
  return { ports, clock, seen };
};
describe('E09: one logout is no storm and no wait', () => {
  it('two hundred quick services are all told, eight at a time', async () => {
    const { ports, seen } = portsWith(200, 10);
    const results = await endSession(session, 'logged-out', ports);
    expect([results.filter(({ result }) => result === 'logged-out').length, seen.most]).toEqual([200, 8]);
  });
  it('two hundred that hang to their limit: over within ten seconds, and those that were not reached are named', async () => {
    const { ports, clock, seen } = portsWith(200, 4000);
    const results = await endSession(session, 'logged-out', ports);
    expect(clock.time).toBeLessThan(10_000);
    expect(results.filter(({ result }) => result === 'unreachable').length).toBe(200 - seen.told);
    expect(results).toHaveLength(200);
  });
});

describe('the index of a session', () => {
  const secret = 'a secret of the test, long enough to be one';
  const [mine, theirs] = ['vgr/mine', 'vgr/theirs'] as [ServiceId, ServiceId];
  it('is the same throughout the session, another for every service and session', () => {
    expect(sessionIndexOf(session.id, mine, secret)).toBe(sessionIndexOf(session.id, mine, secret));
    const others = [sessionIndexOf(session.id, theirs, secret), sessionIndexOf(Buffer.alloc(32, 8).toString('base64url') as SessionId, mine, secret)];
    expect(new Set([sessionIndexOf(session.id, mine, secret), ...others]).size).toBe(3);
  });
  it('opens for the service it was made for, and for nobody else', () => {
    const index = sessionIndexOf(session.id, mine, secret);
    expect(openSessionIndex(index, mine, secret)).toBe(session.id);
    expect([openSessionIndex(index, theirs, secret), openSessionIndex(index, mine, `${secret}!`)]).toEqual([undefined, undefined]);
  });
  it('changed in one character, cut or made up it opens nothing', () => {
    const index = sessionIndexOf(session.id, mine, secret);
    for (const at of [0, 20, 40, 79]) expect(openSessionIndex(`${index.slice(0, at)}${index[at] === 'A' ? 'B' : 'A'}${index.slice(at + 1)}`, mine, secret)).toBeUndefined();
    for (const made of ['', 'x', index.slice(0, 60), `${index}AAAA`]) expect(openSessionIndex(made, mine, secret)).toBeUndefined();
  });
});
