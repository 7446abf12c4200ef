/** One entity asked for by metadata query, and a whole feed asked for again with its ETag: over loopback HTTP, from memory. */
import { Agent, request as httpRequest } from 'node:http';
import { measureBareRequest } from './bare.ts';
import type { BenchResult, BenchRow } from './row.ts';
import { cpuOf, startBenchServer, type BenchServer } from './server.ts';

const CONNECTIONS = 8;
const ROUND = 4000;
const ROUNDS = 7;

interface Question { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly status: number }
interface Answer { readonly status: number; readonly etag: string; readonly bytes: number }
const ask = (server: BenchServer, { path, headers }: Question, agent: Agent): Promise<Answer> =>
  new Promise((done, failed) => {
    httpRequest({ host: '127.0.0.1', port: server.port, path, agent, headers: { host: `localhost:${String(server.port)}`, ...headers } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => { bytes += chunk.length; });
      response.on('end', () => done({ status: response.statusCode ?? 0, etag: String(response.headers.etag), bytes }));
    }).on('error', failed).end();
  });

const measure = async (questionOf: (server: BenchServer, published: (path: string) => Promise<Answer>) => Promise<Question>, rsa2048SignMs: number): Promise<BenchResult> => {
  const server = await startBenchServer({ response: true, assertion: false });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    /** The feeds are signed right after the start. */
    const published = async (path: string): Promise<Answer> => {
      for (let tries = 0; tries < 100; tries += 1) {
        const answer = await ask(server, { path, headers: {}, status: 200 }, agent);
        if (answer.status === 200) return answer;
        await new Promise((done) => setTimeout(done, 50));
      }
      throw new Error(`${path} is not published`);
    };
    const question = await questionOf(server, published);
    let bytes = 0;
    const round = async (): Promise<number> => {
      let left = ROUND;
      const before = cpuOf(server.pid);
      await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        while (left-- > 0) {
          const answer = await ask(server, question, agent);
          if (answer.status !== question.status) throw new Error(`${question.path} answered ${String(answer.status)}`);
          ({ bytes } = answer);
        }
      }));
      return (cpuOf(server.pid) - before) / ROUND;
    };
    await round();
    await round();
    const rounds: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) rounds.push(await round());
    const cpuMs = rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
    const bare = await measureBareRequest();
    return { cpuMs, ratio: cpuMs / rsa2048SignMs, note: `${(cpuMs / bare).toFixed(1)} F, ${String(bytes)} bytes` };
  } finally {
    agent.destroy();
    await server.stop();
  }
};

export const rows: readonly BenchRow[] = [
  { id: 'mdq-entity', budget: 0.2, unit: 'R', measure: ({ rsa2048SignMs }) => measure(async ({ origin }, published) => {
    const path = `/metadata/applications/entities/${encodeURIComponent(`${origin}/saml/metadata`)}`;
    await published(path);
    return { path, headers: { 'accept-encoding': 'gzip' }, status: 200 };
  }, rsa2048SignMs) },
  { id: 'feed-unchanged', budget: 0.2, unit: 'R', measure: ({ rsa2048SignMs }) => measure(async (_server, published) => {
    const path = '/metadata/applications.xml';
    return { path, headers: { 'if-none-match': (await published(path)).etag }, status: 304 };
  }, rsa2048SignMs) },
];
