/**
 * The rings of this node: kept in a file of the state directory, told to the other nodes through the shared store, changed by orders
 * alone. A change is on record before it serves, and serves here before it is written.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, toBrygganError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { FetchBook, FetchRow } from './fetches.ts';
import { noRings, publishedRoles, type HeldKey, type KeyUse, type Ring, type Rings, type Step } from './model.ts';
import { createNodes, parseShared, type Shared } from './nodes.ts';
import { nextOf, ringOf, takeStep, takeWord } from './ring.ts';
import { obstaclesTo, type KeyReader, type Watch } from './obstacles.ts';

/** For the trail. */
export interface StepFacts { readonly by: string; readonly use: KeyUse; readonly step: string; readonly key: string | null; readonly services: readonly string[]; readonly past: readonly string[] }
export interface KeyringPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly node: string;
  readonly file: string;
  readonly shared: Shared;
  /** True to exactly one node for one revision. */
  readonly claim: (revision: number) => Promise<boolean>;
  /** Keys of this node, as they lie now. */
  readonly held: () => readonly HeldKey[];
  /** File of a new key. */
  readonly make: (use: KeyUse) => string;
  readonly readers: () => readonly KeyReader[];
  /** How long a session lasts at most: an ID token of its beginning comes back at its end. */
  readonly echoSeconds: number;
  /** Makes these rings serve here; what fails leaves the ones before serving. `urgent`: a key is in other hands, what can follow does. */
  readonly serve: (rings: Rings, urgent: boolean) => Promise<void>;
  readonly record: (facts: StepFacts) => Promise<void>;
}
export interface KeyOrder { readonly use: KeyUse; readonly step: Step; readonly services: readonly string[]; readonly key: string | null; readonly by: string; /** Past what speaks against it. */ readonly anyway: boolean }
export interface NodeView { readonly node: string; readonly revision: number; readonly upToDate: boolean }
export interface Keyring {
  rings(): Rings;
  ring(use: KeyUse): Ring;
  held(): readonly HeldKey[];
  readonly book: FetchBook;
  /** Errors: `command.usage` when there is no such step, `key.waits` with what speaks against it. */
  order(order: KeyOrder): Promise<void>;
  /** Makes a key that nobody is told of yet; its file. */
  add(use: KeyUse, by: string): Promise<string>;
  /** Somebody has the next key, by another way than reading it here. */
  tell(use: KeyUse, who: string, by: string): Promise<void>;
  obstacles(use: KeyUse, step: Step, services: readonly string[]): Promise<readonly string[]>;
  fetches(): Promise<readonly FetchRow[]>;
  nodes(): Promise<readonly NodeView[]>;
  watch(): Promise<Watch>;
  /** Hears the other nodes and is heard; what the timer does. */
  exchange(): Promise<void>;
  start(): void;
  stop(): void;
}

const NAME = 'key-rings';
const EXCHANGE_MILLISECONDS = 5000;

export const readRings = (file: string): Rings => {
  if (!existsSync(file)) return noRings;
  const rings = parseShared<Rings | null>(readFileSync(file, 'utf8'), null);
  // Which key signs is not to be guessed.
  return rings !== null && Number.isInteger(rings.revision) ? rings : fail('key.invalid', `${file} cannot be read: bring it from another node or a backup`);
};
const writeRings = (file: string, rings: Rings): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(rings, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};
/** One piece of work after the other. */
const inTurn = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let working: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = working.then(work);
    working = next.catch(() => undefined);
    return next;
  };
};

