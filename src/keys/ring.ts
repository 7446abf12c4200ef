/** The steps of a rollover: pure, each undone by `back` except a withdrawal. */
import { fail } from '../core/errors.ts';
import type { Instant } from '../core/ports.ts';
import type { HeldKey, KeyRole, KeyUse, Ring, RingKey, Rings, Step } from './model.ts';

/** As orders left it, with keys that are new on this node; without any order as the files lie. */
export const ringOf = (use: KeyUse, { rings }: Rings, held: readonly HeldKey[]): Ring => {
  const own = held.filter((key) => key.use === use);
  const recorded = rings[use];
  if (recorded === undefined) {
    const keys = own.map(({ id, role, since }): RingKey => ({ id, role, since, publishedAt: 0 }));
    return { keys, early: [], told: [], done: keys.some(({ role }) => role === 'next') ? ['announce'] : [] };
  }
  const known = new Set(recorded.keys.map(({ id }) => id));
  return { ...recorded, keys: [...recorded.keys, ...own.filter(({ id }) => !known.has(id)).map(({ id, since }): RingKey => ({ id, role: 'made', since, publishedAt: 0 }))] };
};
export const keysIn = ({ keys }: Ring, role: KeyRole): readonly RingKey[] => keys.filter((key) => key.role === role);
export const currentOf = (ring: Ring): RingKey => keysIn(ring, 'current')[0] ?? fail('key.invalid', 'no key of this use signs');
export const nextOf = (ring: Ring): RingKey | undefined => keysIn(ring, 'next')[0];
/** The key that signs for a service; null: for nobody in particular. */
export const signsFor = (ring: Ring, service: string | null): RingKey => (service !== null && ring.early.includes(service) ? nextOf(ring) : undefined) ?? currentOf(ring);

export interface StepCase {
  readonly now: Instant;
  /** Of the rings after the step. */
  readonly revision: number;
  /** `switch` and `back`: for these services alone. */
  readonly services: readonly string[];
  /** `withdraw`: beginning of the key's id. */
  readonly key: string | null;
}
const refuse = (why: string): never => fail('command.usage', why);
const become = (ring: Ring, changes: ReadonlyMap<string, KeyRole>, { now, revision }: StepCase): readonly RingKey[] => ring.keys.map((key): RingKey => {
  const role = changes.get(key.id);
  return role === undefined || role === key.role ? key : { ...key, role, since: now, publishedAt: key.role === 'made' ? revision : key.publishedAt };
});
const latest = (keys: readonly RingKey[]): RingKey | undefined => keys.toSorted((a, b) => b.since - a.since)[0];

const announce = (ring: Ring, step: StepCase): Ring => {
  if (nextOf(ring) !== undefined) return refuse('a next key is published already: switch to it, or go back');
  const made = latest(keysIn(ring, 'made')) ?? refuse('there is no new key: bryggan keys new');
  return { ...ring, keys: become(ring, new Map([[made.id, 'next']]), step), told: [], done: [...ring.done, 'announce'] };
};
const switchTo = (ring: Ring, step: StepCase): Ring => {
  const next = nextOf(ring) ?? refuse('no next key is published: announce one first');
  if (step.services.length > 0) return { ...ring, early: [...new Set([...ring.early, ...step.services])].toSorted() };
  return { ...ring, keys: become(ring, new Map([[next.id, 'current'], [currentOf(ring).id, 'previous']]), step), early: [], done: [...ring.done, 'switch'] };
};
const retire = (ring: Ring, step: StepCase): Ring => {
  const previous = keysIn(ring, 'previous');
  if (previous.length === 0) return refuse('no old key is published any more');
  return { ...ring, keys: become(ring, new Map(previous.map(({ id }) => [id, 'retired'])), step), told: [], done: [...ring.done, 'retire'] };
};
const undo: Readonly<Record<Ring['done'][number], (ring: Ring) => ReadonlyMap<string, KeyRole>>> = {
  announce: (ring) => new Map([[(nextOf(ring) ?? refuse('the announced key is gone')).id, 'made']]),
  switch: (ring) => new Map([[currentOf(ring).id, 'next'], [(latest(keysIn(ring, 'previous')) ?? refuse('the key before is gone')).id, 'current']]),
  retire: (ring) => {
    const last = latest(keysIn(ring, 'retired')) ?? refuse('the retired key is gone');
    return new Map(keysIn(ring, 'retired').filter(({ since }) => since === last.since).map(({ id }) => [id, 'previous']));
  },
};
const back = (ring: Ring, step: StepCase): Ring => {
  if (ring.early.length > 0) return { ...ring, early: step.services.length === 0 ? [] : ring.early.filter((service) => !step.services.includes(service)) };
  const last = ring.done.at(-1) ?? refuse('there is no step to go back from');
  return { ...ring, keys: become(ring, undo[last](ring), step), done: ring.done.slice(0, -1) };
};
/** At once, whoever has read what: from now on the key is in other hands. */
const withdraw = (ring: Ring, step: StepCase): Ring => {
  const found = ring.keys.filter(({ id, role }) => role !== 'withdrawn' && step.key !== null && step.key.length >= 8 && id.startsWith(step.key));
  const [gone, more] = found;
  if (gone === undefined || more !== undefined) return refuse('name one key by at least eight letters of its id: bryggan keys list');
  if (gone.role !== 'current') return { ...ring, keys: become(ring, new Map([[gone.id, 'withdrawn']]), step), early: gone.role === 'next' ? [] : ring.early, done: [] };
  const heir = nextOf(ring) ?? latest(keysIn(ring, 'made')) ?? refuse('no other key is there to sign: bryggan keys new, then this again');
  return { ...ring, keys: become(ring, new Map([[gone.id, 'withdrawn'], [heir.id, 'current']]), step), early: [], told: [], done: [] };
};
const steps: Readonly<Record<Step, (ring: Ring, step: StepCase) => Ring>> = { announce, switch: switchTo, retire, back, withdraw };
export const isStep = (text: string): text is Step => Object.hasOwn(steps, text);
/** The ring after the step. Errors: `command.usage` with what to do instead. */
export const takeStep = (ring: Ring, step: Step, at: StepCase): Ring => steps[step](ring, at);
/** Somebody said by telephone or mail that they have the next key. */
export const takeWord = (ring: Ring, who: string): Ring => ({ ...ring, told: [...new Set([...ring.told, who])].toSorted() });
