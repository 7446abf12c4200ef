/**
 * parties/sources: the registry from files. Owns looking for changes, taking them all or nothing, keeping the last good
 * snapshot in memory and on disk, and saying what happened (alarm, audit). Does not own: what a file may say
 * (party-file.ts, service-file.ts), the rules between files (registry.ts), SAML metadata (handed in).
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditEventType } from '../../audit/model.ts';
import { fail, toBrygganError } from '../../core/errors.ts';
import { describeFinding, isError, type Finding } from '../../core/findings.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Instant } from '../../core/ports.ts';
import type { Registry } from '../model.ts';
import { changesBetween, describeChange, isRisky, type Change } from '../../federation/review/changes.ts';
import { addHistory, readHistory, readNote, writeNote } from './history.ts';
import { findLastGood, keepLastGood } from './last-good.ts';
import { overlaid } from './overlay.ts';
import { withoutRisk } from './partial.ts';
import type { Approved, FileRegistry, FileRegistryOptions, PollOutcome, RegistryAlarm, RegistryStatus } from './file-registry.ts';
import { loadTree, versionFor, type Loaded } from './load.ts';
import type { ParseCache } from './parse-tree.ts';
import { readSignature as readDisk, readTree, versionOf, type Tree } from './tree.ts';

/** A change counts when two reads this far apart give the same content: a copy under way is not a change yet. */
const SETTLE_MILLISECONDS = 500;
const POLL_MILLISECONDS = 2000;
const PLACES_IN_AUDIT = 20;
/** Stands for a version where the files could not even be read. */
const UNREADABLE = 'unreadable';

interface Candidate { readonly tree: Tree; readonly loaded: Loaded & { readonly registry: Registry } }
/** Who takes what needs nobody. */
const BY_ITSELF = 'by itself';
/** The files alone, whatever the configuration says. */
const contentOf = (tree: Tree): string => versionOf(tree, '');
const idsOf = (registry: Registry | null): ReadonlySet<string> => new Set(registry === null ? [] : registry.services.keys());

const startFindings = (findings: readonly Finding[]): never => {
  const errors = findings.filter(isError);
  return fail('config.invalid', `${errors.length} fault${errors.length === 1 ? '' : 's'} in parties and services:\n${errors.map(describeFinding).join('\n')}`, { faults: errors.length }, findings);
};
const unreadable = (error: unknown): Finding => ({ file: '.', line: null, column: null, path: '', severity: 'error', rule: 'file', message: `cannot be read: ${toBrygganError(error).detail}`, fix: 'let the service’s user read config/parties and metadata/services' });

/**
 * Reads the files below `root` and returns the registry, serving. When they do not validate, the last good content of `state`
 * serves with an alarm; without one this fails with `config.invalid`, whose cause is the list of all findings.
 */
export const openFileRegistry = async (options: FileRegistryOptions): Promise<FileRegistry> => {
  const registry = new RegistryFromFiles(options);
  await registry.open();
  return registry;
};

class RegistryFromFiles implements FileRegistry {
  readonly #options: FileRegistryOptions;
  readonly #cache: ParseCache = new Map();
  #serving: { readonly registry: Registry; readonly tree: Tree; readonly appliedAt: Instant; readonly warnings: readonly Finding[] } | null = null;
  #alarm: RegistryAlarm | null = null;
  #held: Candidate | null = null;
  /** State of the disk that has been dealt with; null = look again. */
  #seen: string | null = null;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = new AbortController();

  constructor(options: FileRegistryOptions) {
    this.#options = options;
  }

  current(): Registry {
    return this.#serving?.registry ?? fail('internal', 'the registry was asked before it was opened');
  }

