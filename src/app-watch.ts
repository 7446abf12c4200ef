/** What operations see of one node: readiness, metrics read at scrape, status for the command line. Used by app.ts alone. */
import type { RunningTrail } from './audit/trail.ts';
import type { Configuration } from './config/model.ts';
import { listSessions, revokeSessions } from './admin/sessions.ts';
import type { ControlActions, ManagementView } from './http/management.ts';
import type { LoginPorts } from './login/context.ts';
import { readinessOf } from './observability/health.ts';
import type { createMetrics } from './observability/metrics.ts';
import type { FileRegistry } from './parties/sources/file-registry.ts';
import type { FreshnessAlarm, RevocationChecker } from './pki/index.ts';
import type { WatchedCertificate } from './admin/tools.ts';
import type { Stores } from './sessions/ports.ts';
import { nodeName } from './app-parts.ts';
import type { Feeds } from './app-feeds.ts';
import { sourceReadings } from './app-sources.ts';
import type { MetadataSources } from './federation/sources/sources.ts';
import { systemClock } from './core/ports.ts';
import { ownClockOff, type ClockBook } from './federation/radar/clocks.ts';
import type { Keyring } from './keys/keyring.ts';
import { keysStanding } from './keys/view.ts';
import type { NodeVersion } from './federation/review/nodes.ts';
import { fail } from './core/errors.ts';
import { lineOf } from './login/audit-lines.ts';

export interface Watched {
  readonly configuration: Configuration;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly trail: RunningTrail;
  readonly stores: Stores;
  readonly revocation: RevocationChecker;
  readonly registry: FileRegistry;
  readonly feeds: Feeds;
  readonly sources: MetadataSources;
  /** Other nodes that serve another version for longer than a rollout takes. */
  readonly disagreeing: () => readonly NodeVersion[];
  readonly draining: () => boolean;
  readonly certificates: () => readonly WatchedCertificate[];
  readonly clocks: ClockBook;
  readonly keyring: Keyring;
}
const ALARMS = ['ok', 'late', 'grace', 'away'] as const satisfies readonly FreshnessAlarm[];

