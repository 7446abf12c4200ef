/**
 * The card's own TLS listener: own host name, own certificate that is not valid for the main host, client certificate asked for in
 * the first handshake (RFC 9113 §9.2.3 rules out asking later), nothing served but /card/<handle>. A certificate is asked for, not
 * demanded, so that a person without a card meets a page. Does not own: whether a certificate is good (authenticate.ts).
 */
import { constants } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { TLSSocket, type DetailedPeerCertificate, type TlsOptions } from 'node:tls';
import { fail } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import { createCardEndpoint, forwardedCertificateHeaders, type CardEndpointPorts, type HostPattern, type PeerRead, type PeerReader, type PresentedCertificate } from './card-endpoint.ts';

export interface CardListenerSettings {
  /** PEM of the listener's own key and certificate chain. */
  readonly key: string;
  readonly certificate: string;
  /** PEM of the issuing CAs whose names browsers filter by (facts: credentials §7). Hints only: trust is decided in pki. */
  readonly hints: readonly string[];
  readonly hosts: readonly HostPattern[];
}
const SECONDS = 1000;
/** The person chooses a certificate and types a PIN while the handshake waits: as long as a handle lives. */
const HANDSHAKE_TIMEOUT = 120 * SECONDS;
const REQUEST_TIMEOUT = 10 * SECONDS;
const MAX_HEADER_BYTES = 16_384;
const MAX_CHAIN = 4;
/** Waiting for a PIN is cheap but not free: far above a morning's rush on one node, far below running out of descriptors. */
const MAX_CONNECTIONS = 20_000;

/**
 * TLS settings of the listener; `server.setSecureContext(cardTlsOptions(…))` takes a renewed certificate without restart.
 * No tickets and no session store: nothing can be resumed here, whatever another listener handed out (threats H03).
 */
export const cardTlsOptions = (settings: CardListenerSettings): TlsOptions => ({
  key: settings.key,
  cert: settings.certificate,
  ca: [...settings.hints],
  requestCert: true,
  // Refusing in the handshake would be an error page of the browser's; the path is checked by pki, always.
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ALPNProtocols: ['http/1.1'],
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  sessionIdContext: 'bryggan-card',
  handshakeTimeout: HANDSHAKE_TIMEOUT,
});

/** What the peer sent in this handshake: leaf, and the certificates above it as far as they were sent. */
const presentedOn = (socket: TLSSocket): PresentedCertificate | null => {
  const leaf = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>;
  if (leaf.raw === undefined) return null;
  const chainDer: Uint8Array[] = [];
  let current: Partial<DetailedPeerCertificate> = leaf;
  while (chainDer.length < MAX_CHAIN && current.issuerCertificate !== undefined && current.issuerCertificate !== current) {
    current = current.issuerCertificate;
    if (current.raw !== undefined) chainDer.push(current.raw);
  }
  return { leafDer: leaf.raw, chainDer, proxyComplaint: null };
};
/** Reads the certificate of a TLS connection that ended here; fails with `card.resumed` when no full handshake took place. */
const readPeer = (request: IncomingMessage, log: Log): PeerRead => {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return fail('internal', 'the card listener got a request without TLS');
  // A resumed session proves that somebody once held the key, not that the card is in the reader now.
  if (socket.isSessionReused()) return fail('card.resumed', 'a resumed TLS session reached the card listener (threats H03)');
  const claimed = forwardedCertificateHeaders(request);
  if (claimed.length > 0) log.warn({ headers: claimed }, 'a client sent headers that only a proxy may send; they were ignored (threats H01)');
  const named: unknown = (socket as { readonly servername?: unknown }).servername;
  return { peer: presentedOn(socket), tlsVersion: socket.getProtocol(), serverName: typeof named === 'string' && named !== '' ? named : null };
};

/** For a TLS server made with `cardTlsOptions`. */
export const tlsPeerReader = (log: Log): PeerReader => ({ via: 'tls', read: (request) => readPeer(request, log) });

/** The server, not yet listening. One request a connection. */
export const createCardListener = (settings: CardListenerSettings, ports: CardEndpointPorts): Server => {
  const server = createServer({ ...cardTlsOptions(settings), maxHeaderSize: MAX_HEADER_BYTES, insecureHTTPParser: false }, createCardEndpoint(settings.hosts, tlsPeerReader(ports.log), ports));
  server.headersTimeout = REQUEST_TIMEOUT;
  server.requestTimeout = REQUEST_TIMEOUT;
  server.timeout = REQUEST_TIMEOUT;
  server.keepAliveTimeout = SECONDS;
  server.maxRequestsPerSocket = 1;
  server.maxConnections = MAX_CONNECTIONS;
  server.on('tlsClientError', (error) => ports.log.info({ reason: error.message }, 'a TLS handshake with the card listener failed'));
  server.on('clientError', (_error, socket) => { socket.destroy(); });
  return server;
};
