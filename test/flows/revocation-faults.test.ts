/**
 * Lists that cannot be had, or are not what they should be, on a running Bryggan with real sockets (threats H09, H10): what a nurse meets
 * and what operations see. Each beside the twin that works.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRevocationService } from '../../certs-dev/revocation.ts';
import { askingService, isAnswer, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import type { Visit } from '../fixtures/user-agent.ts';

const ISSUER = 'dev-siths-hsa-id-3';
const AUTHORITY = 'siths-hsa-id-3';
const service = askingService({ name: 'journal', yaml: 'sso: never\n' });
type Answer = (response: ServerResponse) => void;
const HOUR = 3_600_000;
const good = createRevocationService({ now: () => Date.now() });
const answers: Readonly<Record<string, Answer>> = {
  'a good list': (response) => { response.end(good.list(AUTHORITY)); },
  'the server is down': (response) => { response.socket?.destroy(); },
  'the server says 503': (response) => { response.writeHead(503).end(); },
  'an old list': (response) => { response.end(createRevocationService({ now: () => Date.now() - 48 * HOUR }).list(AUTHORITY)); },
  'a list from the future': (response) => { response.end(createRevocationService({ now: () => Date.now() + 48 * HOUR }).list(AUTHORITY)); },
  'the list of another authority': (response) => { response.end(good.list('siths-person-id-3')); },
  'the list of an impostor of the same name': (response) => { response.end(good.list('impostor-hsa-id-3')); },
  'garbage': (response) => { response.end(Buffer.alloc(2000, 'x')); },
  'half a list': (response) => { response.end(good.list(AUTHORITY).subarray(0, 200)); },
  'an empty answer': (response) => { response.end(); },
  'the server is slow': () => undefined,
  'without end': (response) => {
    const chunk = Buffer.alloc(1 << 20, 0x30);
    const more = (): void => { while (!response.destroyed && response.write(chunk)); };
    response.on('drain', more).on('error', () => undefined);
    more();
  },
};

interface Stage { readonly bryggan: Bryggan; serve(answer: string): void; stop(): Promise<void> }
type Row = (url: string) => { readonly crlUrls: readonly string[]; readonly ocspUrl: string | null; readonly order: readonly string[] };
/** One authority is served by `server` alone. The others are as always. */
const startOn = async (server: Server, row: Row): Promise<Bryggan> => {
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const { crlUrls, ocspUrl, order } = row(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
  return startBryggan({
    services: [service.files], mayStartUnready: true,
    prepare: ({ root }) => {
      const file = join(root, 'config', 'issuers.yaml');
      const document = parseDocument(readFileSync(file, 'utf8'));
      const at = (document.toJS() as { issuers: { id: string }[] }).issuers.findIndex(({ id }) => id === ISSUER);
      document.setIn(['issuers', at, 'crlUrls'], document.createNode(crlUrls));
      if (ocspUrl === null) document.deleteIn(['issuers', at, 'ocspUrl']);
      else document.setIn(['issuers', at, 'ocspUrl'], ocspUrl);
      document.setIn(['issuers', at, 'revocation'], document.createNode({ order }));
      writeFileSync(file, String(document));
    },
  });
};
const stageOf = (bryggan: Bryggan, server: Server, serve: Stage['serve']): Stage => ({ bryggan, serve, stop: async () => { await bryggan.stop(); server.closeAllConnections(); server.close(); } });
const startWith = async (first: string): Promise<Stage> => {
  let current = first;
  const server = createServer((_request, response) => { answers[current]?.(response); });
  return stageOf(await startOn(server, (url) => ({ crlUrls: [`${url}list.crl`], ocspUrl: null, order: ['crl'] })), server, (answer) => { current = answer; });
};

const attempt = (bryggan: Bryggan, person = 'anna-berglund'): Promise<Visit> => logIn(bryggan.agentFor(person), bryggan, service);
const readiness = async (bryggan: Bryggan): Promise<{ readonly status: number; readonly body: { readonly status: string; readonly reasons: readonly string[] } }> => {
  const response = await fetch(`${bryggan.managementUrl}/health/ready`);
  return { status: response.status, body: await response.json() as { status: string; reasons: readonly string[] } };
};

describe('with a good list', () => {
  let stage: Stage;
  beforeAll(async () => { stage = await startWith('a good list'); });
  afterAll(() => stage.stop());
  it('the card logs in, the node is ready, doctor calls the authority good', async () => {
    expect(receivedFrom(await attempt(stage.bryggan)).status).toEqual(['Success']);
    expect((await readiness(stage.bryggan)).body.status).toBe('ready');
    expect((await stage.bryggan.command(['doctor'])).output).toMatch(new RegExp(`good\\s+revocation: ${ISSUER}`));
  });
  it('a revoked card is refused', async () => {
    const page = await attempt(stage.bryggan, 'ingrid-soder');
    expect([isAnswer(page), page.step]).toEqual([false, 'card-failed']);
  });
  it('kept on disk: after a restart with the server down the card still logs in', async () => {
    stage.serve('the server is down');
    await stage.bryggan.kill9();
    await stage.bryggan.restart();
    expect(receivedFrom(await attempt(stage.bryggan)).status).toEqual(['Success']);
    stage.serve('a good list');
  });
});

const faults = Object.keys(answers).filter((name) => name !== 'a good list');
describe.each(faults)('%s', (fault) => {
  let stage: Stage;
  beforeAll(async () => { stage = await startWith(fault); });
  afterAll(() => stage.stop());
  it('nobody is logged in by a card of that authority, and the page says that it is not the card', async () => {
    const page = await attempt(stage.bryggan);
    expect([isAnswer(page), page.step]).toEqual([false, 'card-failed']);
    expect(page.text).toMatch(/går inte att kontrollera|kan inte kontrollera/i);
    expect(stage.bryggan.audit().findLast(({ type }) => type === 'card.refused')).toMatchObject({ code: 'card.revocation-unknown' });
  });
  it('operations see which authority it is: readiness, doctor, log', async () => {
    const { status, body } = await readiness(stage.bryggan);
    expect([status, body.status, body.reasons.join()]).toEqual([503, 'not-ready', expect.stringContaining(ISSUER)]);
    expect((await stage.bryggan.command(['doctor'])).output).toMatch(new RegExp(`bad\\s+revocation: ${ISSUER}`));
    await until('the log names the authority', () => stage.bryggan.log().includes(ISSUER));
  });
  it('cards of other authorities go on logging in', async () => expect(receivedFrom(await attempt(stage.bryggan, 'yasmin-noor')).status).toEqual(['Success']));
});

type Respond = (request: Buffer, response: ServerResponse) => void;
let recorded: Buffer | null = null;
let hits = 0;
const responses: Readonly<Record<string, Respond>> = {
  'a good answer': (request, response) => { response.end((recorded = good.answer(request))); },
  'down': (_request, response) => { response.socket?.destroy(); },
  'slow': () => undefined,
  'tryLater': (_request, response) => { response.end(Buffer.from('30030a0103', 'hex')); },
  'unauthorized': (_request, response) => { response.end(Buffer.from('30030a0106', 'hex')); },
  'garbage': (_request, response) => { response.end(Buffer.alloc(500, 'x')); },
  'good for another serial': (_request, response) => { response.end(recorded ?? Buffer.alloc(0)); },
  'stale': (request, response) => { response.end(createRevocationService({ now: () => Date.now() - 48 * HOUR }).answer(request)); },
  'signed by nobody': (request, response) => {
    const answer = Buffer.from(good.answer(request));
    const place = answer.length - 1400;
    answer[place] = (answer[place] ?? 0) ^ 1;
    response.end(answer);
  },
};
const startResponder = async (first: string): Promise<Stage> => {
  let current = first;
  const server = createServer((request, response) => {
    hits += 1;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => { responses[current]?.(Buffer.concat(parts), response); });
  });
  return stageOf(await startOn(server, (url) => ({ crlUrls: [], ocspUrl: `${url}ocsp`, order: ['ocsp'] })), server, (answer) => { current = answer; });
};

