/** A real Bryggan process with a real Redis for the bench: plain HTTP on loopback, as behind a terminating proxy. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { developmentSet, pathOf } from '../certs-dev/set.ts';
import { createRevocationService } from '../certs-dev/revocation.ts';
import { writeDemoRoot, type DemoPorts } from '../src/demo/root.ts';
import { demoApplications, writeServiceFiles, type DemoApplication } from '../src/demo/service-files.ts';

export interface BenchServer {
  readonly port: number;
  readonly pid: number;
  readonly origin: string;
  readonly proxy: { readonly socketPath: string; readonly secret: string };
  readonly application: DemoApplication;
  readonly redisSocket: string;
  stop(): Promise<void>;
}
const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what} did not start`);
};
/** CPU of a process in milliseconds, from the kernel's scheduler, over the threads it has now. */
export const cpuOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
const product = resolve(import.meta.dirname, '..');

export interface BenchService { readonly party: string; readonly name: string; readonly yaml: string }
export const startBenchServer = async (signing: { response: boolean; assertion: boolean }, services: readonly BenchService[] = [], prepare: (place: { readonly root: string; readonly application: DemoApplication }) => void = () => undefined): Promise<BenchServer> => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-bench-'));
  const [root, state] = [join(directory, 'root'), join(directory, 'state')];
  const ports: DemoPorts = { public: await freePort(), card: await freePort(), applications: [await freePort(), await freePort()], reader: await freePort(), revocation: await freePort(), management: await freePort() };
  writeDemoRoot({ product, root, state, ports });
  const file = join(root, 'config', 'broker.yaml');
  const broker = parseDocument(readFileSync(file, 'utf8'));
  broker.delete('demo');
  broker.setIn(['listeners', 'public'], broker.createNode({ address: '127.0.0.1', port: ports.public, behindProxy: true }));
  broker.setIn(['log', 'level'], 'error');
  for (const limit of ['requestsPerService', 'silentAnswers']) broker.setIn(['login', limit], 1_000_000_000);
  writeFileSync(file, String(broker));
  const secret = createHash('sha256').update(directory).digest('base64url');
  writeFileSync(join(state, 'proxy-secret'), secret, { mode: 0o600 });
  const [application] = demoApplications((index) => `https://127.0.0.1:${ports.applications[index] ?? 0}`);
  if (application === undefined) throw new Error('no application');
  writeServiceFiles(root, application, new X509Certificate(readFileSync(pathOf(developmentSet().machine('demo-1').certFile))).raw.toString('base64'));
  const settings = join(root, 'metadata', 'services', application.party, application.id);
  writeFileSync(`${settings}.xml`, readFileSync(`${settings}.xml`, 'utf8').replace('WantAssertionsSigned="true"', `WantAssertionsSigned="${signing.assertion}"`));
  writeFileSync(`${settings}.yaml`, `${readFileSync(`${settings}.yaml`, 'utf8')}signing: { response: ${signing.response}, assertion: ${signing.assertion} }\n`);
  for (const { party, name, yaml } of services) writeFileSync(join(root, 'metadata', 'services', party, `${name}.yaml`), yaml);
  prepare({ root, application });
  const revocation = await createRevocationService({ now: () => Date.now() }).serve(ports.revocation);
  const redisSocket = join(directory, 'redis.sock');
  const redis = spawn('redis-server', ['--port', '0', '--unixsocket', redisSocket, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  const child: ChildProcess = spawn(process.execPath, ['--max-semi-space-size=64', 'src/main.ts', 'serve'], {
    cwd: product, stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: undefined, BRYGGAN_ROOT: root, BRYGGAN_STATE: state, REDIS_URL: `unix://${redisSocket}` },
  });
  await until('Bryggan', async () => (await fetch(`http://127.0.0.1:${ports.management}/health/ready`)).ok);
  return {
    redisSocket, port: ports.public, pid: child.pid ?? 0, origin: `https://localhost:${ports.public}`, application, proxy: { socketPath: join(state, 'card-proxy.sock'), secret },
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      redis.kill();
      await revocation.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
