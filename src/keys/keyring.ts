/**
 * The rings of this node: kept in a file of the state directory, told to the other nodes through the shared store, changed by orders
 * alone. A change serves here before it is written, and is on record before it serves.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fail, toBrygganError } from '../core/errors.ts';
import type { Clock, Instant, Log } from '../core/ports.ts';
import { createFetchBook, mergeFetches, type FetchBook, type FetchRow } from './fetches.ts';
import { noRings, publishedRoles, type HeldKey, type KeyUse, type Ring, type Rings, type Step } from './model.ts';
import { nextOf, ringOf, takeStep, takeWord } from './ring.ts';
import { obstaclesTo, type KeyReader, type Watch } from './obstacles.ts';

interface NodeRow { readonly node: string; readonly revision: number; readonly holds: readonly string[]; readonly seenAt: Instant }
export interface KeyringPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly node: string;
  readonly file: string;
  /** Small durable values that all nodes see. */
  readonly shared: { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> };
  /** True to exactly one node for one revision. */
  readonly claim: (revision: number) => Promise<boolean>;
  /** Keys of this node, as they lie now. */
  readonly held: () => readonly HeldKey[];
  readonly make: (use: KeyUse) => string;
  readonly readers: () => readonly KeyReader[];
  readonly echoSeconds: number;
  /** Makes these rings serve here; what fails leaves the ones before serving. */
  readonly serve: (rings: Rings) => Promise<void>;
  readonly record: (facts: { readonly by: string; readonly use: KeyUse; readonly step: string; readonly key: string | null; readonly services: readonly string[]; readonly past: readonly string[] }) => Promise<void>;
}
export interface KeyOrder { readonly use: KeyUse; readonly step: Step; readonly services: readonly string[]; readonly key: string | null; readonly by: string; /** Past what speaks against it. */ readonly anyway: boolean }
export interface NodeView { readonly node: string; readonly revision: number; readonly upToDate: boolean; readonly holds: readonly string[] }
export interface Keyring {
  rings(): Rings;
  ring(use: KeyUse): Ring;
  held(): readonly HeldKey[];
  readonly book: FetchBook;
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

const RINGS = 'key-rings';
const NODES = 'key-nodes';
const EXCHANGE_MILLISECONDS = 2000;
/** Silent for so long: not counted among those that must follow. */
const SILENT_MILLISECONDS = 60_000;
const FORGOTTEN_MILLISECONDS = 90 * 86_400_000;

const parse = <T>(text: string | undefined, otherwise: T): T => {
  try {
    return text === undefined ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
};
export const readRings = (file: string): Rings => {
  if (!existsSync(file)) return noRings;
  const rings = parse<Rings | null>(readFileSync(file, 'utf8'), null);
  // Which key signs is not to be guessed.
  return rings !== null && Number.isInteger(rings.revision) ? rings : fail('key.invalid', `${file} cannot be read: bring it from another node or a backup`);
};
const writeRings = (file: string, rings: Rings): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(rings, null, 1), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

export const createKeyring = (ports: KeyringPorts): Keyring => {
  const { clock, log, node, shared, file } = ports;
  const book = createFetchBook(clock);
  let rings = readRings(file);
  let told = -1;
  let loaded = false;
  let working: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = working.then(work);
    working = next.catch(() => undefined);
    return next;
  };
  const ring = (use: KeyUse): Ring => ringOf(use, rings, ports.held());
  const fetchesOf = (name: string): Promise<readonly FetchRow[]> => shared.get(`key-fetches:${name}`).then((text) => parse<readonly FetchRow[]>(text, []));
  const rowsOfNodes = async (): Promise<readonly NodeRow[]> => parse<readonly NodeRow[]>(await shared.get(NODES), []);

  const take = async (wanted: Rings): Promise<void> => {
    await ports.serve(wanted);
    rings = wanted;
    writeRings(file, wanted);
  };
  const hear = async (): Promise<void> => {
    const wanted = parse<Rings>(await shared.get(RINGS), noRings);
    if (wanted.revision > rings.revision) {
      await take(wanted);
      log.info({ revision: wanted.revision }, 'keys changed on another node and changed here');
    } else if (wanted.revision < rings.revision) await shared.set(RINGS, JSON.stringify(rings));
  };
  const say = async (): Promise<void> => {
    const now = clock.now();
    const others = (await rowsOfNodes()).filter((row) => row.node !== node && now - row.seenAt < FORGOTTEN_MILLISECONDS);
    const own: NodeRow = { node, revision: rings.revision, holds: ports.held().map(({ id }) => id), seenAt: now };
    await shared.set(NODES, JSON.stringify([...others, own]));
    if (!loaded) book.load(await fetchesOf(node));
    loaded = true;
    if (told === book.version) return;
    told = book.version;
    await shared.set(`key-fetches:${node}`, JSON.stringify(book.rows()));
  };
  const exchange = async (): Promise<void> => { await hear(); await say(); };
  const fetches = async (): Promise<readonly FetchRow[]> => mergeFetches([book.rows(), ...(await Promise.all((await rowsOfNodes()).filter((row) => row.node !== node).map((row) => fetchesOf(row.node))))]);
  const watch = async (): Promise<Watch> => ({ readers: ports.readers(), fetches: await fetches(), now: clock.now(), echoSeconds: ports.echoSeconds });
  const liveNodes = async (): Promise<readonly NodeRow[]> => (await rowsOfNodes()).filter(({ seenAt }) => clock.now() - seenAt < SILENT_MILLISECONDS);
  /** Nodes that could not do what the ring after the step asks of them. */
  const laggards = async (after: Ring): Promise<readonly string[]> => {
    const needed = after.keys.filter(({ role }) => publishedRoles.includes(role)).map(({ id }) => id);
    return (await liveNodes()).flatMap((row) => [
      ...(row.revision === rings.revision ? [] : [`node ${row.node} has not taken the step before`]),
      ...(needed.every((id) => row.holds.includes(id)) ? [] : [`node ${row.node} does not have the key: copy its files there`]),
    ]);
  };
  const settle = async (use: KeyUse, after: Ring, facts: Omit<Parameters<KeyringPorts['record']>[0], 'use'>): Promise<void> => {
    const wanted: Rings = { revision: rings.revision + 1, rings: { ...rings.rings, [use]: after } };
    if (!await ports.claim(wanted.revision)) fail('key.waits', 'another node takes a step at this moment: look at bryggan keys list and try again');
    await ports.record({ ...facts, use });
    await take(wanted);
    await shared.set(RINGS, JSON.stringify(wanted));
    await say();
  };
  const caseOf = (services: readonly string[], key: string | null) => ({ now: clock.now(), revision: rings.revision + 1, services, key });
  const obstacles = async (use: KeyUse, step: Step, services: readonly string[]): Promise<readonly string[]> => obstaclesTo(step, use, ring(use), services, await watch());

  return {
    rings: () => rings, ring, held: ports.held, book, exchange: () => alone(exchange), fetches, watch, obstacles,
    nodes: async () => (await liveNodes()).map(({ node: name, revision, holds }) => ({ node: name, revision, upToDate: revision === rings.revision, holds })),
    order: (order) => alone(async () => {
      await exchange();
      const { use, step, services, key, by, anyway } = order;
      const unknown = services.filter((id) => !ports.readers().some((reader) => reader.id === id));
      if (unknown.length > 0) fail('command.usage', `there is no service ${unknown.join(', ')}`);
      if (services.length > 0 && use !== 'saml-signing') fail('command.usage', 'only the key that signs SAML answers is switched per service');
      const before = ring(use);
      const after = takeStep(before, step, caseOf(services, key));
      const missing = step === 'retire' ? [] : await laggards(after);
      if (missing.length > 0 && step !== 'withdraw') fail('key.waits', missing.join('; '));
      const against = await obstacles(use, step, services);
      if (against.length > 0 && !anyway) fail('key.waits', `${against.join('; ')}. Look at bryggan keys list --use ${use}; --anyway goes past it`);
      const changed = after.keys.find(({ id, role }) => before.keys.find((one) => one.id === id)?.role !== role) ?? nextOf(after);
      await settle(use, after, { by, step, key: changed?.id ?? null, services, past: [...against, ...missing] });
    }),
    add: (use, by) => alone(async () => {
      await exchange();
      const before = ring(use);
      // Roles are fixed before a file is added: from now on the order of files says nothing.
      await settle(use, before, { by, step: 'new', key: null, services: [], past: [] });
      const made = ports.make(use);
      await say();
      return made;
    }),
    tell: (use, who, by) => alone(async () => {
      await exchange();
      const known = ports.readers().flatMap(({ id, party, federation }) => [id, party, federation]);
      if (!known.includes(who)) fail('command.usage', `${who} is no service, party or federation of ours`);
      await settle(use, takeWord(ring(use), who), { by, step: 'told', key: nextOf(ring(use))?.id ?? null, services: [who], past: [] });
    }),
    start: () => {
      const tell = (error: unknown): void => log.warn({ detail: toBrygganError(error).detail }, 'keys could not be compared with the other nodes');
      const attempt = (): void => { alone(exchange).catch(tell); };
      attempt();
      timer = setInterval(attempt, EXCHANGE_MILLISECONDS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
};
