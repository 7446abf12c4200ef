/**
 * The listener behind a proxy that terminates TLS: the only place where a forwarded certificate is believed, and never more than
 * that the proxy saw the key's proof. Reached over a Unix socket, loopback or mutual TLS; every request carries the shared secret,
 * the proxy's verify result, its word on resumption, and at most one certificate (facts: credentials §7; threats H01-H03).
 * Does not own: the path check, which runs in full as if TLS had ended here (authenticate.ts).
 */
import { X509Certificate } from 'node:crypto';
import { createServer as createPlainServer, type IncomingMessage, type Server as PlainServer } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { TLSSocket, type TlsOptions } from 'node:tls';
import { fail } from '../../core/errors.ts';
import { equalSecrets } from '../../core/secrets.ts';
import { canonicalName, createCardEndpoint, forwardedCertificateHeaders, rawHeaders, type CardEndpointPorts, type HostPattern, type PeerRead, type PeerReader, type PresentedCertificate } from './card-endpoint.ts';

/** `rfc9440`: `Client-Cert: :base64:` with an optional `Client-Cert-Chain`; `escaped-pem`: nginx's URL-encoded PEM. */
export type ForwardedForm = 'rfc9440' | 'escaped-pem';
export interface MutualTls {
  /** PEM of this listener's key and certificate. */
  readonly key: string;
  readonly certificate: string;
  /** PEM of the CAs, root included, that issue the proxies' certificates. */
  readonly authorities: readonly string[];
  /** SHA-256 of the proxies' certificates, hexadecimal; colons are ignored. */
  readonly fingerprints: readonly string[];
}
export interface ProxyListenerSettings {
  readonly form: ForwardedForm;
  /** One, or two while the secret is being changed; at least 32 characters each. */
  readonly secrets: readonly string[];
  readonly hosts: readonly HostPattern[];
  /** Null: Unix socket or loopback only, checked for every request. */
  readonly mutualTls: MutualTls | null;
}
export const proxyHeaders = {
  secret: 'x-bryggan-proxy-secret',
  /** `SUCCESS` or `0`; `NONE` without a certificate; anything else is the proxy's complaint. */
  verify: 'x-ssl-client-verify',
  /** `.` or `0` for a full handshake; `r` or `1` for a resumed one. */
  resumed: 'x-ssl-session-reused',
  escapedPem: 'x-ssl-client-cert',
  rfc9440: 'client-cert',
  rfc9440Chain: 'client-cert-chain',
} as const;
const MIN_SECRET = 32;
const MAX_CHAIN = 4;
/** An escaped PEM of a leaf signed with 4096 bits is 3-4 kB, a chain several times that. */
const MAX_HEADER_BYTES = 65_536;
const REQUEST_TIMEOUT = 10_000;

const refuse = (detail: string): never => fail('card.proxy', detail);

/** The value of a header that must be there exactly once (or, with `optional`, at most once) in exactly this spelling. */
const single = (request: IncomingMessage, name: string, optional = false): string | undefined => {
  const same = rawHeaders(request).filter(([raw]) => canonicalName(raw) === name);
  const [first] = same;
  if (first === undefined) return optional ? undefined : refuse(`header ${name} is missing`);
  if (same.length > 1) return refuse(`header ${name} came more than once or with a twin`);
  if (first[0].toLowerCase() !== name) return refuse(`header ${name} came in another spelling`);
  return first[1];
};

const decodeBase64 = (text: string): Uint8Array => {
  // Strict: what one side skips, the other must not [RFC 4648 §3.3].
  if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/.test(text)) return refuse('a forwarded certificate is not base64');
  return Buffer.from(text, 'base64');
};
/** An sf-binary [RFC 8941 §3.3.5]. */
const byteSequence = (text: string): Uint8Array => {
  const inner = /^:([^:]*):$/.exec(text.trim())?.[1];
  return inner === undefined ? refuse('a forwarded certificate is not a byte sequence [RFC 9440 §2.2]') : decodeBase64(inner);
};
const escapedPem = (text: string): Uint8Array => {
  let pem: string;
  try { pem = decodeURIComponent(text); } catch { return refuse('a forwarded certificate is not URL-encoded'); }
  const body = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n-----END CERTIFICATE-----\r?\n?$/.exec(pem)?.[1];
  return body === undefined ? refuse('a forwarded certificate is not exactly one PEM block') : decodeBase64(body.replace(/[\r\n]/g, ''));
};
interface Forwarded { readonly leafDer: Uint8Array; readonly chainDer: readonly Uint8Array[] }
const forwardedIn: Readonly<Record<ForwardedForm, (request: IncomingMessage) => Forwarded | undefined>> = {
  'rfc9440': (request) => {
    const leaf = single(request, proxyHeaders.rfc9440, true);
    const chain = single(request, proxyHeaders.rfc9440Chain, true);
    if (leaf === undefined) return chain === undefined ? undefined : refuse('a chain without a certificate [RFC 9440 §2.3]');
    const chainDer = chain === undefined ? [] : chain.split(',').map(byteSequence);
    return chainDer.length > MAX_CHAIN ? refuse(`a forwarded chain of more than ${MAX_CHAIN}`) : { leafDer: byteSequence(leaf), chainDer };
  },
  'escaped-pem': (request) => {
    const leaf = single(request, proxyHeaders.escapedPem, true);
    return leaf === undefined ? undefined : { leafDer: escapedPem(leaf), chainDer: [] };
  },
};
const understood: Readonly<Record<ForwardedForm, readonly string[]>> = {
  'rfc9440': [proxyHeaders.secret, proxyHeaders.verify, proxyHeaders.resumed, proxyHeaders.rfc9440, proxyHeaders.rfc9440Chain],
  'escaped-pem': [proxyHeaders.secret, proxyHeaders.verify, proxyHeaders.resumed, proxyHeaders.escapedPem],
};

