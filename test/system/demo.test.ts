/** The newcomer's way: `npm run demo`, demo.json, a login by script with a real certificate, the simulated reader, and no way into `serve`. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { product } from '../fixtures/bryggan.ts';
import { freeRange, until } from '../fixtures/ports.ts';
import { UserAgent, type Visit } from '../fixtures/user-agent.ts';

interface DemoFile {
  readonly idp: Readonly<Record<'baseUrl' | 'entityId' | 'metadataUrl' | 'cardUrl' | 'managementUrl' | 'caFile', string>>;
  readonly applications: readonly { readonly id: string; readonly party: string; readonly protocol: string; readonly entityId: string; readonly loginUrl: string }[];
  readonly people: readonly { readonly id: string; readonly name: string; readonly hsaId: string | null; readonly tags: readonly string[]; readonly certFile: string; readonly keyFile: string; readonly p12File: string }[];
  readonly phone: { readonly url: string };
  readonly root: string;
  readonly state: string;
}
const directory = mkdtempSync(join(tmpdir(), 'bryggan-demo-'));
let child: ChildProcess;
let said = '';
let demo: DemoFile;
let ended: Promise<unknown>;
beforeAll(async () => {
  const base = await freeRange(13);
  child = spawn('npm', ['run', 'demo', '--', '--port', String(base), '--dir', directory], { cwd: product, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: undefined } });
  ended = new Promise((done) => { child.once('exit', done); });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { said += String(chunk); });
  await until('the demo is ready', () => existsSync(join(directory, 'demo.json')) && said.includes('ready'), () => said);
  demo = JSON.parse(readFileSync(join(directory, 'demo.json'), 'utf8')) as DemoFile;
});
afterAll(async () => {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

const browser = (person: string | null): UserAgent => {
  const entry = demo.people.find(({ id }) => id === person);
  const card = entry === undefined ? null : { key: readFileSync(entry.keyFile, 'utf8'), cert: readFileSync(entry.certFile, 'utf8') };
  return new UserAgent({ ca: readFileSync(demo.idp.caFile, 'utf8'), card: (origin) => (origin === demo.idp.cardUrl ? card : null) });
};
const application = (index: number) => {
  const found = demo.applications[index];
  if (found === undefined) throw new Error(`the demo has no application ${String(index)}`);
  return { ...found, home: `${new URL(found.loginUrl).origin}/` };
};
/** With the card where there is a choice; an earlier login shows none. */
const login = async (agent: UserAgent, index: number, method = 'siths-card'): Promise<Visit> => {
  const visit = await agent.settle(await agent.go(application(index).loginUrl));
  return visit.step === 'choose-method' ? agent.settle(await agent.submit(visit, { button: ({ value }) => value === method })) : visit;
};
const facts = async (agent: UserAgent, index: number): Promise<{ loggedIn: boolean; attributes?: Record<string, unknown> }> => JSON.parse((await agent.go(application(index).home, { headers: { accept: 'application/json' } })).body) as { loggedIn: boolean; attributes?: Record<string, unknown> };

const command = (...args: readonly string[]): { readonly code: number | null; readonly out: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.ts', ...args], { cwd: product, encoding: 'utf8', env: { ...process.env, NODE_ENV: undefined, BRYGGAN_ROOT: demo.root, BRYGGAN_STATE: demo.state } });
  return { code: status, out: `${stdout}${stderr}` };
};