  status(): RegistryStatus {
    const { version, parties, services } = this.current();
    return { version, appliedAt: this.#serving?.appliedAt ?? 0, parties: parties.size, services: services.size, warnings: this.#serving?.warnings ?? [], alarm: this.#alarm };
  }

  files(): Tree {
    return this.#serving?.tree ?? new Map();
  }

  async open(): Promise<void> {
    const { state } = this.#options;
    const kept = state === null ? null : await findLastGood(state);
    this.#seen = await this.#signature().catch(() => null);
    const tree = await this.#wanted(kept?.tree).catch((error: unknown) => unreadable(error));
    const loaded: Loaded = 'rule' in tree ? { version: UNREADABLE, registry: null, findings: [tree] } : await loadTree(tree, this.#options, this.#cache);
    const before = kept === null ? null : await loadTree(kept.tree, this.#options, new Map());
    if (loaded.registry !== null && !('rule' in tree)) {
      const candidate = { tree, loaded: { ...loaded, registry: loaded.registry } };
      if (kept === null || before?.registry == null || contentOf(kept.tree) === contentOf(tree)) return this.#take(candidate);
      // A restart is no way around a review.
      this.#serving = { registry: before.registry, tree: kept.tree, appliedAt: kept.appliedAt, warnings: before.findings };
      await this.#decide(candidate);
      return;
    }
    if (kept === null || before?.registry == null) return startFindings(loaded.findings);
    this.#serving = { registry: before.registry, tree: kept.tree, appliedAt: kept.appliedAt, warnings: before.findings };
    await this.#raise('rejected', loaded);
  }

  poll(): Promise<PollOutcome> {
    const look = this.#running.then(() => this.#look()).catch((error: unknown): PollOutcome => {
      if (this.#stopped.signal.aborted) return 'unsettled';
      const { code, detail } = toBrygganError(error);
      this.#options.log.error({ code, detail }, 'looking at the files of parties and services failed');
      this.#seen = null;
      return 'unsettled';
    });
    this.#running = look;
    return look;
  }

  async #signature(): Promise<string> {
    return `${await readDisk(this.#options.root)} ${this.#options.overlay?.revision() ?? ''}`;
  }
  async #wanted(serving: Tree = this.files()): Promise<Tree> {
    return overlaid(await readTree(this.#options.root), serving, this.#options.overlay);
  }

  async #look(): Promise<PollOutcome> {
    const signature = await this.#signature().catch((error: unknown) => this.#unreadable(error));
    if (signature === null) return 'rejected';
    if (signature === this.#seen) return 'unchanged';
    const before = await this.#wanted().catch((error: unknown) => this.#unreadable(error));
    if (before === null) return 'rejected';
    await this.#sleep(SETTLE_MILLISECONDS);
    const tree = await this.#wanted().catch((error: unknown) => this.#unreadable(error));
    if (tree === null) return 'rejected';
    const first = versionFor(before, this.#options.settings);
    const version = versionFor(tree, this.#options.settings);
    if (version !== first) return 'unsettled';
    const outcome = await this.#consider(version, tree);
    this.#seen = signature;
    return outcome;
  }

  /** Told once; looked at again at every round. */
  async #unreadable(error: unknown): Promise<null> {
    this.#seen = null;
    if (this.#alarm?.version !== UNREADABLE) await this.#raise('rejected', { version: UNREADABLE, registry: null, findings: [unreadable(error)] });
    return null;
  }

  async #consider(version: string, tree: Tree): Promise<PollOutcome> {
    if (version === this.current().version) {
      this.#settle();
      return 'unchanged';
    }
    if (version === this.#alarm?.version) return this.#alarm.kind;
    const loaded = await loadTree(tree, this.#options, this.#cache);
    const { registry } = loaded;
    if (registry === null) return this.#raise('rejected', loaded);
    return this.#decide({ tree, loaded: { ...loaded, registry } });
  }

  /** Taken, or held for a person: risky changes under review, and files that were rolled back. */
  async #decide(candidate: Candidate): Promise<'applied' | 'held'> {
    const { reload, state } = this.#options;
    const { rolledBack } = await readNote(state);
    const changes = changesBetween(this.current(), candidate.loaded.registry);
    const again = rolledBack === contentOf(candidate.tree);
    if (!again && (reload === 'auto' || !isRisky(changes))) {
      await this.#take(candidate);
      return 'applied';
    }
    if (!again) await this.#takeRest(candidate, changes);
    this.#held = candidate;
    await this.#record('registry.held', { version: candidate.loaded.version, serving: this.current().version, changes: changes.filter(({ risk }) => risk === 'high').slice(0, PLACES_IN_AUDIT).map(describeChange) });
    return this.#raise('held', candidate.loaded);
  }

  /** What needs nobody does not wait for what does. */
  async #takeRest({ tree }: Candidate, changes: readonly Change[]): Promise<void> {
    if (!changes.some(({ risk }) => risk === 'low')) return;
    const rest = withoutRisk(tree, this.files(), changes);
    const loaded = await loadTree(rest, this.#options, new Map());
    if (loaded.registry !== null && loaded.version !== this.current().version) await this.#take({ tree: rest, loaded: { ...loaded, registry: loaded.registry } });
  }

  held(): { readonly version: string; readonly changes: readonly Change[] } | null {
    return this.#held === null ? null : { version: this.#held.loaded.version, changes: changesBetween(this.current(), this.#held.loaded.registry) };
  }

  apply(by = BY_ITSELF): Promise<Registry | undefined> {
    return this.#inTurn(async () => {
      if (this.#held === null) return undefined;
      await this.#take(this.#held, by);
      return this.current();
    });
  }

  approve({ by, version }: { readonly by: string; readonly version: string | null }): Promise<Approved> {
    const { state, secondPerson, clock } = this.#options;
    return this.#inTurn(async () => {
      const held = this.#held ?? fail('command.usage', 'nothing waits: the files are what serves, or they have faults (bryggan check)');
      const now = held.loaded.version;
      if (version !== null && version !== now) return fail('command.usage', 'the files changed since the plan was made: look at bryggan plan again');
      const changes = changesBetween(this.current(), held.loaded.registry);
      const note = await readNote(state);
      const first = note.approval?.version === now ? note.approval.by : null;
      if (secondPerson === true && isRisky(changes) && (first === null || first === by)) {
        await this.#record('registry.approved', { version: now, by });
        await writeNote(state, { ...note, approval: { version: now, by, at: clock.now() } });
        return { outcome: 'needs-another-person', version: now, changes };
      }
      await this.#take(held, first === null || first === by ? by : `${first} and ${by}`);
      return { outcome: 'applied', version: now, changes };
    });
  }

  rollBack({ by, to }: { readonly by: string; readonly to: string | null }): Promise<Approved> {
    const { state } = this.#options;
    return this.#inTurn(async () => {
      const history = state === null ? [] : await readHistory(state);
      const serving = contentOf(this.files());
      const entry = history.find(({ id, tree }) => (to === null ? contentOf(tree) !== serving : id === to)) ?? fail('command.usage', to === null ? 'there is nothing to go back to' : 'the history has no such entry: bryggan rollback --list');
      const loaded = await loadTree(entry.tree, this.#options, new Map());
      const registry = loaded.registry ?? fail('config.invalid', `what was applied then no longer validates:\n${loaded.findings.filter(isError).map(describeFinding).join('\n')}`);
      const changes = changesBetween(this.current(), registry);
      const wanted = await this.#wanted();
      const { approval } = await readNote(state);
      await writeNote(state, { rolledBack: contentOf(wanted), approval });
      await this.#take({ tree: entry.tree, loaded: { ...loaded, registry } }, by, 'registry.rolled-back');
      // The files are looked at again, and held.
      this.#seen = null;
      return { outcome: 'applied', version: loaded.version, changes };
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#running.then(work);
    this.#running = done.catch(() => undefined);
    return done;
  }

  /** Audit first: what is not on record does not serve. Then memory, then the copy for a restart. */
  async #take({ tree, loaded }: Candidate, by = BY_ITSELF, type: 'registry.applied' | 'registry.rolled-back' = 'registry.applied'): Promise<void> {
    const { clock, state, log } = this.#options;
    const before = this.#serving?.registry ?? null;
    const replaced = this.#serving?.tree;
    const old = idsOf(before);
    const now = idsOf(loaded.registry);
    const changes = before === null ? [] : changesBetween(before, loaded.registry).map(describeChange);
    await this.#record(type, {
      by, changes: changes.slice(0, PLACES_IN_AUDIT), version: loaded.version, previous: before?.version ?? null, parties: loaded.registry.parties.size, services: now.size,
      added: [...now].filter((id) => !old.has(id)).slice(0, before === null ? 0 : PLACES_IN_AUDIT), removed: [...old].filter((id) => !now.has(id)).slice(0, PLACES_IN_AUDIT),
    });
    const appliedAt = clock.now();
    this.#serving = { registry: loaded.registry, tree, appliedAt, warnings: loaded.findings };
    this.#settle();
    log.info({ version: loaded.version, parties: loaded.registry.parties.size, services: now.size, warnings: loaded.findings.length }, 'registry applied');
    if (state === null) return;
    if (before === null || contentOf(tree) !== contentOf(replaced ?? new Map())) await addHistory(state, { version: loaded.version, at: appliedAt, by, changes, tree }).catch((error: unknown) => log.error({ detail: toBrygganError(error).detail }, 'the history of applied files could not be written'));
    await keepLastGood(state, loaded.version, appliedAt, tree).catch((error: unknown) => log.error({ detail: toBrygganError(error).detail }, 'the last good registry could not be written to the state directory'));
  }

  async #raise<K extends RegistryAlarm['kind']>(kind: K, { version, findings }: Loaded): Promise<K> {
    const errors = findings.filter(isError);
    const alarm: RegistryAlarm = { kind, version, at: this.#options.clock.now(), findings };
    this.#options.log.error({ version, faults: errors.length, findings: findings.slice(0, PLACES_IN_AUDIT).map(describeFinding) }, kind === 'rejected' ? 'changed files do not validate; the last good registry serves' : 'changed files wait for apply');
    this.#options.onAlarm(alarm);
    if (kind === 'rejected') {
      this.#held = null;
      await this.#record('registry.rejected', { version, serving: this.current().version, faults: errors.length, first: errors.slice(0, PLACES_IN_AUDIT).map(describeFinding) });
    }
    // Remembered last: a rejection that could not be put on record is looked at again.
    this.#alarm = alarm;
    return kind;
  }

  #settle(): void {
    this.#held = null;
    if (this.#alarm === null) return;
    this.#alarm = null;
    this.#options.onAlarm(null);
  }

  #record(type: AuditEventType, facts: { readonly [name: string]: JsonValue }): Promise<void> {
    return this.#options.audit.record({ type, reference: null, serviceParty: null, service: null, personParty: null, person: null, code: type === 'registry.rejected' ? 'config.invalid' : null, facts });
  }

  #sleep(milliseconds: number): Promise<unknown> {
    return (this.#options.sleep ?? ((time, signal) => wait(time, undefined, { signal, ref: false })))(milliseconds, this.#stopped.signal);
  }

  start(): void {
    this.#stopped.abort();
    this.#stopped = new AbortController();
    const { signal } = this.#stopped;
    const round = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.#sleep(this.#options.pollMilliseconds ?? POLL_MILLISECONDS);
        await this.poll();
      }
    };
    // Ends only by `stop`, which aborts the waiting.
    round().catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running.catch(() => undefined);
  }
}
