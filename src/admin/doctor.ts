/** `doctor`: is anything wrong, or about to be? One row a check, each with what to do. */
import { statSync } from 'node:fs';
import { isBrygganError } from '../core/errors.ts';
import { counted, isError } from '../core/findings.ts';
import { verifyTrail } from '../audit/verify.ts';
import type { IssuerFreshness } from '../pki/index.ts';
import type { SourceStatus } from '../federation/sources/model.ts';
import type { Mark } from '../federation/radar/radar.ts';
import type { KeysStanding } from '../keys/view.ts';
import { lookAround } from './radar.ts';
import type { Tools } from './tools.ts';

export interface Diagnosis { readonly check: string; readonly state: 'good' | 'soon' | 'bad'; readonly finding: string }
const DAY = 86_400_000;
/** Days before an end at which people are reminded. */
const SOON = 30;

export const diagnose = async (tools: Tools): Promise<readonly Diagnosis[]> => {
  const findings = await tools.check();
  const faults = findings.filter(isError);
  const configuration: Diagnosis = faults.length === 0
    ? { check: 'files', state: findings.length === 0 ? 'good' : 'soon', finding: findings.length === 0 ? 'configuration, parties and services are right' : `${counted(findings.length, 'warning')}: bryggan check` }
    : { check: 'files', state: 'bad', finding: `${counted(faults.length, 'fault')}: bryggan check names each with its place and its fix` };
  const opened = await tools.open().catch((error: unknown) => { if (isBrygganError(error)) return null; throw error; });
  // Nothing more can be seen without a configuration; a faulty service alone hides nothing.
  if (opened === null) return [configuration];
  const now = tools.now();
  const certificates = opened.certificates.map(({ what, subject, notAfter }): Diagnosis => {
    const days = Math.floor((notAfter - now) / DAY);
    return { check: `certificate: ${what}`, state: days < 0 ? 'bad' : days < SOON ? 'soon' : 'good', finding: days < 0 ? `expired ${counted(-days, 'day')} ago: ${subject}` : `${counted(days, 'day')} left` };
  });
  const mode = statSync(opened.state, { throwIfNoEntry: false });
  const state: Diagnosis = mode === undefined ? { check: 'state directory', state: 'soon', finding: `${opened.state} does not exist yet; the first start makes it` }
    : (mode.mode & 0o077) === 0 ? { check: 'state directory', state: 'good', finding: 'readable by its owner alone' } : { check: 'state directory', state: 'bad', finding: `others can read it: chmod 700 ${opened.state}` };
  const trail = verifyTrail({ directory: opened.audit.directory, publicKeys: opened.audit.publicKeys });
  const audit: Diagnosis = trail.findings.length === 0 ? { check: 'audit trail', state: 'good', finding: `${counted(trail.nodes.reduce((sum, { lines }) => sum + lines, 0), 'line')}, whole` } : { check: 'audit trail', state: 'bad', finding: `${counted(trail.findings.length, 'finding')}: bryggan audit verify` };
  return [configuration, state, ...certificates, audit, ...ofOthers(await lookAround(tools, opened)), ...(await ofProcess(await opened.runningStatus(), now))];
};

