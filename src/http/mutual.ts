/**
 * Calls to one service that knows us by a certificate: mutual TLS 1.2 or later, kept-alive connections, the named authorities and no
 * others, one deadline for the whole exchange, a bounded answer, no redirects, no proxy from the environment (threats F04, I12).
 */
import { Agent, request as start } from 'node:https';
import { BrygganError } from '../core/errors.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';

export interface MutualOptions {
  /** PEM. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** For a whole exchange. */
  readonly milliseconds: number;
  readonly bytes: number;
  readonly connections?: number;
  /** Of every failure. */
  readonly code: ErrorCode;
}
export interface MutualAnswer { readonly status: number; readonly bytes: Uint8Array }
export interface MutualClient {
  /** `statuses`: what counts as an answer; everything else fails. */
  post(url: string, body: string, headers: Readonly<Record<string, string>>, statuses: readonly number[]): Promise<MutualAnswer>;
  close(): void;
}

export const createMutualClient = (options: MutualOptions): MutualClient => {
  const { code } = options;
  const agent = new Agent({
    keepAlive: true, maxSockets: options.connections ?? 32, maxFreeSockets: options.connections ?? 32, scheduling: 'lifo', timeout: 60_000,
    ca: options.ca, cert: options.certificate, key: options.key, minVersion: 'TLSv1.2', rejectUnauthorized: true,
  });
  return {
    post: (url, body, headers, statuses) => new Promise((done, failed) => {
      const { host } = new URL(url);
      const refuse = (why: string, cause?: unknown): void => failed(new BrygganError(code, why, { host }, cause));
      const signal = AbortSignal.timeout(options.milliseconds);
      const call = start(url, { method: 'POST', agent, signal, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } }, (response) => {
        const status = response.statusCode ?? 0;
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= options.bytes) return void chunks.push(chunk);
          refuse(`more than ${String(options.bytes)} bytes`);
          response.destroy();
        });
        response.on('error', (error) => refuse(error.message, error));
        response.on('close', () => { if (!response.complete) refuse('the answer breaks off'); });
        response.on('end', () => {
          if (statuses.includes(status)) done({ status, bytes: Buffer.concat(chunks) });
          else refuse(`answered ${String(status)}`);
        });
      });
      call.on('error', (error) => refuse(signal.aborted ? `no whole answer within ${String(options.milliseconds)} ms` : error.message, error));
      call.end(body);
    }),
    close: () => agent.destroy(),
  };
};
