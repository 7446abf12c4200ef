import { describe, expect, it } from 'vitest';
import type { ServiceId, SessionId } from '../../src/core/ids.ts';
import { createPace } from '../../src/login/pace.ts';

const [loud, other] = ['vgr/loud', 'boras/other'] as ServiceId[] as [ServiceId, ServiceId];
const [anna, erik] = ['a', 'b'] as SessionId[] as [SessionId, SessionId];
const paceAt = (start = 1_000_000) => {
  const clock = { time: start, now: () => clock.time };
  return { clock, pace: createPace(clock, { requestsPerService: 3, silentAnswers: 2 }) };
};

describe('pace (threats K11)', () => {
  it('a service is refused past its number in the minute, another is not, and the next minute begins anew', () => {
    const { clock, pace } = paceAt();
    for (let sent = 0; sent < 3; sent += 1) pace.request(loud);
    expect(() => pace.request(loud)).toThrow(expect.objectContaining({ code: 'service.rate' }));
    expect(() => pace.request(other)).not.toThrow();
    clock.time += 60_000;
    expect(() => pace.request(loud)).not.toThrow();
  });
  it('circles are one session at one service within the minute', () => {
    const { clock, pace } = paceAt();
    for (let answered = 0; answered < 2; answered += 1) pace.answeredSilently(anna, loud);
    expect([pace.circles(anna, loud), pace.circles(anna, other), pace.circles(erik, loud)]).toEqual([true, false, false]);
    clock.time += 60_000;
    expect(pace.circles(anna, loud)).toBe(false);
  });
  it('a clock that is set back does not keep a service out', () => {
    const { clock, pace } = paceAt();
    for (let sent = 0; sent < 3; sent += 1) pace.request(loud);
    clock.time -= 3_600_000;
    expect(() => pace.request(loud)).not.toThrow();
  });
});