export const createKeyring = (ports: KeyringPorts): Keyring => {
  const { clock, log, shared, file } = ports;
  const nodes = createNodes(ports.node, shared, clock);
  const alone = inTurn();
  let rings = readRings(file);
  let timer: NodeJS.Timeout | undefined;
  const ring = (use: KeyUse): Ring => ringOf(use, rings, ports.held());
  const say = (): Promise<void> => nodes.say(rings.revision, ports.held().map(({ id }) => id));
  const withdrawn = ({ rings: all }: Rings): number => Object.values(all).flatMap(({ keys }) => keys).filter(({ role }) => role === 'withdrawn').length;
  const take = async (wanted: Rings): Promise<void> => {
    await ports.serve(wanted, withdrawn(wanted) > withdrawn(rings));
    rings = wanted;
    writeRings(file, wanted);
  };
  const exchange = async (): Promise<void> => {
    // A node that cannot follow is still heard: the others must see that it is behind.
    await say();
    const wanted = parseShared<Rings>(await shared.get(NAME), noRings);
    if (wanted.revision < rings.revision) return shared.set(NAME, JSON.stringify(rings));
    if (wanted.revision === rings.revision) return;
    await take(wanted);
    await say();
    log.info({ revision: wanted.revision }, 'keys changed on another node and changed here');
  };
  const watch = async (): Promise<Watch> => ({ readers: ports.readers(), fetches: await nodes.fetches(), now: clock.now(), echoSeconds: ports.echoSeconds });
  const obstacles = async (use: KeyUse, step: Step, services: readonly string[]): Promise<readonly string[]> => obstaclesTo(step, use, ring(use), services, await watch());
  /** Nodes that could not do what the ring after the step asks of them. */
  const laggards = async (after: Ring): Promise<readonly string[]> => {
    const needed = after.keys.filter(({ role }) => publishedRoles.includes(role)).map(({ id }) => id);
    return (await nodes.live()).flatMap((row) => [
      ...(row.revision === rings.revision ? [] : [`node ${row.node} has not taken the step before`]),
      ...(needed.every((id) => row.holds.includes(id)) ? [] : [`node ${row.node} does not have the key: copy its files there`]),
    ]);
  };
  const settle = async (after: Ring, facts: StepFacts): Promise<void> => {
    const wanted: Rings = { revision: rings.revision + 1, rings: { ...rings.rings, [facts.use]: after } };
    if (!await ports.claim(wanted.revision)) fail('key.waits', 'another node takes a step at this moment: look at bryggan keys list and try again');
    await ports.record(facts);
    await take(wanted);
    await shared.set(NAME, JSON.stringify(wanted));
    await say();
  };
  const step = async ({ use, step: wanted, services, key, by, anyway }: KeyOrder): Promise<void> => {
    const unknown = services.filter((id) => !ports.readers().some((reader) => reader.kind !== 'idp' && reader.id === id));
    if (unknown.length > 0) fail('command.usage', `there is no service ${unknown.join(', ')}`);
    if (services.length > 0 && use !== 'saml-signing') fail('command.usage', 'only the key that signs SAML answers is switched per service');
    const before = ring(use);
    const after = takeStep(before, wanted, { now: clock.now(), revision: rings.revision + 1, services, key });
    const missing = wanted === 'retire' ? [] : await laggards(after);
    // A leaked key is taken away from those that can, at once.
    if (missing.length > 0 && wanted !== 'withdraw') fail('key.waits', missing.join('; '));
    const against = await obstacles(use, wanted, services);
    if (against.length > 0 && !anyway) fail('key.waits', `${against.join('; ')}. Look at bryggan keys list --use ${use}; --anyway goes past it, on record`);
    const changed = after.keys.find(({ id, role }) => before.keys.find((one) => one.id === id)?.role !== role) ?? nextOf(after);
    await settle(after, { use, by, step: wanted, key: changed?.id ?? null, services, past: [...against, ...missing] });
  };
  const afterHearing = <T>(work: () => Promise<T>): Promise<T> => alone(async () => { await exchange(); return work(); });
  const attempt = (): void => { alone(exchange).catch((error: unknown) => log.warn({ detail: toBrygganError(error).detail }, 'keys could not be brought in step with the other nodes')); };

  return {
    rings: () => rings, ring, held: ports.held, book: nodes.book, exchange: () => alone(exchange), fetches: nodes.fetches, watch, obstacles,
    nodes: async () => (await nodes.live()).map(({ node, revision }) => ({ node, revision, upToDate: revision === rings.revision })),
    order: (order) => afterHearing(() => step(order)),
    add: (use, by) => afterHearing(async () => {
      // Roles are written down as they were before the file: from now on the order of files says nothing.
      const before = ring(use);
      const made = ports.make(use);
      await settle(before, { use, by, step: 'new', key: null, services: [], past: [] });
      return made;
    }),
    tell: (use, who, by) => afterHearing(async () => {
      const known = ports.readers().flatMap(({ id, party, federation }) => [id, party, federation]);
      if (!known.includes(who)) fail('command.usage', `${who} is no service, IdP, party or federation of ours`);
      await settle(takeWord(ring(use), who), { use, by, step: 'told', key: nextOf(ring(use))?.id ?? null, services: [who], past: [] });
    }),
    start: () => {
      attempt();
      timer = setInterval(attempt, EXCHANGE_MILLISECONDS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
};
