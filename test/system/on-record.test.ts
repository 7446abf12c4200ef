/** A real Bryggan on a real Redis under load of logins: what stands in trail, log, metrics and health afterwards, and what the command line makes of it (threats L05, M01, M10, K05). */
import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { unknownFacts } from '../../src/audit/events.ts';
import { askingService, isAnswer, logIn, pickCommission, receivedFrom } from '../fixtures/asking-service.ts';
import { product, startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { startRedis, type RedisServer } from '../fixtures/redis.ts';

const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId!', 'givenName', 'surname'] });
const simple = askingService({ name: 'simple', party: 'ale' });
const { people } = parse(readFileSync(join(product, 'certs-dev/people.yaml'), 'utf8')) as { people: { id: string; givenName: string; surname: string; personalIdentityNumber: string; employments: { hsaId: string }[] }[] };
const personal = people.flatMap(({ personalIdentityNumber, employments }) => [personalIdentityNumber, personalIdentityNumber.slice(2), ...employments.map(({ hsaId }) => hsaId)]);
const namesOf = (...ids: readonly string[]): readonly string[] => people.filter(({ id }) => ids.includes(id)).map(({ surname }) => surname);

describe('on record', () => {
  let redis: RedisServer;
  let bryggan: Bryggan;
  const cookies = new Set<string>();
  const command = (...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> => new Promise((resolve) => {
    const child = spawn(process.execPath, ['src/main.ts', ...args], { cwd: product, env: { ...process.env, NODE_ENV: undefined, BRYGGAN_ROOT: bryggan.root, BRYGGAN_STATE: bryggan.state, REDIS_URL: redis.url } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text: Buffer) => { out += String(text); });
    child.stderr.on('data', (text: Buffer) => { err += String(text); });
    child.once('close', (code) => resolve({ code, out, err }));
  });
  const readiness = async (): Promise<{ code: number; status: string }> => {
    const response = await fetch(`${bryggan.managementUrl}/health/ready`);
    return { code: response.status, status: ((await response.json()) as { status: string }).status };
  };
  beforeAll(async () => {
    redis = await startRedis();
    bryggan = await startBryggan({ services: [journal.files, simple.files], redisUrl: redis.url });
    const erik = bryggan.agentFor('erik-sandstrom');
    expect(receivedFrom(await pickCommission(erik, await logIn(erik, bryggan, journal), 1)).status).toEqual(['Success']);
    expect(isAnswer(await simple.start(erik, bryggan))).toBe(true);
    const anna = bryggan.agentFor('anna-berglund');
    expect(isAnswer(await logIn(anna, bryggan, journal))).toBe(true);
    await logIn(bryggan.agentFor('ingrid-soder'), bryggan, simple);
    await anna.go(`${bryggan.ssoUrl}?SAMLRequest=broken&RelayState=${people[0]?.personalIdentityNumber ?? ''}`);
    await anna.go(`${bryggan.baseUrl}/login/${people[0]?.personalIdentityNumber ?? ''}/`);
    for (const agent of [erik, anna]) for (const { value } of (await agent.jar.serialize()).cookies) if (typeof value === 'string' && value.length > 20) cookies.add(value);
  });
  afterAll(async () => { await bryggan.stop(); await redis.stop(); });

  it('every event and every fact of the trail is in the catalogue', () => {
    const events = bryggan.audit();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['registry.applied', 'service.started', 'login.authenticated', 'login.succeeded', 'card.refused', 'request.refused']));
    expect(events.flatMap((event) => unknownFacts(event).map((fact) => `${event.type}: ${fact}`))).toEqual([]);
    expect(events.filter(({ type }) => type === 'login.succeeded').map(({ service, facts }) => [service, facts['reused']])).toEqual([['vgr/journal', false], ['ale/simple', true], ['vgr/journal', false]]);
  });
  it('no number, HSA-id, name or cookie stands in what the process says, in its metrics, or in the names of its files', async () => {
    const files = (directory: string): string[] => readdirSync(directory, { withFileTypes: true }).flatMap((entry) => [entry.name, ...(entry.isDirectory() ? files(join(directory, entry.name)) : [])]);
    const metrics = await (await fetch(`${bryggan.managementUrl}/metrics`)).text();
    expect(bryggan.log()).toContain('request refused');
    expect(metrics).toContain('bryggan_logins_total{party="vgr",service="vgr/journal"');
    expect(cookies.size).toBeGreaterThan(2);
    const said = `${bryggan.log()}\n${metrics}\n${files(bryggan.state).join('\n')}`;
    for (const secret of [...personal, ...cookies, ...namesOf('erik-sandstrom', 'anna-berglund')]) expect(said.includes(secret), secret).toBe(false);
  });
  it('metrics have labels of the registry and of routes, not of addresses or people', async () => {
    const metrics = await (await fetch(`${bryggan.managementUrl}/metrics`)).text();
    const routes = [...metrics.matchAll(/bryggan_request_seconds_count\{route="([^"]*)"/g)].map(([, route = '']) => route);
    expect(routes.length).toBeGreaterThan(2);
    for (const route of routes) expect(route).toMatch(/^(none|\/[a-z:/.*-]*)$/i);
  });
  it('the public port serves neither health, metrics nor status', async () => {
    const agent = bryggan.agentFor(null);
    for (const path of ['/health/live', '/health/ready', '/metrics', '/status']) expect((await agent.go(`${bryggan.baseUrl}${path}`)).status).toBe(404);
  });
  it('the shared store away is degraded and still in service; back, it is ready by itself', async () => {
    expect(await readiness()).toEqual({ code: 200, status: 'ready' });
    await redis.halt();
    expect(await readiness()).toEqual({ code: 200, status: 'degraded' });
    await redis.start();
    await until('ready again', async () => (await readiness()).status === 'ready');
  });
  it('`audit export` hands a party its own lines: its people by HSA-id, other parties’ by pseudonym', async () => {
    const { code, out } = await command('audit', 'export', '--party', 'ale');
    expect(code).toBe(0);
    const lines = out.trim().split('\n').map((line) => JSON.parse(line) as { service: string; person: string | null; facts: object });
    expect(new Set(lines.map(({ service }) => service))).toEqual(new Set(['ale/simple']));
    for (const { person } of lines.filter((line) => line.person !== null)) expect(person).toMatch(/^pseudonym:/);
    expect(personal.some((secret) => out.includes(secret))).toBe(false);
    expect(out).not.toContain('certificateSerial');
    const own = await command('audit', 'export', '--party', 'vgr', '--csv');
    expect([own.code, own.out.split('\r\n')[0]]).toEqual([0, 'at,type,reference,serviceParty,service,personParty,person,code,facts']);
    expect(personal.some((secret) => own.out.includes(secret))).toBe(true);
    expect((await command('audit', 'export', '--party', 'nobody')).code).toBe(2);
  });
  it('`stats` counts what is on record, and names nobody', async () => {
    const counted = JSON.parse((await command('stats', '--json')).out) as { total: { logins: number; people: number }; rows: { of: string; logins: number }[]; refusals: { code: string }[] };
    const lines = bryggan.audit().filter(({ type }) => type === 'login.succeeded');
    expect([counted.total.logins, counted.total.people]).toEqual([lines.length, new Set(lines.map(({ person }) => person)).size]);
    expect(counted.rows.reduce((sum, { logins }) => sum + logins, 0)).toBe(lines.length);
    const { code, out } = await command('stats', '--by', 'method', '--party', 'ale');
    expect([code, /^method +logins +single sign-on +people +refused +cancelled$/m.test(out)], out).toEqual([0, true]);
    const csv = (await command('stats', '--by', 'day', '--csv')).out;
    expect(csv.split('\r\n')[0]).toBe('day,logins,reused,people,refused,cancelled');
    expect(personal.some((secret) => `${out}${csv}${JSON.stringify(counted)}`.includes(secret))).toBe(false);
    for (const wrong of [['--by', 'person'], ['--party', 'nobody'], ['--from', 'yesterday']]) expect((await command('stats', ...wrong)).code).toBe(2);
  });
  it('a trail that somebody writes to beside us refuses logins, and goes on when what stands there is whole', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const [name = ''] = readdirSync(bryggan.auditDirectory()).filter((file) => file.startsWith('audit-')).toSorted().toReversed();
    appendFileSync(join(bryggan.auditDirectory(), name), '{"torn');
    const refused = await logIn(agent, bryggan, simple);
    expect([refused.status, isAnswer(refused)]).toEqual([503, false]);
    expect(isAnswer(await logIn(bryggan.agentFor('anna-berglund'), bryggan, simple))).toBe(true);
  });
  it('`audit verify` finds the trail whole with the service running and stopped, and a changed line with exit code 1', async () => {
    const running = await command('audit', 'verify', '--json');
    expect([running.code, (JSON.parse(running.out) as { findings: unknown[] }).findings]).toEqual([0, []]);
    expect(await bryggan.terminate()).toBe(0);
    await bryggan.restart();
    const after = await command('audit', 'verify', '--json');
    const report = JSON.parse(after.out) as { findings: unknown[]; comparedWithStore: string[]; nodes: { node: string }[] };
    expect([after.code, report.findings]).toEqual([0, []]);
    expect(report.comparedWithStore).toEqual(report.nodes.map(({ node }) => node));
    await bryggan.kill9();
    const stopped = (await command('audit', 'verify')).out;
    expect([stopped.includes('The trail is whole.'), stopped.includes('The service does not run here')]).toEqual([true, true]);
    const [name = ''] = readdirSync(bryggan.auditDirectory()).filter((file) => file.startsWith('audit-'));
    const path = join(bryggan.auditDirectory(), name);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"code":"card.revoked"', '"code":"card.expired"'));
    const changed = await command('audit', 'verify');
    expect([changed.code, changed.out.includes('was changed after it was written')]).toEqual([1, true]);
  });
});
