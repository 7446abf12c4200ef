/** SAML single sign-on on an existing session: the whole request over loopback HTTP, Redis and the audit trail's sync included. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { deflateRawSync } from 'node:zlib';
import { developmentSet, pathOf, readDer } from '../certs-dev/set.ts';
import type { BenchRow } from './row.ts';
import { measureBareRequest } from './bare.ts';
import { cpuOf, startBenchServer, type BenchServer } from './server.ts';

const CONNECTIONS = 8;
/** The compiler is at work on other threads for the first ten thousand requests. */
const WARM = 15_000;
const ROUND = 600;
const ROUNDS = 7;

interface Answer { readonly status: number; readonly location: string | null; readonly cookies: readonly string[]; readonly body: string }
const read = async (response: IncomingMessage): Promise<Answer> => {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, location: response.headers.location ?? null, cookies: response.headers['set-cookie'] ?? [], body };
};
export const get = (server: BenchServer, path: string, cookie: string, agent?: Agent): Promise<Answer> =>
  new Promise((done, failed) => {
    httpRequest({ host: '127.0.0.1', port: server.port, path, agent, headers: { host: `localhost:${server.port}`, cookie } }, (response) => { read(response).then(done, failed); }).on('error', failed).end();
  });

const key = createPrivateKey(readFileSync(pathOf(developmentSet().machine('demo-1').keyFile)));
export const requestPath = (server: BenchServer): string => {
  const { entityId, baseUrl } = server.application;
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomBytes(20).toString('hex')}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${server.origin}/saml/sso" AssertionConsumerServiceURL="${baseUrl}/saml/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer>${entityId}</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" AllowCreate="true"/><samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>http://id.sambi.se/loa/loa2</saml:AuthnContextClassRef><saml:AuthnContextClassRef>http://id.sambi.se/loa/loa3</saml:AuthnContextClassRef></samlp:RequestedAuthnContext></samlp:AuthnRequest>`;
  const query = `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}&SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`;
  return `/saml/sso?${query}&Signature=${encodeURIComponent(sign('sha256', Buffer.from(query), key).toString('base64'))}`;
};

/** Logs Anna in by card through the proxy listener; returns her browser's SSO cookie. */
export const logIn = async (server: BenchServer): Promise<string> => {
  const jar = new Map<string, string>();
  const visit = async (path: string): Promise<Answer> => {
    const answer = await get(server, path, [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const line of answer.cookies) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const { location } = answer;
    return location === null ? answer : visit(location.replace(server.origin, ''));
  };
  const page = await visit(requestPath(server));
  const handle = /\/card\/([A-Za-z0-9_.-]+)/.exec(page.body)?.[1] ?? '';
  const card = developmentSet().certificate('anna-berglund');
  const back = await new Promise<string>((done, failed) => {
    httpRequest({ socketPath: server.proxy.socketPath, path: `/card/${handle}`, headers: { host: 'localhost', 'x-bryggan-proxy-secret': server.proxy.secret, 'x-ssl-client-verify': 'SUCCESS', 'x-ssl-session-reused': '.', 'client-cert': `:${readDer(card.certFile).toString('base64')}:` } }, (response) => {
      response.resume();
      done(response.headers.location ?? '');
    }).on('error', failed).end();
  });
  await visit(back.replace(server.origin, ''));
  const session = jar.get('__Host-bryggan');
  if (session === undefined) throw new Error('the bench could not log in');
  return `__Host-bryggan=${session}`;
};

const measureSso = async (server: BenchServer): Promise<{ cpuMs: number }> => {
  const cookie = await logIn(server);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const round = async (count: number): Promise<number> => {
    const paths = Array.from({ length: count }, () => requestPath(server));
    const before = cpuOf(server.pid);
    const worker = async (): Promise<void> => {
      for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
        const answer = await get(server, path, cookie, agent);
        if (answer.status !== 200 || !answer.body.includes('SAMLResponse')) throw new Error(`answered ${answer.status} without a response`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    return (cpuOf(server.pid) - before) / count;
  };
  await round(WARM);
  const rounds: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) rounds.push(await round(ROUND));
  agent.destroy();
  return { cpuMs: rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN };
};

const row = (id: string, budget: number, signatures: number, signing: { response: boolean; assertion: boolean }): BenchRow => ({
  id, budget, unit: 'R',
  measure: async ({ rsa2048SignMs }) => {
    const server = await startBenchServer(signing);
    try {
      const { cpuMs } = await measureSso(server);
      const bare = await measureBareRequest();
      return { cpuMs, ratio: cpuMs / rsa2048SignMs, note: `${signatures} R + ${((cpuMs - signatures * rsa2048SignMs) / bare).toFixed(1)} F, F = one bare Fastify request = ${bare.toFixed(4)} CPU-ms` };
    } finally {
      await server.stop();
    }
  },
});
export const rows: readonly BenchRow[] = [row('saml-sso-1sig', 2.5, 1, { response: false, assertion: true }), row('saml-sso-2sig', 3.8, 2, { response: true, assertion: true })];