const isLoopback = (address: string | undefined): boolean => address === '::1' || /^(?:::ffff:)?127\./.test(address ?? '');
/** Without mutual TLS: a Unix socket, or this machine. With it: one of the pinned proxies. */
const checkSender = (request: IncomingMessage, mutualTls: MutualTls | null, isUnixSocket: boolean): void => {
  const { socket } = request;
  if (mutualTls === null) {
    if (!isUnixSocket && !isLoopback(socket.remoteAddress)) refuse('a request without mutual TLS from another machine');
    return;
  }
  const fingerprint = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.fingerprint256 : undefined;
  if (fingerprint === undefined || !mutualTls.fingerprints.map(plainFingerprint).includes(plainFingerprint(fingerprint))) refuse('the TLS certificate of the sender is not that of a known proxy');
};
const plainFingerprint = (text: string): string => text.replaceAll(':', '').toLowerCase();
const checkSecret = (request: IncomingMessage, secrets: readonly string[]): void => {
  const offered = single(request, proxyHeaders.secret) ?? '';
  // All are compared, so that the time does not tell which one was tried.
  const matches = secrets.map((secret) => equalSecrets(offered, secret));
  if (!matches.includes(true)) refuse('the shared secret of the proxy is wrong');
};

const readForwardedPeer = (request: IncomingMessage, settings: ProxyListenerSettings, isUnixSocket: boolean): PeerRead => {
  checkSender(request, settings.mutualTls, isUnixSocket);
  checkSecret(request, settings.secrets);
  const foreign = forwardedCertificateHeaders(request).find((name) => !understood[settings.form].includes(name));
  if (foreign !== undefined) refuse(`header ${foreign} is not part of this hand-over; the proxy must remove it`);
  const resumed = single(request, proxyHeaders.resumed);
  if (resumed !== '.' && resumed !== '0') return fail('card.resumed', 'the proxy resumed a TLS session, or does not say (threats H03)');
  const verify = single(request, proxyHeaders.verify) ?? '';
  const forwarded = forwardedIn[settings.form](request);
  if (verify === '') refuse('the proxy gives no verify result');
  if ((verify === 'NONE') !== (forwarded === undefined)) refuse('the verify result and the certificate contradict each other');
  if (forwarded === undefined) return { peer: null, tlsVersion: null, serverName: null };
  const peer: PresentedCertificate = { ...forwarded, proxyComplaint: verify === 'SUCCESS' || verify === '0' ? null : verify.slice(0, 200) };
  return { peer, tlsVersion: null, serverName: null };
};

/** Refuses to exist when the trust in the proxy is not configured. Errors: `config.invalid`. */
const checkSettings = (settings: ProxyListenerSettings): void => {
  const { secrets, mutualTls } = settings;
  if (secrets.length < 1 || secrets.length > 2) fail('config.invalid', 'the proxy listener needs one shared secret, or two while it is being changed');
  if (secrets.some((secret) => secret.length < MIN_SECRET)) fail('config.invalid', `a shared secret of the proxy listener has fewer than ${MIN_SECRET} characters`);
  if (settings.hosts.length === 0) fail('config.invalid', 'the proxy listener serves no host name');
  if (mutualTls !== null && (mutualTls.authorities.length === 0 || mutualTls.fingerprints.length === 0)) fail('config.invalid', 'mutual TLS of the proxy listener names no authority or no proxy');
};

export const proxyTlsOptions = ({ key, certificate, authorities }: MutualTls): TlsOptions =>
  ({ key, cert: certificate, ca: [...authorities], requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] });
/**
 * The server, not yet listening. Without mutual TLS it is plain HTTP for a Unix socket or a loopback address.
 * Errors: `config.invalid` for settings that would believe anybody.
 */
export const createProxyListener = (settings: ProxyListenerSettings, ports: CardEndpointPorts): PlainServer | TlsServer => {
  checkSettings(settings);
  const reader: PeerReader = { via: 'proxy', read: (request) => readForwardedPeer(request, settings, typeof server.address() === 'string') };
  const endpoint = createCardEndpoint(settings.hosts, reader, ports);
  const http = { maxHeaderSize: MAX_HEADER_BYTES, insecureHTTPParser: false };
  const { mutualTls } = settings;
  const server: PlainServer | TlsServer = mutualTls === null ? createPlainServer(http, endpoint) : createTlsServer({ ...http, ...proxyTlsOptions(mutualTls) }, endpoint);
  server.headersTimeout = REQUEST_TIMEOUT;
  server.requestTimeout = REQUEST_TIMEOUT;
  server.on('clientError', (_error, socket) => { socket.destroy(); });
  server.on('tlsClientError', (error: Error) => ports.log.info({ reason: error.message }, 'a TLS handshake with the proxy listener failed'));
  return server;
};
/** SHA-256 of a PEM certificate as `MutualTls.fingerprints` wants it. */
export const fingerprintOf = (pem: string): string => plainFingerprint(new X509Certificate(pem).fingerprint256);
