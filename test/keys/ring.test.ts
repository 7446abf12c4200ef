/** Steps of a rollover: each from the same good ring, each undone by `back`, each refusal beside the step that is taken. */
import { describe, expect, it } from 'vitest';
import { noRings, type HeldKey, type KeyRole, type Ring, type Step } from '../../src/keys/model.ts';
import { obstaclesTo, stillOnPrevious, waitingFor, type Watch } from '../../src/keys/obstacles.ts';
import { currentOf, isStep, ringOf, signsFor, takeStep, takeWord, type StepCase } from '../../src/keys/ring.ts';
import { standsAt } from '../../src/keys/view.ts';

const NOW = Date.UTC(2026, 10, 23);
const HOUR = 3_600_000;
const held = (id: string, role: HeldKey['role']): HeldKey => ({ use: 'saml-signing', id: `${id}-0123456789`, role, since: 0, notAfter: null, subject: null, file: id });
const at = (step: number, more: Partial<StepCase> = {}): StepCase => ({ now: NOW + step * HOUR, revision: step, services: [], key: null, ...more });
const rolesOf = (ring: Ring): Readonly<Record<string, KeyRole>> => Object.fromEntries(ring.keys.map(({ id, role }) => [id.split('-')[0] ?? '', role]));
const one = ringOf('saml-signing', noRings, [held('old', 'current'), held('new', 'made')]);
const after = (ring: Ring, ...steps: readonly Step[]): Ring => steps.reduce((current, step, index) => takeStep(current, step, at(index + 1)), ring);

describe('a rollover', () => {
  it('goes announce, switch, retire', () => {
    expect([after(one), after(one, 'announce'), after(one, 'announce', 'switch'), after(one, 'announce', 'switch', 'retire')].map((ring) => [rolesOf(ring), standsAt(ring)])).toEqual([
      [{ old: 'current', new: 'made' }, 'new key made'], [{ old: 'current', new: 'next' }, 'next key published'],
      [{ old: 'previous', new: 'current' }, 'switched, old key published'], [{ old: 'retired', new: 'current' }, 'one key'],
    ]);
  });
  it.each([[['announce']], [['announce', 'switch']], [['announce', 'switch', 'retire']]] as const)('%j and back is as if the last step were not taken', (steps) => {
    const before = after(one, ...steps.slice(0, -1));
    const returned = takeStep(after(one, ...steps), 'back', at(9));
    expect([rolesOf(returned), returned.done]).toEqual([rolesOf(before), before.done]);
  });
  it('goes all the way back, and then no further', () => {
    const start = after(one, 'announce', 'switch', 'retire', 'back', 'back', 'back');
    expect(rolesOf(start)).toEqual(rolesOf(one));
    expect(() => takeStep(start, 'back', at(9))).toThrow(/no step to go back from/);
  });
  it.each([['switch', one, /announce one first/], ['retire', one, /no old key/], ['announce', after(one, 'announce'), /published already/], ['announce', after(one, 'announce', 'switch', 'retire'), /no new key/]] as const)('%s is refused where it makes no sense', (step, ring, why) => {
    expect(() => takeStep(ring, step, at(9))).toThrow(why);
  });
  it('may take one service first, and take it back', () => {
    const announced = after(one, 'announce');
    const early = takeStep(announced, 'switch', at(2, { services: ['vgr/journal', 'vgr/labb'] }));
    expect([signsFor(early, 'vgr/journal').id, signsFor(early, 'vgr/other').id, signsFor(early, null).id].map((id) => id.slice(0, 3))).toEqual(['new', 'old', 'old']);
    expect(takeStep(early, 'back', at(3, { services: ['vgr/labb'] })).early).toEqual(['vgr/journal']);
    expect(takeStep(early, 'back', at(3))).toEqual(announced);
    expect(takeStep(early, 'switch', at(3)).early).toEqual([]);
  });
});

describe('a key that leaked', () => {
  it('is withdrawn at once in favour of the next one, announced or not, and nothing brings it back', () => {
    for (const ring of [one, after(one, 'announce')]) {
      const gone = takeStep(ring, 'withdraw', at(5, { key: 'old-01234' }));
      expect(rolesOf(gone)).toEqual({ old: 'withdrawn', new: 'current' });
      expect(() => takeStep(gone, 'back', at(6))).toThrow(/no step/);
      expect(() => takeStep(gone, 'announce', at(6))).toThrow(/no new key/);
    }
  });
  it('before it signed: the other one goes on', () => {
    const gone = takeStep(after(one, 'announce'), 'withdraw', at(5, { key: 'new-01234' }));
    expect([rolesOf(gone), currentOf(gone).id.slice(0, 3)]).toEqual([{ old: 'current', new: 'withdrawn' }, 'old']);
  });
  it('is not withdrawn without another one, nor by a name that is too short or fits two', () => {
    const alone = ringOf('saml-signing', noRings, [held('old', 'current')]);
    expect(() => takeStep(alone, 'withdraw', at(5, { key: 'old-01234' }))).toThrow(/keys new/);
    for (const key of ['old', null, 'nobody-0123']) expect(() => takeStep(one, 'withdraw', at(5, { key }))).toThrow(/eight letters/);
    const twins = ringOf('saml-signing', noRings, [{ ...held('old', 'current'), id: 'same-0123456789a' }, { ...held('new', 'made'), id: 'same-0123456789b' }]);
    expect(() => takeStep(twins, 'withdraw', at(5, { key: 'same-0123' }))).toThrow(/eight letters/);
  });
});

