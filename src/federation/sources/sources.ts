/** All sources: what is due is fetched, what files of ours name is looked up, and operations hear how each of them does. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toBrygganError } from '../../core/errors.ts';
import type { Instant, Log } from '../../core/ports.ts';
import { writeWhole } from '../../core/whole-file.ts';
import { documentOf, heldBackBy, writtenEnd } from './entity.ts';
import type { SourceSettings, SourceStatus, Supplied, Wanted } from './model.ts';
import { Slot, type SlotPorts } from './slot.ts';

export interface SourcesOptions extends SlotPorts {
  readonly sources: readonly SourceSettings[];
  readonly log: Log;
  /** Reads a document as the registry will; throws when it cannot be used. */
  readonly check: (bytes: Buffer, role: Wanted['role'], file: string) => void;
}
export interface MetadataSources {
  /** Changes when `supply` may give something else. */
  revision(): string;
  supply(wanted: readonly Wanted[]): Promise<Supplied>;
  /** Fetches what is due. Never throws. */
  round(): Promise<void>;
  /** Fetches now, whatever is due; null = every source. Never throws: see the status. */
  refresh(id: string | null, options?: { readonly anyway?: boolean }): Promise<readonly SourceStatus[]>;
  status(): readonly SourceStatus[];
  /** What was kept over the restart is verified; until then what served before serves. */
  readonly ready: Promise<unknown>;
  start(): void;
  stop(): void;
}

export const SUPPLIED_FILE = 'supplied.json';
const ROUND_MILLISECONDS = 1000;
const ENDING_MILLISECONDS = 86_400_000;
const hash = (entityId: string): string => createHash('sha1').update(entityId).digest('hex');
const mdqUrl = (base: string, entityId: string): string => `${base.replace(/\/$/, '')}/entities/%7Bsha1%7D${hash(entityId)}`; // [MDQ §3.1, MDQ-SAML §3.2]

interface Row { readonly settings: SourceSettings; readonly slots: Map<string, Slot>; missing: { readonly file: string; readonly why: string }[] }

const alarmOf = ({ settings, slots }: Row, now: Instant): SourceStatus['alarm'] => {
  const all = [...slots.values()];
  if (settings.kind === 'mdq' && all.length === 0) return 'ok';
  if (all.some((slot) => slot.fetchedAt === null)) return 'never';
  if (all.some((slot) => slot.document() === null)) return 'ended';
  if (all.some(({ validUntil }) => validUntil !== null && validUntil - now < ENDING_MILLISECONDS && validUntil - now < (settings.longestValiditySeconds * 1000) / 4)) return 'ending';
  return all.some(({ error, fetchedAt }) => error !== null || now - (fetchedAt ?? 0) > settings.everySeconds * 3000) ? 'late' : 'ok';
};
const statusOf = (row: Row, now: Instant): SourceStatus => {
  const slots = [...row.slots.values()];
  const least = (values: readonly (number | null)[]): number | null => (values.some((value) => value !== null) ? Math.min(...values.filter((value) => value !== null)) : null);
  const { id, kind, url } = row.settings;
  return {
    id, kind, url, alarm: alarmOf(row, now), fetchedAt: slots.some(({ fetchedAt }) => fetchedAt === null) ? null : least(slots.map(({ fetchedAt }) => fetchedAt)), validUntil: least(slots.map(({ validUntil }) => validUntil)),
    entities: slots.reduce((sum, { entities }) => sum + entities, 0), lastError: slots.map(({ error }) => error).find((error) => error !== null) ?? null, missing: row.missing,
  };
};

