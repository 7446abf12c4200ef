/**
 * One call to one of the services: POST over mutual TLS, at most so many connections, answer read to a limit. No redirect is
 * followed and no call is repeated at the same endpoint. When the first endpoint is slow or away, the second is asked too.
 */
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { BrygganError, fail, isBrygganError } from '../../core/errors.ts';
import type { Contract, SoapQuestion } from './contracts/contract.ts';
import { actionOf, readEnvelope, writeEnvelope } from './envelope.ts';
import type { SoapSettings } from './settings.ts';
import type { Reading } from './shape.ts';

export interface SoapClient {
  /** Errors: `directory.unavailable`, `directory.answer`. */
  call(contract: Contract, question: SoapQuestion, signal: AbortSignal): Promise<Reading>;
  close(): void;
}
interface Reply { readonly status: number; readonly type: string; readonly bytes: Uint8Array }

export const checkSettings = ({ endpoints, ca, certificate, key, logicalAddress }: SoapSettings): void => {
  if (endpoints.length === 0 || endpoints.some((endpoint) => URL.parse(endpoint)?.protocol !== 'https:')) fail('directory.source', 'every endpoint of the directory services must be an https address');
  if ([ca, certificate, key, logicalAddress].some((text) => text.trim() === '')) fail('directory.source', 'authority, certificate, key and logical address of the directory services must be set');
};

const collect = async (message: IncomingMessage, maxBytes: number): Promise<Uint8Array> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) {
      message.destroy();
      fail('directory.answer', 'the answer is larger than allowed', { maxBytes });
    }
    parts.push(part);
  }
  if (!message.complete) fail('directory.unavailable', 'the answer was cut off');
  return Buffer.concat(parts);
};
/** Of what the network or TLS said only the kind is kept. */
const unavailable = (error: unknown): BrygganError =>
  isBrygganError(error) ? error : new BrygganError('directory.unavailable', 'the service could not be reached', { kind: (error as NodeJS.ErrnoException | null)?.code ?? 'unknown' });

/** A 500 may hold a fault with the platform's own code; every other status but 200 says that there is no answer [RIV-TA 2.1]. */
const readReply = ({ status, type, bytes }: Reply, contract: Contract, maxBytes: number): Reading => {
  if (status === 403) fail('directory.unavailable', 'the service does not accept our certificate or agreement', { status }); // "Access is denied" [HSA-TKB]
  if (status !== 200 && status !== 500) fail('directory.unavailable', 'the service answered with another status', { status });
  const isXml = /^text\/xml(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*$/i.test(type);
  if (status === 500 && !isXml) fail('directory.unavailable', 'the service answered with another status', { status });
  if (!isXml) fail('directory.answer', 'the answer is not text/xml in UTF-8');
  const reading = readEnvelope(bytes, contract, status, maxBytes);
  return status === 200 ? reading : fail('directory.unavailable', 'the service answered with another status', { status });
};

export const openSoapClient = (settings: SoapSettings): SoapClient => {
  checkSettings(settings);
  const { endpoints, maxBytes, maxConnections, hedgeAfter, ca, certificate, key } = settings;
  const agent = new Agent({ keepAlive: true, maxSockets: maxConnections, maxFreeSockets: maxConnections, maxTotalSockets: maxConnections * endpoints.length, ca, cert: certificate, key, minVersion: 'TLSv1.2', rejectUnauthorized: true });

  const post = (endpoint: string, contract: Contract, body: string, signal: AbortSignal): Promise<Reply> => {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const outgoing = request(`${endpoint.replace(/\/$/, '')}${contract.path}`, {
      method: 'POST', agent, signal, maxHeaderSize: 16_384,
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${actionOf(contract)}"`, accept: 'text/xml', 'content-length': Buffer.byteLength(body) },
    }, (message) => {
      collect(message, maxBytes).then((bytes) => resolve({ status: message.statusCode ?? 0, type: message.headers['content-type'] ?? '', bytes }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
    return promise;
  };
  const callOne = async (endpoint: string, contract: Contract, body: string, signal: AbortSignal): Promise<Reading> => {
    const reply = await post(endpoint, contract, body, signal).catch((error: unknown) => { throw unavailable(error); });
    return readReply(reply, contract, maxBytes);
  };
  return {
    call: (contract, question, signal) => {
      const body = writeEnvelope(contract, question, settings.logicalAddress);
      return hedged(endpoints.map((endpoint) => (each) => callOne(endpoint, contract, body, each)), hedgeAfter, signal);
    },
    close: () => agent.destroy(),
  };
};

type Attempt<T> = (signal: AbortSignal) => Promise<T>;
/**
 * The first attempt alone; the next when it fails or is not done after `wait` milliseconds. The first answer, good or refused,
 * counts, and the others are called off; only "unavailable" leaves room for the next.
 */
export const hedged = async <T>(attempts: readonly Attempt<T>[], wait: number, signal: AbortSignal): Promise<T> => {
  const stop = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let [started, failed] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    clearTimeout(timer);
    const attempt = attempts[started];
    if (attempt === undefined) return;
    started += 1;
    attempt(AbortSignal.any([stop.signal, signal])).then(resolve, (error: unknown) => {
      failed += 1;
      const isSilence = isBrygganError(error) && error.code === 'directory.unavailable';
      if (!isSilence || failed === attempts.length || signal.aborted) reject(error);
      else if (started === failed) start();
    });
    if (started < attempts.length) timer = setTimeout(start, wait);
  };
  start();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
};