export const createView = ({ configuration, metrics, trail, stores, revocation, registry, feeds, sources, disagreeing, draining, certificates, clocks, keyring }: Watched): ManagementView => {
  const clockOff = (): number | null => ownClockOff(clocks.rows(), systemClock.now());
  const ready: ManagementView['ready'] = async () => readinessOf({ draining: draining(), auditHealthy: trail.status().healthy, issuersWithoutRevocation: revocation.missing(), store: await stores.health(), clockOffSeconds: clockOff() });
  const one = (value: number) => [{ labels: {}, value }];
  metrics.addReading(async () => {
    const lists = revocation.freshness();
    const { sequence, freeMegabytes } = trail.status();
    // Without the store nobody knows: no value is no news.
    const keys = await keysStanding(keyring).catch(() => null);
    return [
      { name: 'bryggan_key_waiting', help: 'Services and IdPs not known to have a key that is announced', values: (keys?.uses ?? []).map(({ use, waiting }) => ({ labels: { use }, value: waiting.length })) },
      { name: 'bryggan_key_nodes_behind', help: 'Nodes that have not taken the last step of a rollover', values: keys === null ? [] : one(keys.behind.length) },
      ...sourceReadings(sources),
      { name: 'bryggan_revocation_next_update_seconds', help: 'End of validity of each revocation list, Unix time', values: lists.flatMap(({ issuer, nextUpdate }) => (nextUpdate === null ? [] : [{ labels: { issuer }, value: nextUpdate / 1000 }])) },
      { name: 'bryggan_revocation_last_fetch_seconds', help: 'When each revocation list was last fetched, Unix time; source: where the one in use comes from', values: lists.flatMap(({ issuer, source, lastFetch }) => (source === null ? [] : [{ labels: { issuer, source }, value: (lastFetch ?? 0) / 1000 }])) },
      { name: 'bryggan_revocation_stale_seconds', help: 'Seconds by which each revocation list is past its end; 0 while it is in time', values: lists.map(({ issuer, staleSeconds }) => ({ labels: { issuer }, value: staleSeconds })) },
      { name: 'bryggan_revocation_alarm', help: '0 ok, 1 late, 2 past its end but still accepted, 3 cards of this issuer cannot be checked', values: lists.map(({ issuer, alarm }) => ({ labels: { issuer }, value: ALARMS.indexOf(alarm) })) },
      { name: 'bryggan_certificate_not_after_seconds', help: 'End of each certificate of ours, Unix time: TLS, signatures, and what we show to directories and phone services', values: certificates().map(({ what, notAfter }) => ({ labels: { certificate: what }, value: notAfter / 1000 })) },
      { name: 'bryggan_revocation_entries', help: 'Entries of each revocation list', values: lists.map(({ issuer, entries }) => ({ labels: { issuer }, value: entries })) },
      { name: 'bryggan_audit_sequence', help: 'Last line of the audit trail', values: one(sequence) },
      { name: 'bryggan_audit_free_megabytes', help: 'Free space on the audit disk', values: one(Math.round(freeMegabytes)) },
      { name: 'bryggan_registry_services', help: 'Services in the serving registry', values: one(registry.status().services) },
      { name: 'bryggan_registry_alarm', help: '1 while changed files wait or were not taken', values: one(registry.status().alarm === null ? 0 : 1) },
      { name: 'bryggan_registry_nodes_disagree', help: 'Other nodes that serve another version of the registry', values: one(disagreeing().length) },
      { name: 'bryggan_feed_valid_until_seconds', help: 'End of validity of each metadata feed that we publish, Unix time', values: feeds.lines().map(({ id, validUntil }) => ({ labels: { feed: id }, value: validUntil / 1000 })) },
      { name: 'bryggan_feed_faults', help: 'Metadata feeds of ours that could not be signed anew', values: one(feeds.publisher.faults.length) },
      { name: 'bryggan_clock_ahead_seconds', help: 'How far our own clock is ahead of what most services say in their signed requests; negative: behind; 0 while they agree or too few speak', values: one(clockOff() ?? 0) },
      { name: 'bryggan_store_up', help: '1 when the store answers', values: one((await stores.health()) === 'up' ? 1 : 0) },
    ];
  });
  /** As the store remembers it: what `audit verify` compares with the files. */
  const headOf = async (): Promise<{ node: string; head: string } | null> => {
    const node = nodeName(configuration.state);
    const head = await stores.shared.get(`audit-head:${node}`).catch(() => undefined);
    return head === undefined ? null : { node, head };
  };
  return {
    live: () => true, ready, metrics: () => metrics.render(),
    status: async () => ({ readiness: await ready(), sources: sources.status(), registry: { ...registry.status(), held: registry.held(), otherNodes: disagreeing() }, feeds: { faults: feeds.publisher.faults, published: feeds.lines().map(({ id, signedAt, validUntil, sha256, members }) => ({ id, signedAt, validUntil, sha256, entities: members.length })) }, audit: trail.status(), revocation: revocation.freshness(), store: await stores.health(), auditHead: await headOf(), clocks: clocks.rows(), keys: await keysStanding(keyring).catch(() => null), fetches: (await keyring.fetches().catch(() => [])).map(({ consumer, what, last }) => ({ consumer, what, last })), environment: configuration.environment, entityId: configuration.entityId }),
  };
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
/** Orders of the command line, over the control socket alone. */
export const createActions = (ports: LoginPorts, { feeds, sources, trail, registry }: { readonly feeds: Feeds; readonly sources: MetadataSources; readonly trail: RunningTrail; readonly registry: FileRegistry }): ControlActions => new Map<string, (input: Readonly<Record<string, unknown>>) => Promise<unknown>>([
  ['sessions', ({ person, handle }) => listSessions({ person: text(person), handle: text(handle) }, ports)],
  // Files that were just written are looked at before anything is ordered of them.
  ['apply', async ({ by, version }) => { await registry.poll(); return registry.approve({ by: text(by) ?? 'unknown', version: text(version) }); }],
  ['rollback', ({ by, to }) => registry.rollBack({ by: text(by) ?? 'unknown', to: text(to) })],
  // What was fetched is looked at before the answer leaves.
  ['fetch', async ({ source, anyway, by }) => {
    const id = text(source);
    if (id !== null && !sources.status().some((row) => row.id === id)) return fail('command.usage', `config/federation.yaml has no source ${id}`);
    if (anyway === true && id === null) return fail('command.usage', '--anyway is for one source: name it');
    if (anyway === true) await trail.record(lineOf('metadata.accepted', { facts: { by: text(by) ?? 'unknown', source: id ?? '' } }));
    await sources.refresh(id, { anyway: anyway === true });
    await registry.poll();
    return sources.status().filter((row) => id === null || row.id === id);
  }],
  ['freeze', async ({ by }) => {
    const { sha1, sha256, bytes } = feeds.freeze();
    await trail.record(lineOf('metadata.frozen', { facts: { by: text(by) ?? 'unknown', sha1, sha256 } }));
    return { path: '/metadata/sambi-frozen.xml', bytes: bytes.length, sha1, sha256 };
  }],
  ['revoke', ({ person, handle, by }) => revokeSessions({ person: text(person), handle: text(handle) }, text(by) ?? 'unknown', ports)],
]);
