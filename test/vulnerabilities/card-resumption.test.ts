/** H03: a TLS session from elsewhere must not open the card host. Its twin: the same client with a full handshake. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFilePem } from '../../certs-dev/set.ts';
import { createCardListener } from '../../src/authenticators/certificate/card-listener.ts';
import { askTls, cardSettings, close, listen, pair, recorder, set } from '../authenticators/certificate/stage.ts';

const anna = pair(set.certificate('anna-berglund'));
const ports = recorder();
const card = createCardListener(cardSettings(), ports);
/** Another listener of the same machine and name, with tickets, that asks for other certificates or for none. */
const elsewhere = (options: ServerOptions): Server => createServer({
  key: cardSettings().key, cert: cardSettings().certificate, ticketKeys: randomBytes(48), sessionIdContext: 'bryggan-card', ...options,
}, (_request, response) => { response.setHeader('Connection', 'close'); response.end(); });
const servers = {
  'one that asks for no certificate': elsewhere({}),
  'one that asks for certificates of another CA': elsewhere({ requestCert: true, rejectUnauthorized: false, ca: [readFilePem(set.authority('siths-function').certFile)] }),
};
let port = 0;
beforeAll(async () => { port = await listen(card); for (const server of Object.values(servers)) await listen(server); });
afterAll(() => Promise.all([card, ...Object.values(servers)].map(close)));

describe.each(Object.entries(servers))('a session of %s', (_what, server) => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is not resumed at the card host, %s', async (version) => {
    const address = server.address();
    const only = { ...anna, minVersion: version, maxVersion: version };
    const there = typeof address === 'object' && address !== null ? address.port : 0;
    const first = await askTls({ port: there, ...only });
    const session = first.sessions.at(-1)!;
    // It is a session that can be resumed where it came from.
    expect((await askTls({ port: there, ...only, session })).socket.reused).toBe(true);
    ports.seen.length = 0;
    const here = await askTls({ port, ...only, session });
    expect(here.socket.reused).toBe(false);
    // The full handshake proved the card anew.
    expect(ports.seen).toHaveLength(1);
    expect(ports.seen[0]!.peer).not.toBeNull();
  });
});