describe('a responder alone', () => {
  it('that answers logs the card in, and refuses the revoked one', async () => {
    const stage = await startResponder('a good answer');
    onTestFinished(() => stage.stop());
    expect(receivedFrom(await attempt(stage.bryggan, 'lars-ohman')).status).toEqual(['Success']);
    expect((await attempt(stage.bryggan, 'ingrid-soder')).step).toBe('card-failed');
    expect((await readiness(stage.bryggan)).body.status).toBe('ready');
  });
  it.each(Object.keys(responses).filter((name) => name !== 'a good answer'))('%s: unknown is never good, the login does not hang, and it goes on when the responder is back', async (name) => {
    const stage = await startResponder('a good answer');
    onTestFinished(() => stage.stop());
    stage.serve(name);
    const asked = hits;
    const page = await attempt(stage.bryggan);
    expect([hits > asked, isAnswer(page), page.step]).toEqual([true, false, 'card-failed']);
    expect(stage.bryggan.audit().findLast(({ type }) => type === 'card.refused')).toMatchObject({ code: 'card.revocation-unknown' });
    stage.serve('a good answer');
    if (name !== 'tryLater') return;
    // A responder that failed is left alone for a moment; one case stands for all.
    await until('the responder is asked again', async () => isAnswer(await attempt(stage.bryggan)));
  });
});
