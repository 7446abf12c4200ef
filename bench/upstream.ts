/** A whole login by way of a party's own IdP: application → Bryggan → IdP → Bryggan → application, over loopback HTTP, with Redis and the audit trail's sync; two signatures of ours. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { requestAt, upstreamAnswer, upstreamFiles } from '../test/fixtures/upstream-idp.ts';
import { EMPLOYEE_HSA_ID, LOA3 } from '../test/fixtures/saml.ts';
import type { Visit } from '../test/fixtures/user-agent.ts';
import type { BenchRow } from './row.ts';
import { cpuOf, startBenchServer, type BenchServer } from './server.ts';
import { measureBareRequest } from './bare.ts';
import { requestPath } from './sso.ts';

const CONNECTIONS = 8;
/** The compiler is at work on other threads for the first ten thousand requests. */
const WARM = 8000;
const ROUND = 150;
const ROUNDS = 5;
const PERSON = 'SE2321000131-DEV1001';

interface Answer { readonly status: number; readonly location: string | null; readonly body: string }
/** A browser with its own cookies; counts the requests that reach Bryggan. */
const browser = (server: BenchServer, agent: Agent) => {
  const jar = new Map<string, string>();
  let requests = 0;
  const send = (path: string, form?: string): Promise<Answer> => new Promise((done, failed) => {
    requests += 1;
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { host: `localhost:${String(server.port)}`, ...(form === undefined ? { cookie } : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(form)) }) };
    httpRequest({ host: '127.0.0.1', port: server.port, path, agent, method: form === undefined ? 'GET' : 'POST', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => { body += chunk; });
      response.on('end', () => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [pair = ''] = line.split(';');
          jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        done({ status: response.statusCode ?? 0, location: response.headers.location ?? null, body });
      });
    }).on('error', failed).end(form);
  });
  /** Redirects on Bryggan itself are followed. */
  const go = async (path: string, form?: string): Promise<Answer> => {
    const answer = await send(path, form);
    const { location } = answer;
    if (location === null || (!location.startsWith('/') && !location.startsWith(server.origin))) return answer;
    return go(location.replace(server.origin, ''));
  };
  return { go, requests: () => requests };
};

const logIn = async (server: BenchServer, agent: Agent): Promise<number> => {
  const { go, requests } = browser(server, agent);
  const out = await go(requestPath(server));
  const { request, relayState } = requestAt({ forms: [], url: new URL(out.location ?? 'https://never.left/') } as unknown as Visit);
  const xml = upstreamAnswer({ now: Date.now(), acs: `${server.origin}/upstream/saml/acs`, audience: `${server.origin}/upstream/saml/metadata`, inResponseTo: request.id, classRef: LOA3, attributes: { [EMPLOYEE_HSA_ID]: [PERSON] }, sign: ['assertion'] });
  const back = await go('/upstream/saml/acs', new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: relayState }).toString());
  if (back.status !== 200 || !back.body.includes('SAMLResponse')) throw new Error(`answered ${String(back.status)} without a response: ${back.body.replace(/<[^>]*>/g, ' ').slice(0, 400)}`);
  return requests();
};

const prepare: Parameters<typeof startBenchServer>[2] = ({ root, application }) => {
  const path = join(root, 'config', 'methods.yaml');
  const methods = parseDocument(readFileSync(path, 'utf8'));
  if (!readFileSync(path, 'utf8').includes('kind: upstream')) methods.addIn(['methods'], methods.createNode({ id: 'organisation', kind: 'upstream' }));
  writeFileSync(path, String(methods));
  const folder = join(root, 'metadata', 'identity-providers', 'vgr');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'idp.xml'), upstreamFiles().xml);
  writeFileSync(join(folder, 'idp.yaml'), `trust:\n  levels: { '${LOA3}': loa3 }\n  highestLevel: loa3\n  hsaIdPrefixes: [SE2321000131-]\n`);
  const settings = join(root, 'metadata', 'services', application.party, `${application.id}.yaml`);
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}methods: [organisation]\n`);
  const brokerFile = join(root, 'config', 'broker.yaml');
  const broker = parseDocument(readFileSync(brokerFile, 'utf8'));
  broker.setIn(['login', 'startsPerMinute'], 1_000_000_000);
  writeFileSync(brokerFile, String(broker));
};

export const rows: readonly BenchRow[] = [{
  id: 'broker-login', budget: 5, unit: 'R',
  measure: async ({ rsa2048SignMs }) => {
    const server = await startBenchServer({ response: true, assertion: false }, [], prepare);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    let hops = 0;
    const round = async (count: number): Promise<number> => {
      let left = count;
      const before = cpuOf(server.pid);
      await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
        while (left > 0) {
          left -= 1;
          hops = await logIn(server, agent);
        }
      }));
      return (cpuOf(server.pid) - before) / count;
    };
    try {
      await round(WARM);
      const rounds: number[] = [];
      for (let i = 0; i < ROUNDS; i += 1) rounds.push(await round(ROUND));
      const cpuMs = rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
      const bare = await measureBareRequest();
      return { cpuMs, ratio: cpuMs / rsa2048SignMs, note: `2 R + ${((cpuMs - 2 * rsa2048SignMs) / bare).toFixed(1)} F over ${String(hops)} requests, F = one bare Fastify request = ${bare.toFixed(4)} CPU-ms` };
    } finally {
      agent.destroy();
      await server.stop();
    }
  },
}];
