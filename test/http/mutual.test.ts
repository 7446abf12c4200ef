/** The client for services that know us by a certificate: bounded in time and size, one authority, no redirects, connections kept. */
import { createServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { createMutualClient, type MutualClient } from '../../src/http/mutual.ts';
import { rejectedWith } from '../fixtures/refused.ts';

const set = developmentSet();
const own = set.machine('authentication-service');
const connections = new Set<unknown>();
let subjects: string[] = [];
let reply: (response: ServerResponse) => void = (response) => { response.end('good'); };
const server = createServer({
  key: readFilePem(own.keyFile), cert: `${readFilePem(own.certFile)}\n${readFilePem(set.authority('efos-function').certFile)}`, requestCert: true, ca: ['siths-function', 'siths-root'].map((id) => readFilePem(set.authority(id).certFile)),
}, (request, response) => {
  connections.add(request.socket);
  if (request.socket instanceof TLSSocket) subjects.push(String(request.socket.getPeerCertificate().subject.CN));
  request.resume().on('end', () => { reply(response); });
});
let url = '';
let client: MutualClient;
/** Longer than any answer of this file takes on a busy machine. */
const PATIENT = 20_000;
const IMPATIENT = 300;
const open = ({ ca = 'authorities/efos-root.crt.pem', milliseconds = PATIENT } = {}): MutualClient => createMutualClient({ ca: readFilePem(ca), certificate: readFilePem('functions/bryggan.crt.pem'), key: readFilePem('functions/bryggan.key.pem'), milliseconds, bytes: 1000, connections: 2, code: 'mobile.unavailable' });
beforeAll(async () => {
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  url = `https://localhost:${String((server.address() as AddressInfo).port)}/x`;
  client = open();
});
afterAll(() => { client.close(); server.closeAllConnections(); server.close(); });
const ask = async (answer: (response: ServerResponse) => void, statuses: readonly number[] = [200], by = client): Promise<string> => {
  reply = answer;
  return Buffer.from((await by.post(url, 'question', { 'content-type': 'text/plain' }, statuses)).bytes).toString();
};
const refused = async (answer: (response: ServerResponse) => void, by = client): Promise<string> => (await rejectedWith('mobile.unavailable', ask(answer, [200], by))).detail;

describe('a call', () => {
  it('shows our certificate, and a hundred use two connections', async () => {
    connections.clear();
    subjects = [];
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask((response) => response.end('good'))));
    expect(new Set(answers)).toEqual(new Set(['good']));
    expect([connections.size, new Set(subjects)]).toEqual([2, new Set(['DEV Bryggan as a client'])]);
  });
  it('a status that counts as an answer comes with its body; others do not, nor is a redirect followed', async () => {
    expect(await ask((response) => response.writeHead(500).end('fault'), [200, 500])).toBe('fault');
    expect(await refused((response) => response.writeHead(500).end('fault'))).toBe('answered 500');
    expect(await refused((response) => response.writeHead(302, { location: url }).end())).toBe('answered 302');
  });
  it.each([
    ['no answer', () => undefined], ['an answer that stops after its head', (response: ServerResponse) => { response.writeHead(200).flushHeaders(); }],
    ['one that stops in the middle', (response: ServerResponse) => { response.write('half'); }],
  ])('%s is waited for as long as is allowed', async (_, answer) => {
    const hurried = open({ milliseconds: IMPATIENT });
    expect(await refused(answer, hurried)).toContain('within 300 ms');
    hurried.close();
  });
  it.each([
    ['too large at once', (response: ServerResponse) => { response.end('a'.repeat(1001)); }], ['too large in pieces, without end', (response: ServerResponse) => { const write = (): void => { if (response.write('a'.repeat(400))) setImmediate(write); }; write(); }],
  ])('%s', async (_, answer) => { expect(await refused(answer)).toBe('more than 1000 bytes'); });
  it('the largest that is allowed is taken', async () => { expect(await ask((response) => response.end('a'.repeat(1000)))).toHaveLength(1000); });
  it('broken off in the middle', async () => {
    await refused((response) => { response.writeHead(200, { 'content-length': '100' }); response.write('half', () => response.destroy()); });
    expect(await ask((response) => response.end('good'))).toBe('good');
  });
  it('a service of another authority is not spoken to', async () => {
    const other = open({ ca: 'authorities/siths-root.crt.pem' });
    subjects = [];
    await rejectedWith('mobile.unavailable', other.post(url, 'secret', {}, [200]));
    other.close();
    expect(subjects).toEqual([]);
  });
});
