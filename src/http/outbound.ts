/**
 * The outbound client: every call that Bryggan makes on its own to an address from configuration or verified metadata. Bounded in time
 * and size, no redirects, no proxy from the environment, and the address that is really connected to is checked (threats F04).
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { open } from 'node:fs/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, fetch } from 'undici';
import { BrygganError, fail, isBrygganError } from '../core/errors.ts';

export interface OutboundLimits {
  readonly milliseconds: number;
  /** After decompression. */
  readonly bytes: number;
  /** Everything but revocation lists and OCSP, which sign themselves and are published over http. */
  readonly httpsOnly?: boolean;
  /** Media types that are taken, without parameters; undefined: any. */
  readonly contentTypes?: readonly string[];
  /** Any success will do, with or without a body (a notice that was delivered). */
  readonly anySuccess?: boolean;
}
export type Resolver = (host: string, options: LookupOptions & { all: true }, done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;
export interface OutboundOptions {
  /** Networks (CIDR) that may be reached although they are private: Sjunet, loopback in development. */
  readonly allowedNetworks: readonly string[];
  /** PEM of authorities beside the system's, for services with certificates of their own. */
  readonly ca?: string;
  /** The system's, if left out. */
  readonly resolve?: Resolver;
}
export interface OutboundClient {
  /** Errors: `outbound.refused` (address or scheme not allowed), `outbound.failed` (everything else). */
  get(url: string, limits: OutboundLimits): Promise<Uint8Array>;
  post(url: string, body: string | Uint8Array<ArrayBuffer>, contentType: string, limits: OutboundLimits): Promise<Uint8Array>;
  /** For protocols whose refusals have a body: every status but a redirect is an answer. Same errors. */
  exchange(url: string, call: OutboundCall, limits: OutboundLimits): Promise<OutboundAnswer>;
  /** A GET into a file, chunk by chunk; 304 and 404 are answers [RFC 9110 §13.1]. Same errors; the file is worth nothing after one. */
  download(url: string, headers: Readonly<Record<string, string>>, path: string, limits: OutboundLimits): Promise<Downloaded>;
}
/** Only `written` has touched the file. Validators as the server gave them. */
export interface Downloaded { readonly status: 'written' | 'not-modified' | 'absent'; readonly etag: string | null; readonly lastModified: string | null }
export interface OutboundCall { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | undefined }
export interface OutboundAnswer { readonly status: number; readonly contentType: string; readonly bytes: Uint8Array }

const subnets = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
};
/** Not on the public internet, or a way around it: private, shared, documentation, multicast, and IPv6 that carries an IPv4 address [RFC 6890]. */
const inner = subnets([
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3',
  '::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/9', 'ff00::/8',
]);

const bytesOf = async (body: AsyncIterable<unknown>, limit: number, host: string): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Uint8Array).byteLength;
    if (size > limit) return fail('outbound.failed', `more than ${limit} bytes`, { host });
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks);
};

const toFile = async (body: AsyncIterable<unknown>, path: string, limit: number, host: string): Promise<void> => {
  const file = await open(path, 'w', 0o600);
  try {
    let size = 0;
    for await (const chunk of body) {
      size += (chunk as Uint8Array).byteLength;
      if (size > limit) return fail('outbound.failed', `more than ${limit} bytes`, { host });
      await file.writeFile(chunk as Uint8Array);
    }
    await file.sync();
  } finally {
    await file.close();
  }
};
const downloadStatus: Readonly<Record<number, Downloaded['status']>> = { 200: 'written', 304: 'not-modified', 404: 'absent' };

