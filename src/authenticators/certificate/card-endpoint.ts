/**
 * The one address that both card listeners serve: `GET /card/<handle>`. Owns what a request must look like and how it is answered;
 * does not own who terminated TLS (card-listener.ts, proxy-listener.ts), what a certificate is worth (authenticate.ts), or what
 * a handle means: it is passed on as it came. No cookie is read or set here.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { fail, toBrygganError, type BrygganError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';

/** What the other side showed and proved to hold the key of. */
export interface PresentedCertificate {
  readonly leafDer: Uint8Array;
  /** Certificates sent along, nearest first; hints for the path, never trusted. */
  readonly chainDer: readonly Uint8Array[];
  /** The proxy's own complaint; a certificate that we would accept is refused all the same. Null when it had none, or without a proxy. */
  readonly proxyComplaint: string | null;
}
/** For the log and the audit line; no personal data. */
export interface CardFacts {
  readonly via: 'tls' | 'proxy';
  readonly hostName: string;
  readonly remoteAddress: string | null;
  readonly tlsVersion: string | null;
  readonly acceptLanguage: string | null;
}
export interface CardPage { readonly status: number; readonly html: string }
/** Takes what was presented and says where the browser goes next, or what it shows; whatever it throws becomes a page. */
export type OnCard = (handle: string, peer: PresentedCertificate | null, facts: CardFacts) => Promise<{ readonly redirectTo: string } | CardPage>;
/** The page of an error that has no login to go back to; the place to audit `card.proxy` and `card.resumed` (a page is sent when this resolves). */
export type FailurePage = (error: BrygganError, facts: Pick<CardFacts, 'via' | 'remoteAddress' | 'acceptLanguage'>) => Promise<CardPage>;

export interface CardEndpointPorts {
  readonly onCard: OnCard;
  readonly failurePage: FailurePage;
  readonly log: Log;
}
export interface PeerRead {
  readonly peer: PresentedCertificate | null;
  readonly tlsVersion: string | null;
  /** Name in the browser's own TLS handshake, where it ended here. */
  readonly serverName: string | null;
}
/** How a listener obtains the certificate; throws `card.proxy` or `card.resumed` before anything else is looked at. */
export interface PeerReader {
  readonly via: CardFacts['via'];
  read(request: IncomingMessage): PeerRead;
}

/** `card.example.se`, or `*.card.example.se` for one label of any content below it. */
export type HostPattern = string;
const HANDLE = /^\/card\/([A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{1,64})$/;
const FORWARDED_CERTIFICATE = /^(?:client-cert(?:-chain)?|x-(?:ssl|tls)(?:-|$).*|x-client-cert.*|x-forwarded-(?:client-cert|tls-client-cert).*|ssl-client.*|x-arr-clientcert|x-bryggan-proxy-.*)$/;

/** Header names in lower case with underscores read as hyphens: some servers and gateways treat the two as the same (threats H01). */
export const canonicalName = (name: string): string => name.toLowerCase().replaceAll('_', '-');
/** Every header of the request as it came: name in the sender's spelling, value. */
export const rawHeaders = (request: IncomingMessage): readonly (readonly [string, string])[] => {
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) pairs.push([request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '']);
  return pairs;
};
/** Names of headers that claim to carry a certificate or the proxy's word for one: worth an alarm on every listener but the proxy's. */
export const forwardedCertificateHeaders = (request: IncomingMessage): readonly string[] =>
  rawHeaders(request).map(([name]) => canonicalName(name)).filter((name) => FORWARDED_CERTIFICATE.test(name));

export const hostMatches = (hostName: string, patterns: readonly HostPattern[]): boolean =>
  patterns.some((pattern) => (pattern.startsWith('*.')
    ? hostName.endsWith(pattern.slice(1)) && /^[a-z0-9-]{1,63}$/.test(hostName.slice(0, -(pattern.length - 1)))
    : hostName === pattern));

/** The one Host header without port, in lower case. Errors: `web.host`. */
const hostNameOf = (request: IncomingMessage, patterns: readonly HostPattern[], serverName: string | null): string => {
  const values = rawHeaders(request).filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);
  const [value = ''] = values;
  const hostName = /^([^:[\]]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/i.exec(value)?.[1]?.toLowerCase();
  // One Host, and one of ours, else the connection was meant for somebody else [RFC 9110 §7.4, RFC 9112 §3.2].
  if (values.length !== 1 || hostName === undefined || !hostMatches(hostName, patterns)) return fail('web.host', 'the Host header does not name this listener');
  if (serverName !== null && serverName.toLowerCase() !== hostName) return fail('web.host', 'the Host header differs from the TLS server name (threats H04)');
  return hostName;
};
const handleOf = (request: IncomingMessage): string => {
  const handle = HANDLE.exec(request.url ?? '')?.[1];
  if (handle === undefined) return fail('web.not-found', 'only /card/<handle> is served here');
  if (request.method !== 'GET') return fail('web.method', 'a card address is opened with GET');
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) return fail('web.parameter', 'a card address takes no body');
  return handle;
};

const commonHeaders: Readonly<Record<string, string>> = {
  // The next attempt must shake hands anew, perhaps with another card: a kept connection would bring the old one.
  'Connection': 'close',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};
const isThisMachine = (hostName: string): boolean => hostName === 'localhost' || hostName.endsWith('.localhost');
const answer = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...commonHeaders, ...headers, 'Content-Length': String(Buffer.byteLength(body)) });
  response.end(body);
};

/** The request handler of a card listener; see `CardEndpointPorts`. Never throws and never leaves a request without an answer. */
export const createCardEndpoint = (hosts: readonly HostPattern[], reader: PeerReader, ports: CardEndpointPorts): RequestListener => {
  const show = (response: ServerResponse, { status, html }: CardPage): void => answer(response, status, { 'Content-Type': 'text/html; charset=utf-8' }, html);
  const serve = async (request: IncomingMessage, response: ServerResponse, origin: Pick<CardFacts, 'via' | 'remoteAddress' | 'acceptLanguage'>): Promise<void> => {
    const { peer, tlsVersion, serverName } = reader.read(request);
    const hostName = hostNameOf(request, hosts, serverName);
    const handle = handleOf(request);
    const next = await ports.onCard(handle, peer, { ...origin, hostName, tlsVersion });
    if ('html' in next) return show(response, next);
    // Not for this machine's own name: it would bind every port of it, also other people's work [RFC 6797 §8.3].
    answer(response, 303, { 'Location': next.redirectTo, ...(isThisMachine(hostName) ? {} : { 'Strict-Transport-Security': 'max-age=31536000' }) }, '');
  };
  const refuse = async (thrown: unknown, response: ServerResponse, origin: Pick<CardFacts, 'via' | 'remoteAddress' | 'acceptLanguage'>): Promise<void> => {
    const error = toBrygganError(thrown);
    ports.log.warn({ code: error.code, detail: error.detail, via: origin.via }, 'a card request was refused');
    show(response, await ports.failurePage(error, origin));
  };
  return (request, response) => {
    request.resume();
    const origin = { via: reader.via, remoteAddress: request.socket.remoteAddress ?? null, acceptLanguage: request.headers['accept-language'] ?? null };
    void serve(request, response, origin)
      .catch((thrown: unknown) => refuse(thrown, response, origin))
      // Not even the page could be made: no answer is better than a half one.
      .catch((thrown: unknown) => { ports.log.error({ code: toBrygganError(thrown).code }, 'a card request got no page'); response.destroy(); });
  };
};
