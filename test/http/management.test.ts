/** The management server tells health and numbers, nothing else, and one state directory serves one process (threats M10). */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createManagementServer, listenOnSocket, type ControlActions, type ManagementView } from '../../src/http/management.ts';
import { BrygganError } from '../../src/core/errors.ts';
import { rejectedWith } from '../fixtures/refused.ts';

const well: ManagementView = { live: () => true, ready: () => Promise.resolve({ status: 'ready', reasons: [] }), metrics: () => Promise.resolve('x 1\n'), status: () => Promise.resolve({ secret: 'inside' }) };
const place = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-control-'));
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }); });
  return join(directory, 'control.sock');
};
const serve = async (view: Partial<ManagementView>, actions: ControlActions | null = null, path = place()): Promise<string> => {
  const server = createManagementServer({ ...well, ...view }, actions);
  await listenOnSocket(server, path);
  onTestFinished(() => { server.close(); });
  return path;
};
const ask = (socketPath: string, path: string, method = 'GET'): Promise<{ status: number; body: string; type: string; cache: string }> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => { body += text; }).on('end', () => resolve({ status: response.statusCode ?? 0, body, type: response.headers['content-type'] ?? '', cache: response.headers['cache-control'] ?? '' }));
    }).once('error', reject).end();
  });

describe('the management server', () => {
  it.each([['ready', 200], ['degraded', 200], ['not-ready', 503]] as const)('says of a node that is %s: %i', async (status, code) => {
    const answer = await ask(await serve({ ready: () => Promise.resolve({ status, reasons: ['because'] }) }), '/health/ready');
    expect([answer.status, answer.cache, JSON.parse(answer.body)]).toEqual([code, 'no-store', { status, reasons: ['because'] }]);
  });
  it('says that a process lives, whatever else is wrong', async () => {
    const path = await serve({ ready: () => Promise.reject(new Error('broken')) });
    expect((await ask(path, '/health/live')).status).toBe(200);
    expect((await ask(path, '/health/ready')).status).toBe(500);
  });
  it('says nothing of why something broke', async () => expect(await ask(await serve({ metrics: () => Promise.reject(new Error('secret')) }), '/metrics')).toMatchObject({ status: 500, body: '{}' }));
  it('gives metrics as Prometheus reads them', async () => expect(await ask(await serve({}), '/metrics')).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: 'x 1\n' }));
  it('tells its status over the control socket alone', async () => {
    expect(await ask(await serve({}, new Map()), '/status')).toMatchObject({ status: 200, body: '{"secret":"inside"}' });
    expect(await ask(await serve({}, null), '/status')).toMatchObject({ status: 404, body: '{}' });
  });
  it.each([['POST', '/health/live', 405], ['DELETE', '/metrics', 405], ['GET', '/', 404], ['GET', '/health', 404], ['GET', '/metrics/', 404], ['GET', '/debug/pprof', 404]] as const)('%s %s is %i', async (method, path, code) => expect((await ask(await serve({}), path, method)).status).toBe(code));
});
const order = (socketPath: string, body: string): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path: '/control', method: 'POST', agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    }).once('error', reject).end(body);
  });
describe('orders over the control socket', () => {
  const actions: ControlActions = new Map<string, (input: Readonly<Record<string, unknown>>) => Promise<unknown>>([['echo', (input) => Promise.resolve(input)], ['refuse', () => Promise.reject(new BrygganError('command.usage', 'name a person'))]]);
  it('are carried out, and a refusal keeps its code', async () => {
    const path = await serve({}, actions);
    expect(await order(path, '{"action":"echo","input":{"a":1}}')).toEqual({ status: 200, body: '{"a":1}' });
    expect(await order(path, '{"action":"refuse","input":{}}')).toEqual({ status: 400, body: '{"code":"command.usage","detail":"name a person"}' });
  });
  it.each([['no JSON', 'x'], ['no order', '{"action":"other","input":{}}'], ['no input', '{"action":"echo"}'], ['null', 'null'], ['more than it may be', `{"action":"echo","input":{"a":"${'x'.repeat(70_000)}"}}`]])('%s is refused', async (_name, body) => expect((await order(await serve({}, actions), body)).status).toBe(400));
  it('are nothing that TCP knows', async () => expect((await order(await serve({}, null), '{"action":"echo","input":{}}')).status).toBe(405));
});
describe('the control socket', () => {
  it('is its owner’s alone', async () => expect(statSync(await serve({})).mode & 0o777).toBe(0o600));
  it('left by a process that is gone is replaced', async () => {
    const path = place();
    writeFileSync(path, '');
    chmodSync(path, 0o777);
    expect((await ask(await serve({}, null, path), '/health/live')).status).toBe(200);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
  it('that a process answers on is not taken from it', async () => {
    const path = await serve({});
    await rejectedWith('config.invalid', serve({}, null, path));
    expect((await ask(path, '/health/live')).status).toBe(200);
  });
});
