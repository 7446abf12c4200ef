/** F: one request to a bare Fastify route at the same concurrency, in a process of its own. */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { cpuOf } from './server.ts';

const PROGRAM = `import Fastify from 'fastify'; const app = Fastify(); app.get('/', () => ({ ok: true })); await app.listen({ port: 0, host: '127.0.0.1' }); console.log(app.server.address().port);`;
const CONNECTIONS = 8;
const ROUND = 4000;

/** CPU milliseconds of one such request. */
export const measureBareRequest = async (): Promise<number> => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((done) => child.stdout.once('data', (text) => done(Number(String(text)))));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const one = (): Promise<void> => new Promise((done, failed) => { request({ host: '127.0.0.1', port, agent }, (response) => { response.resume(); response.once('end', done); }).on('error', failed).end(); });
  const round = async (): Promise<number> => {
    const before = cpuOf(child.pid ?? 0);
    let left = ROUND;
    await Promise.all(Array.from({ length: CONNECTIONS }, async () => { while (left-- > 0) await one(); }));
    return (cpuOf(child.pid ?? 0) - before) / ROUND;
  };
  await round();
  const rounds = [await round(), await round(), await round()].toSorted((a, b) => a - b);
  agent.destroy();
  child.kill();
  return rounds[1] ?? Number.NaN;
};