export const createOutboundClient = (options: OutboundOptions): OutboundClient => {
  const allowed = subnets(options.allowedNetworks);
  const resolve: Resolver = options.resolve ?? lookup;
  const check = (address: string): boolean => {
    const plain = address.replace(/%.*$/, '');
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
    return isIP(plain) !== 0 && (!inner.check(plain, family) || allowed.check(plain, family));
  };
  /** The answer of the resolver is what is connected to: a second look-up cannot give another one. */
  const guarded: LookupFunction = (host, lookupOptions, done) => {
    resolve(host, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      const good = addresses.filter(({ address }) => check(address));
      const [first] = good;
      if (first === undefined) return done(new BrygganError('outbound.refused', 'the host resolves to an address that may not be reached', { host }), '', 0);
      if (lookupOptions.all === true) (done as unknown as (e: null, all: typeof good) => void)(null, good);
      else done(null, first.address, first.family);
    });
  };
  const agent = new Agent({ connect: { lookup: guarded, timeout: 5000, ...(options.ca === undefined ? {} : { ca: [...rootCertificates, options.ca] }) }, connections: 8, maxRedirections: 0, keepAliveTimeout: 1000 } as ConstructorParameters<typeof Agent>[0]);

  const checked = (target: string, { httpsOnly = false }: OutboundLimits): URL => {
    const url = URL.parse(target);
    if (url === null || (url.protocol !== 'https:' && (httpsOnly || url.protocol !== 'http:')) || url.username !== '' || url.password !== '') return fail('outbound.refused', httpsOnly ? 'not an https address' : 'not an http or https address');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !check(host)) return fail('outbound.refused', 'an address that may not be reached', { host });
    return url;
  };
  type Init = { method: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> };
  const within = async <T>(target: string, init: Init, limits: OutboundLimits, take: (response: Awaited<ReturnType<typeof fetch>>, host: string) => Promise<T>): Promise<T> => {
    const url = checked(target, limits);
    const whole = new AbortController();
    const timer = setTimeout(() => whole.abort(new Error(`no whole answer within ${limits.milliseconds} ms`)), limits.milliseconds);
    try {
      const response = await fetch(url, { ...init, dispatcher: agent, redirect: 'manual', signal: whole.signal });
      return await take(response, url.host);
    } catch (error) {
      if (isBrygganError(error)) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      if (isBrygganError(cause)) throw cause;
      return fail('outbound.failed', cause instanceof Error ? cause.message : String(cause), { host: url.host }, error);
    } finally {
      clearTimeout(timer);
      // What is left of an answer that was refused is not waited for.
      whole.abort();
    }
  };
  const call = (target: string, init: Init, limits: OutboundLimits): Promise<Uint8Array> => within(target, init, limits, async (response, host) => {
    if (limits.anySuccess === true && response.ok) return new Uint8Array();
    if (response.status !== 200 || response.body === null) return fail('outbound.failed', `answered ${response.status}`, { host });
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (limits.contentTypes?.includes(type) === false) return fail('outbound.failed', 'answered with another content type than asked for', { host });
    return bytesOf(response.body, limits.bytes, host);
  });
  return {
    get: (url, limits) => call(url, { method: 'GET' }, limits),
    post: (url, body, contentType, limits) => call(url, { method: 'POST', body, headers: { 'content-type': contentType } }, limits),
    download: (url, headers, path, limits) => within(url, { method: 'GET', headers: { ...headers } }, limits, async (response, host) => {
      const status = downloadStatus[response.status] ?? fail('outbound.failed', `answered ${response.status}`, { host });
      if (status === 'written') await toFile(response.body ?? fail('outbound.failed', 'answered without a body', { host }), path, limits.bytes, host);
      return { status, etag: response.headers.get('etag'), lastModified: response.headers.get('last-modified') };
    }),
    exchange: (url, { method, headers, body }, limits) => within(url, { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) }, limits, async (response, host) => {
      if (response.status >= 300 && response.status < 400) return fail('outbound.failed', `answered ${response.status}`, { host });
      return { status: response.status, contentType: response.headers.get('content-type') ?? '', bytes: response.body === null ? new Uint8Array() : await bytesOf(response.body, limits.bytes, host) };
    }),
  };
};
