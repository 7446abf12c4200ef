/** Threat G07: key sets of clients are fetched by the outbound client alone, with its limits; a server of the test's own says what was asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { testClient, type TestClient } from '../fixtures/oidc-client.ts';
import { createPublicKey } from 'node:crypto';

let bryggan: Bryggan;
let server: Server;
const asked: string[] = [];
const clients = new Map<string, TestClient>();
const answers: Readonly<Record<string, (write: (body: string, status?: number, headers?: Record<string, string>) => void, client: TestClient) => void>> = {
  good: (write, client) => write(JSON.stringify({ keys: [{ ...createPublicKey(client.key).export({ format: 'jwk' }), kid: 'key-set-good', use: 'sig' }] })),
  huge: (write) => write(`{"keys":[${' '.repeat(300_000)}]}`),
  redirect: (write) => write('', 302, { location: '/keys/good' }),
  nonsense: (write) => write('<html>no keys here</html>'),
  failing: (write) => write('{"keys":[]}', 500),
};
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const name = (request.url ?? '').split('/').at(-1) ?? '';
    const client = clients.get(name);
    if (client === undefined) return void response.writeHead(404).end();
    answers[name]?.((body, status = 200, headers = {}) => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body); }, client);
  });
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address() as AddressInfo;
  for (const name of Object.keys(answers)) clients.set(name, testClient({ name: `key-set-${name}`, oidc: { jwks: undefined, jwksUri: `http://127.0.0.1:${String(port)}/keys/${name}` } }));
  bryggan = await startBryggan({ services: [...clients.values()].map(({ files }) => files) });
});
afterAll(async () => { await bryggan.stop(); server.close(); });

describe('jwks_uri', () => {
  it('is fetched when it is needed, and the client logs in', async () => {
    const client = clients.get('good');
    expect((await client?.logIn(bryggan.agentFor('anna-berglund'), bryggan))?.claims()).toMatchObject({ given_name: 'Anna' });
    expect(asked).toContain('/keys/good');
  });
  it.each(['huge', 'redirect', 'nonsense', 'failing'])('%s: the client is refused, nobody else is', async (name) => {
    const client = clients.get(name);
    const login = await client?.begin(bryggan.agentFor('anna-berglund'), bryggan);
    if (client === undefined || login === undefined) throw new Error('no client');
    const before = asked.filter((path) => path === '/keys/good').length;
    await expect(client.redeem(bryggan, login)).rejects.toMatchObject({ error: expect.stringMatching(/^invalid_client/) as unknown });
    expect([asked.includes(`/keys/${name}`), asked.filter((path) => path === '/keys/good').length]).toEqual([true, before]);
  });
  it('discovery and authorization fetch nothing', async () => {
    const before = asked.length;
    await clients.get('good')?.begin(bryggan.agentFor('anna-berglund'), bryggan);
    expect(asked.length).toBe(before);
  });
});