describe('the demo', () => {
  it('demo.json names everything that a script needs, and every file and address in it is there', async () => {
    expect(Object.values(demo.idp).every((value) => value !== '')).toBe(true);
    expect(demo.applications.length).toBeGreaterThanOrEqual(2);
    expect(new Set(demo.applications.map(({ party }) => party)).size).toBeGreaterThanOrEqual(2);
    expect(demo.applications.every(({ protocol, entityId, loginUrl }) => (protocol === 'saml' || protocol === 'oidc') && entityId !== '' && loginUrl.startsWith('https://127.0.0.1:'))).toBe(true);
    expect(demo.people.length).toBeGreaterThan(25);
    for (const { certFile, keyFile, p12File } of demo.people) for (const file of [certFile, keyFile, p12File]) expect(existsSync(file), file).toBe(true);
    expect(existsSync(join(demo.root, 'metadata', 'services'))).toBe(true);
    const agent = browser(null);
    expect((await agent.go(demo.idp.metadataUrl)).body).toContain(`entityID="${demo.idp.entityId}"`);
    expect((await fetch(`${demo.idp.managementUrl}/health/ready`)).status).toBe(200);
    await agent.close();
  });
  it('says where to click', () => {
    for (const index of [0, 1]) expect(said).toContain(application(index).home);
    expect(said).toContain(join(directory, 'demo.json'));
  });
  it('logging out of one application logs out of all, in both protocols, and comes back', async () => {
    const agent = browser('anna-berglund');
    for (const index of [0, 1, 3]) await login(agent, index);
    expect((await Promise.all([0, 1, 3].map((index) => facts(agent, index)))).map(({ loggedIn }) => loggedIn)).toEqual([true, true, true]);
    let visit = await agent.go(new URL('/logout', application(0).home).href);
    for (let walks = 0; visit.step === 'logging-out' && walks < 4; walks += 1) visit = await agent.settle(await agent.go(new URL('next', visit.url).href));
    expect(visit.url.href).toBe(application(0).home);
    expect((await Promise.all([0, 1, 3].map((index) => facts(agent, index)))).map(({ loggedIn }) => loggedIn)).toEqual([false, false, false]);
    expect((await agent.go(`${demo.idp.baseUrl}/me`)).step).toBe('nobody');
    await agent.close();
  });
  it('login by script with a real certificate; the second application without a new login', async () => {
    const agent = browser('anna-berglund');
    expect((await facts(agent, 0)).loggedIn).toBe(false);
    await login(agent, 0);
    expect(await facts(agent, 0)).toMatchObject({ loggedIn: true, attributes: { 'http://sambi.se/attributes/1/employeeHsaId': 'SE2321000131-DEV1001' } });
    const second = await login(agent, 1);
    expect(second.trail.some((address) => address.startsWith(demo.idp.cardUrl))).toBe(false);
    expect((await facts(agent, 1)).loggedIn).toBe(true);
    const third = await login(agent, 4);
    expect([application(4).protocol, third.trail.some((address) => address.startsWith(demo.idp.cardUrl))]).toEqual(['oidc', false]);
    expect(await facts(agent, 4)).toMatchObject({ loggedIn: true, claims: { employeeHsaId: 'SE2321000131-DEV1001', given_name: 'Anna' } });
    await agent.close();
  });
  it('commission choice for a person who has several', async () => {
    const agent = browser('erik-sandstrom');
    const page = await login(agent, 0);
    expect(page.step).toBe('choose-commission');
    await agent.settle(await agent.submit(page, { button: ({ data }) => data['commission'] === '2' }));
    expect((await facts(agent, 0)).loggedIn).toBe(true);
    await agent.close();
  });
  it('no certificate in the browser: the simulated reader, through the proxy listener', async () => {
    const agent = browser(null);
    const reader = await login(agent, 0);
    expect(reader.text).toContain('Insert a card');
    await agent.settle(await agent.submit(reader, { button: ({ value }) => value === 'anna-berglund' }));
    expect((await facts(agent, 0)).loggedIn).toBe(true);
    await agent.close();
  });
  it('a simulated phone: one login for what all parties share and for a municipality’s application', async () => {
    const [agent, phone] = [browser(null), browser(null)];
    const start = await login(agent, 2, 'mobile-efos');
    const page = await agent.submit(start, { button: ({ value }) => value === 'same' });
    const address = page.links.find(({ href }) => href.startsWith('netid:'))?.href ?? '';
    const screen = await phone.submit(await phone.go(`${demo.phone.url}/open?token=${encodeURIComponent(address)}`), { button: ({ value }) => value === 'anna-berglund' });
    expect((await phone.submit(screen, { button: ({ value }) => value === 'approve' })).text).toContain('Go back to the browser');
    await until('the browser may go on', async () => (JSON.parse((await agent.go(`${page.url.href}/status`, { from: page.url })).body) as { kind: string }).kind === 'next');
    await agent.settle(await agent.go(page.url.href));
    expect(await facts(agent, 2)).toMatchObject({ loggedIn: true, attributes: { 'http://sambi.se/attributes/1/employeeHsaId': 'SE2321000131-DEV1001' } });
    await agent.settle(await agent.go(application(1).loginUrl));
    expect((await facts(agent, 1)).loggedIn).toBe(true);
    await Promise.all([agent.close(), phone.close()]);
  });
  it('and a revoked card in the reader is refused', async () => {
    const agent = browser(null);
    const page = await agent.settle(await agent.submit(await login(agent, 0), { button: ({ value }) => value === 'ingrid-soder' }));
    expect(page.step).toBe('card-failed');
    expect((await facts(agent, 0)).loggedIn).toBe(false);
    await agent.close();
  });
  it('is clean: no fault and no warning in its files, and nothing that the doctor would remind of', () => {
    expect(command('check')).toMatchObject({ code: 0, out: 'Everything is right.\n' });
    const { code, out } = command('doctor', '--json');
    expect([code, (JSON.parse(out) as { state: string }[]).filter(({ state }) => state !== 'good')]).toEqual([0, []]);
    expect(command('audit', 'verify').out).not.toContain('does not run here');
  });
  it('its applications live through a rollover of the key that signs: they have read the next one by themselves, and follow a withdrawal at once', async () => {
    const answered = async (): Promise<void> => {
      const agent = browser('anna-berglund');
      for (const index of [0, 1, 2]) await login(agent, index);
      expect((await Promise.all([0, 1, 2].map((index) => facts(agent, index)))).map(({ loggedIn }) => loggedIn)).toEqual([true, true, true]);
      await agent.close();
    };
    // Without --anyway: nobody waits.
    expect(command('keys', 'roll', 'saml-signing', 'switch')).toMatchObject({ code: 0 });
    await answered();
    expect(command('keys', 'roll', 'saml-signing', 'retire', '--anyway').code).toBe(0);
    await answered();
    expect(command('keys', 'new', 'saml-signing').code).toBe(0);
    const { keys } = (JSON.parse(command('keys', 'list', '--json').out) as { uses: readonly { use: string; keys: readonly { id: string; role: string }[] }[] }).uses.find(({ use }) => use === 'saml-signing') ?? { keys: [] };
    expect(command('keys', 'roll', 'saml-signing', 'withdraw', '--key', keys.find(({ role }) => role === 'current')?.id ?? '').code).toBe(0);
    await answered();
  });
  it('`serve` refuses the demo’s root in every environment and says why', () => {
    for (const NODE_ENV of [undefined, 'production']) {
      const tried = spawnSync(process.execPath, ['src/main.ts', 'serve'], { cwd: product, encoding: 'utf8', env: { ...process.env, NODE_ENV, BRYGGAN_ROOT: demo.root, BRYGGAN_STATE: join(directory, 'other-state') } });
      expect(tried.status, tried.stderr).not.toBe(0);
      expect(`${tried.stdout}${tried.stderr}`).toMatch(/demo/i);
    }
  });
});