describe('keys that nobody gave an order for', () => {
  it('stand as the files lie; one that comes after the first order is only made', () => {
    const keys = [held('old', 'current'), held('new', 'next')];
    expect(rolesOf(ringOf('saml-signing', noRings, keys))).toEqual({ old: 'current', new: 'next' });
    const rings = { revision: 3, rings: { 'saml-signing': ringOf('saml-signing', noRings, keys) } };
    expect(rolesOf(ringOf('saml-signing', rings, [...keys, held('more', 'next')]))).toEqual({ old: 'current', new: 'next', more: 'made' });
  });
  it('a step is one of five', () => { expect(['announce', 'switch', 'retire', 'back', 'withdraw', 'jump', 'constructor'].map(isStep)).toEqual([true, true, true, true, true, false, false]); });
});

describe('what speaks against a step', () => {
  const readers = [{ id: 'vgr/journal', party: 'vgr', federation: 'sambi', kind: 'saml' }, { id: 'boras/labb', party: 'boras', federation: 'inera', kind: 'saml' }, { id: 'vgr/app', party: 'vgr', federation: 'inera', kind: 'oidc' }] as const;
  const row = (consumer: string, what: Watch['fetches'][number]['what'], revision: number, last = NOW): Watch['fetches'][number] => ({ consumer, what, agent: 'x', count: 1, first: last, last, revision });
  const watch = (fetches: Watch['fetches'], now = NOW): Watch => ({ readers, fetches, now, echoSeconds: 28_800 });
  const announced = after(one, 'announce');
  const waiting = (fetches: Watch['fetches'], ring: Ring = announced): readonly string[] => waitingFor('saml-signing', ring, watch(fetches)).map(({ id }) => id);
  it('services that have not read the next key under their own name since it was published', () => {
    expect(waiting([])).toEqual(['vgr/journal', 'boras/labb']);
    expect(waiting([row('service vgr/journal', 'feed', 1)])).toEqual(['boras/labb']);
    expect(waiting([row('service vgr/journal', 'feed', 0), row('service vgr/journal', 'jwks', 1), row('party vgr', 'feed', 1), row('address 10.0.0.1', 'metadata', 1)])).toEqual(['vgr/journal', 'boras/labb']);
  });
  it.each([['vgr/journal', ['boras/labb']], ['boras', ['vgr/journal']], ['inera', ['vgr/journal']]])('%s said so by another way', (who, left) => { expect(waiting([], takeWord(announced, who))).toEqual(left); });
  it('of one service alone, when it alone is switched', () => {
    const fetches = [row('service vgr/journal', 'metadata', 1)];
    expect(obstaclesTo('switch', 'saml-signing', announced, ['vgr/journal'], watch(fetches))).toEqual([]);
    expect(obstaclesTo('switch', 'saml-signing', announced, [], watch(fetches))).toEqual(['1 service is not known to have the next key: boras/labb']);
  });
  it('a key set that was published for less than a day', () => {
    expect(obstaclesTo('switch', 'oidc-rsa', announced, [], watch([], NOW + 24 * HOUR))).toHaveLength(1);
    expect(obstaclesTo('switch', 'oidc-rsa', announced, [], watch([], NOW + 25 * HOUR))).toEqual([]);
  });
  it('what the old key signed is still under way: an hour for SAML, a session for OpenID Connect', () => {
    const switched = after(one, 'announce', 'switch');
    const against = (use: 'saml-signing' | 'oidc-rsa', hours: number): number => obstaclesTo('retire', use, switched, [], watch([], NOW + (2 + hours) * HOUR)).length;
    expect([against('saml-signing', 0.9), against('saml-signing', 1), against('oidc-rsa', 7.9), against('oidc-rsa', 8)]).toEqual([1, 0, 1, 0]);
  });
  it('readers of what only the old metadata key signs, until they read with the new one', () => {
    const late = row('address 10.0.0.1', 'previous-feed', 2, NOW + HOUR);
    expect(stillOnPrevious(watch([late]), NOW)).toEqual(['address 10.0.0.1']);
    expect(stillOnPrevious(watch([late]), NOW + 2 * HOUR)).toEqual([]);
    expect(stillOnPrevious(watch([late, row('address 10.0.0.1', 'feed', 2, NOW + 2 * HOUR)]), NOW)).toEqual([]);
  });
});
