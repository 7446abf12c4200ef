/** What every answer of the public listener carries, whoever wrote it: page, redirect, file or fault (threats K08, K10). */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LoginPorts } from '../../src/login/context.ts';
import { silentLog } from '../../src/core/ports.ts';
import { fail } from '../../src/core/errors.ts';
import type { ReplyTools } from '../../src/http/reply-page.ts';
import { createPublicServer } from '../../src/http/server.ts';

const tools = { ui: { render: () => '<p>page</p>', headers: () => ({ 'cache-control': 'no-store' }) }, environment: 'production', transactionSeconds: 900 } as unknown as ReplyTools;
const serverAt = async (publicUrl: string) => {
  const ports = { settings: { publicUrl, secret: 's'.repeat(43), environment: 'production', startsPerMinute: 100 }, registry: { current: () => ({ parties: new Map() }) }, pace: { refusals: () => 1 }, audit: { record: () => Promise.resolve() }, log: silentLog, random: { bytes: (length: number) => Buffer.alloc(length) }, operatorSupport: null } as unknown as LoginPorts;
  const server = createPublicServer({ tls: null, trustedProxies: [], bodyLimit: 1000 }, ports, tools);
  server.get('/page', (_request, reply) => reply.type('text/html').send('<p>hello</p>'));
  server.get('/redirect', (_request, reply) => reply.code(303).header('location', '/page').send());
  server.get('/broken', () => fail('store.unavailable', 'away'));
  server.post('/form', (_request, reply) => reply.send('taken'));
  await server.ready();
  onTestFinished(() => server.close());
  const host = new URL(publicUrl).host;
  return (url: string, changes: object = {}) => server.inject({ url, headers: { host }, ...changes });
};
const HSTS = 'strict-transport-security';

describe('Strict-Transport-Security', () => {
  it.each([['/page', 200], ['/redirect', 303], ['/broken', 503], ['/nothing', 404]] as const)('is on %s (%i)', async (url, status) => {
    const answer = await (await serverAt('https://idp.example.se'))(url);
    expect([answer.statusCode, answer.headers[HSTS]]).toEqual([status, 'max-age=31536000']);
  });
  it('is on an answer to a foreign host, a form that is too large, and one of another type', async () => {
    const call = await serverAt('https://idp.example.se');
    const form = { method: 'POST', headers: { 'host': 'idp.example.se', 'content-type': 'application/x-www-form-urlencoded' } };
    const answers = [await call('/page', { headers: { host: 'evil.example' } }), await call('/form', { ...form, payload: 'x'.repeat(2000) }), await call('/form', { ...form, headers: { ...form.headers, 'content-type': 'application/json' }, payload: '{}' })];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers[HSTS]])).toEqual([[421, 'max-age=31536000'], [413, 'max-age=31536000'], [400, 'max-age=31536000']]);
    expect((await call('/form', { ...form, payload: 'x=1' })).body).toBe('taken');
  });
  it('is not on names that every developer’s machine shares', async () => {
    for (const name of ['https://localhost:8443', 'https://idp.localhost']) expect((await (await serverAt(name))('/page')).headers[HSTS]).toBeUndefined();
  });
});
describe('a fault that passes', () => {
  it('tells when to come again', async () => expect((await (await serverAt('https://idp.example.se'))('/broken')).headers['retry-after']).toBe('5'));
});
