/** The code flow on an existing session: authorize, token, userinfo; RS256, with the commands and round trips that Redis saw. */
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { BenchRow } from './row.ts';
import { measureBareRequest } from './bare.ts';
import { cpuOf, startBenchServer, type BenchServer } from './server.ts';
import { get, logIn } from './sso.ts';

const CONNECTIONS = 8;
const WARM = 5000;
const ROUND = 300;
const ROUNDS = 7;
const COUNTED = 20;
const [clientId, redirectUri, secret] = ['https://bench.example/', 'https://bench.example/callback', 'a-secret-of-the-bench-alone-0123456789abcdefghijklmnop'];
const service = {
  party: 'vgr', name: 'bench',
  yaml: JSON.stringify({ names: { sv: 'Mätningen', en: 'The bench' }, federation: 'inera', oidc: { clientId, redirectUris: [redirectUri], authentication: 'client_secret_basic', secretHashes: [createHash('sha256').update(secret).digest('hex')] } }),
};
const basic = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`;

const call = (server: BenchServer, path: string, headers: Record<string, string>, agent: Agent, body?: string): Promise<Record<string, unknown>> =>
  new Promise((done, failed) => {
    const sent = httpRequest({ host: '127.0.0.1', port: server.port, path, agent, method: body === undefined ? 'GET' : 'POST', headers: { host: `localhost:${server.port}`, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }), ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => {
        if (response.statusCode === 200) done(JSON.parse(text) as Record<string, unknown>);
        else failed(new Error(`${path} answered ${response.statusCode ?? 0}: ${text.slice(0, 200)}`));
      });
    }).on('error', failed);
    sent.end(body);
  });
const flow = async (server: BenchServer, cookie: string, agent: Agent): Promise<void> => {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid profile employee', state: randomBytes(16).toString('hex'), nonce: randomBytes(16).toString('hex'), code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' });
  const { location } = await get(server, `/oidc/authorize?${query.toString()}`, cookie, agent);
  const code = new URL(location ?? 'x:').searchParams.get('code');
  if (code === null) throw new Error(`no code: ${location ?? 'no redirect'}`);
  const tokens = await call(server, '/oidc/token', { authorization: basic }, agent, new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }).toString());
  await call(server, '/oidc/userinfo', { authorization: `Bearer ${tokens['access_token'] as string}` }, agent);
};

/** Commands that the server sent, as Redis reports them; those inside scripts are not the server's. A round trip: what arrived between two answers. */
const watch = async (socketPath: string, work: () => Promise<void>): Promise<{ readonly commands: number; readonly roundTrips: number }> => {
  const open = (): Promise<Socket> => new Promise((done) => { const socket = connect(socketPath, () => done(socket)); });
  const [monitor, asker] = [await open(), await open()];
  const reads = (): Promise<number> => new Promise((done) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString();
      const found = /total_reads_processed:(\d+)/.exec(text);
      if (found === null) return;
      asker.off('data', take);
      done(Number(found[1]));
    };
    asker.on('data', take).write('INFO stats\r\n');
  });
  let seen = '';
  monitor.on('data', (chunk: Buffer) => { seen += chunk.toString('latin1'); }).write('MONITOR\r\n');
  const before = await reads();
  await work();
  const after = await reads();
  await new Promise((done) => { setTimeout(done, 100); });
  monitor.destroy();
  asker.destroy();
  const commands = seen.split('\n').filter((line) => /^\+\d+\.\d+ \[/.test(line) && !/\[\d+ lua\]/.test(line) && !/"(?:INFO|MONITOR|PING)"/i.test(line)).length;
  return { commands, roundTrips: after - before - 1 };
};

export const rows: readonly BenchRow[] = [{
  id: 'oidc-code', budget: 9, unit: 'R',
  measure: async ({ rsa2048SignMs }) => {
    const server = await startBenchServer({ response: false, assertion: true }, [service]);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    try {
      const cookie = await logIn(server);
      const round = async (count: number): Promise<number> => {
        let left = count;
        const before = cpuOf(server.pid);
        await Promise.all(Array.from({ length: CONNECTIONS }, async () => { while (left-- > 0) await flow(server, cookie, agent); }));
        return (cpuOf(server.pid) - before) / count;
      };
      await round(WARM);
      const seen = await watch(server.redisSocket, async () => { for (let i = 0; i < COUNTED; i += 1) await flow(server, cookie, agent); });
      const rounds: number[] = [];
      for (let i = 0; i < ROUNDS; i += 1) rounds.push(await round(ROUND));
      const cpuMs = rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
      const bare = await measureBareRequest();
      return { cpuMs, ratio: cpuMs / rsa2048SignMs, redisCommands: seen.commands / COUNTED, redisRoundTrips: seen.roundTrips / COUNTED, note: `1 R + ${((cpuMs - rsa2048SignMs) / bare).toFixed(1)} F, F = one bare Fastify request = ${bare.toFixed(4)} CPU-ms` };
    } finally {
      agent.destroy();
      await server.stop();
    }
  },
}];
