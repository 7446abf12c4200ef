/** The management server tells health and numbers, nothing else, and one state directory serves one process (threats M10). */
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createManagementServer, listenOnSocket, type ManagementView } from '../../src/http/management.ts';
import { rejectedWith } from '../fixtures/refused.ts';

const well: ManagementView = { live: () => true, ready: () => Promise.resolve({ status: 'ready', reasons: [] }), metrics: () => Promise.resolve('x 1\n'), status: () => Promise.resolve({ secret: 'inside' }) };
const place = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-control-'));
  onTestFinished(() => { rmSync(directory, { recursive: true, force: true }); });
  return join(directory, 'control.sock');
};
const serve = async (view: Partial<ManagementView>, withStatus = false, path = place()): Promise<string> => {
  const server = createManagementServer({ ...well, ...view }, withStatus);
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
    expect(await ask(await serve({}, true), '/status')).toMatchObject({ status: 200, body: '{"secret":"inside"}' });
    expect(await ask(await serve({}, false), '/status')).toMatchObject({ status: 404, body: '{}' });
  });
  it.each([['POST', '/health/live', 405], ['DELETE', '/metrics', 405], ['GET', '/', 404], ['GET', '/health', 404], ['GET', '/metrics/', 404], ['GET', '/debug/pprof', 404]] as const)('%s %s is %i', async (method, path, code) => expect((await ask(await serve({}), path, method)).status).toBe(code));
});
describe('the control socket', () => {
  it('is its owner’s alone', async () => expect(statSync(await serve({})).mode & 0o777).toBe(0o600));
  it('left by a process that is gone is replaced', async () => {
    const path = place();
    writeFileSync(path, '');
    chmodSync(path, 0o777);
    expect((await ask(await serve({}, false, path), '/health/live')).status).toBe(200);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
  it('that a process answers on is not taken from it', async () => {
    const path = await serve({});
    await rejectedWith('config.invalid', serve({}, false, path));
    expect((await ask(path, '/health/live')).status).toBe(200);
  });
});
