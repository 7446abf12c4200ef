/** Traces of whole logins arrive at a collector, over both protocols, and carry no fact about anybody. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient } from '../fixtures/oidc-client.ts';

interface Span { readonly name: string; readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly status?: { readonly code?: number; readonly message?: string } }
const spans: Span[] = [];
let raw = '';
let collector: Server;
let bryggan: Bryggan;
const journal = askingService({ name: 'journal' });
const client = testClient({ name: 'traced' });
const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
beforeAll(async () => {
  collector = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => {
      raw += body;
      const sent = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      spans.push(...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => { collector.listen(0, '127.0.0.1', done); });
  const endpoint = `http://127.0.0.1:${String((collector.address() as AddressInfo).port)}/v1/traces`;
  bryggan = await startBryggan({ services: [journal.files, client.files], broker: (document) => { document.set('tracing', document.createNode({ endpoint, ratio: 1 })); } });
  const agent = bryggan.agentFor('anna-berglund', { headers: { traceparent: parent } });
  receivedFrom(await logIn(agent, bryggan, journal));
  await client.logIn(agent, bryggan);
  // What is still held is sent before the process ends.
  await bryggan.terminate();
});
afterAll(async () => { await bryggan.stop(); collector.close(); });

describe('traces', () => {
  const requests = (): readonly Span[] => spans.filter(({ name }) => /^(GET|POST) /.test(name));
  it('both faces, stores, directory and trail are in them, each inside its request', () => {
    expect(requests().map(({ name }) => name)).toEqual(expect.arrayContaining(['GET /saml/sso', 'GET /oidc/authorize', 'POST /oidc/token']));
    const names = new Set(spans.map(({ name }) => name));
    for (const name of ['store.sessions.create', 'store.transactions.find', 'directory.find', 'audit.record', 'store.oidc.consume']) expect(names.has(name), name).toBe(true);
    const ids = new Set(requests().map(({ spanId }) => spanId));
    const record = spans.find(({ name }) => name === 'store.sessions.create');
    expect(ids.has(record?.parentSpanId ?? '')).toBe(true);
  });
  it("a caller's trace goes on", () => expect(requests().find(({ name }) => name === 'GET /saml/sso')).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' }));
  it('carry routes and codes, never a person, a message or a query', () => {
    // Random ids and clock readings may hold any digits.
    const told = raw.replace(/"(?:traceId|spanId|parentSpanId|\w*[tT]imeUnixNano)":"\w+"/g, '');
    expect(told).not.toMatch(/SE2321000131|DEV1001|Anna|Berglund|SAMLRequest|code_challenge|19\d{10}/);
    expect(raw.length).toBeGreaterThan(2000);
  });
});