/** The metadata; null when a signed document says that it is not, or not any more, to be used; a sentence when nothing is known. */
const find = async (one: Wanted, row: Row, slot: Slot, { clock, check }: SourcesOptions): Promise<Buffer | null | string> => {
  const document = slot.document();
  if (document === null) return 'has no good document';
  const found = await document.find(one.entityId);
  if (found === undefined) {
    // Only a signed list can say that somebody is no longer in it.
    if (row.settings.kind !== 'aggregate') return 'is about another entity';
    row.missing.push({ file: `${one.key}.yaml`, why: 'is not in it' });
    return null;
  }
  const why = heldBackBy(found.element, row.settings.filters);
  if (why !== null) {
    row.missing.push({ file: `${one.key}.yaml`, why });
    return null;
  }
  const bytes = documentOf(found, clock.now());
  check(bytes, one.role, `${one.key}.xml`);
  return bytes;
};
const supplyFrom = async (wanted: readonly Wanted[], rows: ReadonlyMap<string, Row>, slotFor: (row: Row, one: Wanted) => Promise<Slot>, options: SourcesOptions): Promise<Supplied> => {
  const { log, directory } = options;
  for (const row of rows.values()) row.missing = [];
  const supplied = new Map<string, Buffer | null>();
  for (const one of wanted) {
    const row = rows.get(one.source);
    if (row === undefined) {
      log.error({ file: `${one.key}.yaml`, source: one.source }, 'names a metadata source that is not configured');
      continue;
    }
    const may = row.settings.parties?.includes(one.party) !== false;
    const found = may ? await slotFor(row, one).then((slot) => find(one, row, slot, options)).catch((error: unknown) => toBrygganError(error).detail) : `may not speak for ${one.party}`;
    if (typeof found === 'string') row.missing.push({ file: `${one.key}.yaml`, why: found });
    else supplied.set(`${one.key}.xml`, found);
  }
  // A query server is not asked for what nobody names any more.
  for (const { settings, slots } of rows.values()) if (settings.kind === 'mdq') for (const entityId of slots.keys()) if (!wanted.some((one) => one.source === settings.id && one.entityId === entityId)) slots.delete(entityId);
  if (rows.size > 0) await keepSupplied(directory, supplied).catch((error: unknown) => log.error({ detail: toBrygganError(error).detail }, 'what sources supply could not be written for the command line'));
  return supplied;
};

export const openSources = (options: SourcesOptions): MetadataSources => {
  const { clock, log } = options;
  const told = new Map<string, string>();
  const rows = new Map(options.sources.map((settings): [string, Row] => [settings.id, { settings, slots: new Map(), missing: [] }]));
  for (const { settings, slots } of rows.values()) if (settings.kind !== 'mdq') slots.set('', new Slot(settings, options, { name: settings.id, url: settings.url }));
  const slotFor = async ({ settings, slots }: Row, { entityId }: Wanted): Promise<Slot> => {
    const key = settings.kind === 'mdq' ? entityId : '';
    const known = slots.get(key);
    if (known !== undefined) return known;
    const made = new Slot(settings, options, { name: `${settings.id}.${hash(entityId)}`, url: mdqUrl(settings.url, entityId) });
    slots.set(key, made);
    await made.open();
    return made;
  };
  const tell = (row: Row): void => {
    const { id, alarm, lastError } = statusOf(row, clock.now());
    const now = `${alarm} ${lastError?.detail ?? ''}`;
    if (told.get(id) === now) return;
    told.set(id, now);
    if (alarm !== 'ok') log.error({ source: id, alarm, code: lastError?.code, detail: lastError?.detail }, 'a metadata source is not well');
  };
  const fetch = async (row: Row, slots: readonly Slot[], anyway: boolean): Promise<void> => {
    for (const slot of slots) await slot.refresh({ anyway });
    tell(row);
  };
  const status = (): readonly SourceStatus[] => [...rows.values()].map((row) => statusOf(row, clock.now()));
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;
  const round = (): Promise<void> => {
    const done = running.then(async () => {
      await Promise.all([...rows.values()].map((row) => fetch(row, [...row.slots.values()].filter(({ due }) => due <= clock.now()), false)));
    });
    running = done;
    return done;
  };
  const ready = Promise.all([...rows.values()].flatMap(({ slots }) => [...slots.values()].map((slot) => slot.open())));
  return {
    round, status, ready,
    supply: (wanted) => supplyFrom(wanted, rows, slotFor, options),
    revision: () => [...rows.values()].flatMap(({ slots }) => [...slots].map(([key, slot]) => `${key}:${String(slot.generation)}:${String(slot.validUntil === null ? 0 : writtenEnd(slot.validUntil, clock.now()))}`)).join('|'),
    refresh: async (id, { anyway = false } = {}) => {
      await Promise.all([...rows.values()].filter(({ settings }) => id === null || settings.id === id).map((row) => fetch(row, [...row.slots.values()], anyway)));
      return status();
    },
    start: () => {
      let busy = false;
      timer = setInterval(() => {
        if (busy) return;
        busy = true;
        void round().finally(() => { busy = false; });
      }, ROUND_MILLISECONDS).unref();
    },
    stop: () => { if (timer !== null) clearInterval(timer); },
  };
};

/** For the command line, which fetches nothing itself. */
const keepSupplied = async (directory: string, supplied: Supplied): Promise<void> => {
  await writeWhole(join(directory, SUPPLIED_FILE), JSON.stringify(Object.fromEntries([...supplied].map(([name, bytes]) => [name, bytes === null ? null : bytes.toString('base64')]))));
};