interface Status { readonly readiness?: { readonly status: string; readonly reasons: readonly string[] }; readonly store?: string; readonly registry?: { readonly alarm: unknown; readonly services: number; readonly held?: unknown; readonly otherNodes?: readonly { readonly node: string }[] }; readonly sources?: readonly SourceStatus[]; readonly keys?: KeysStanding | null; readonly feeds?: { readonly faults: readonly { readonly feed: string; readonly detail: string }[]; readonly published: readonly { readonly id: string; readonly validUntil: number; readonly entities: number }[] }; readonly revocation?: readonly IssuerFreshness[] }
const ofRegistry = (registry: Status['registry']): readonly Diagnosis[] => {
  const state = registry?.alarm == null ? 'good' : registry.held == null ? 'bad' : 'soon';
  const finding = { good: `${counted(registry?.services ?? 0, 'service')} serve${registry?.services === 1 ? 's' : ''}`, bad: 'changed files were not taken: bryggan check', soon: 'changed files wait for a person: bryggan plan' }[state];
  return [
    { check: 'registry', state, finding },
    ...(registry?.otherNodes ?? []).map(({ node }): Diagnosis => ({ check: `node ${node}`, state: 'bad', finding: 'serves another version of parties and services: bring the same files to every node' })),
  ];
};
const ofFeeds = (feeds: Status['feeds']): readonly Diagnosis[] => [
  ...(feeds?.faults ?? []).map(({ feed, detail }): Diagnosis => ({ check: `feed ${feed}`, state: 'bad', finding: detail })),
  ...(feeds?.published ?? []).map(({ id, validUntil, entities }): Diagnosis => ({ check: `feed ${id}`, state: 'good', finding: `${counted(entities, 'entity', 'entities')}, valid until ${new Date(validUntil).toISOString()}` })),
];
/** Others' ends: a certificate only holds its key, but metadata past its end is refused. */
const ofOthers = (marks: readonly Mark[]): readonly Diagnosis[] => marks.filter(({ kind, reminder }) => kind !== 'our-certificate' && kind !== 'source' && (reminder === null || reminder <= SOON)).map(({ kind, what, days, seconds }) => ({
  check: `${kind.replace('-', ' ')}: ${what}`, state: kind === 'metadata' && days !== null && days < 0 ? 'bad' : 'soon',
  finding: seconds !== null ? `${counted(Math.abs(seconds), 'second')} ${seconds < 0 ? 'ahead' : 'behind'}: tell its owner (bryggan radar --mail)` : `${(days ?? 0) < 0 ? `ended ${counted(-(days ?? 0), 'day')} ago` : `${counted(days ?? 0, 'day')} left`}: tell its owner (bryggan radar --mail)`,
}));
const sourceStates: Readonly<Record<SourceStatus['alarm'], Diagnosis['state']>> = { ok: 'good', late: 'soon', ending: 'bad', ended: 'bad', never: 'bad' };
const ofSource = ({ id, alarm, fetchedAt, validUntil, entities, lastError, missing }: SourceStatus): Diagnosis => {
  const day = (instant: number): string => new Date(instant).toISOString();
  const sentences = [
    fetchedAt === null ? 'never fetched' : `${counted(entities, 'entity', 'entities')}, fetched ${day(fetchedAt)}${validUntil === null ? '' : `, valid until ${day(validUntil)}`}`,
    ...(lastError === null ? [] : [`refused: ${lastError.detail}`]), ...missing.map(({ file, why }) => `${file}: ${why}`),
  ];
  return { check: `source ${id}`, state: missing.length > 0 && sourceStates[alarm] === 'good' ? 'soon' : sourceStates[alarm], finding: `${alarm === 'ok' ? '' : `${alarm}: `}${sentences.join('; ')}` };
};
/** Time for services to read a key, and for their owners to answer a letter. */
const ROLLOVER_DAYS = 90;
/** Rollovers under way. Who waits holds up the next step and no login, so that it is urgent only when the key that signs ends. */
const ofKeys = (keys: KeysStanding | null | undefined, now: number): readonly Diagnosis[] => [
  ...(keys?.behind ?? []).map((node): Diagnosis => ({ check: `keys: node ${node}`, state: 'bad', finding: 'has not taken the last step of a rollover; if that stands for a minute, copy the key’s files there: bryggan keys list' })),
  ...(keys?.uses ?? []).filter(({ waiting, stands }) => waiting.length > 0 || stands === 'some services switched' || stands === 'switched, old key published').map(({ use, stands, waiting, against, ends }): Diagnosis => ({
    check: `keys: ${use}`, state: waiting.length > 0 && ends !== null && ends - now < ROLLOVER_DAYS * DAY ? 'soon' : 'good',
    finding: [stands, ...(against.length === 0 ? ['the next step can be taken'] : against), `bryggan keys list --use ${use}`].join('; '),
  })),
];
const alarms: Readonly<Record<IssuerFreshness['alarm'], Diagnosis['state']>> = { ok: 'good', late: 'soon', grace: 'soon', away: 'bad' };
const ofAuthority = ({ issuer, alarm, nextUpdate, entries, lastError }: IssuerFreshness): Diagnosis => {
  const list = nextUpdate === null ? 'no list' : `list until ${new Date(nextUpdate).toISOString()}, ${counted(entries, 'entry', 'entries')}`;
  return { check: `revocation: ${issuer}`, state: alarms[alarm], finding: alarm === 'ok' ? list : `${alarm}: ${list}${lastError === null ? '' : `; ${lastError}`}` };
};
const ofProcess = (status: Status | null, now: number): Promise<readonly Diagnosis[]> => {
  if (status === null) return Promise.resolve([{ check: 'process', state: 'soon', finding: 'no process runs on this state directory: bryggan serve' }]);
  const { readiness, store, registry, feeds } = status;
  return Promise.resolve([
    { check: 'process', state: readiness?.status === 'ready' ? 'good' : readiness?.status === 'degraded' ? 'soon' : 'bad', finding: [readiness?.status ?? 'no answer', ...(readiness?.reasons ?? [])].join('; ') },
    { check: 'store', state: store === 'up' ? 'good' : 'bad', finding: store ?? 'unknown' },
    ...ofRegistry(registry), ...ofKeys(status.keys, now), ...ofFeeds(feeds), ...(status.sources ?? []).map(ofSource),
    ...(status.revocation ?? []).map(ofAuthority),
  ]);
};
