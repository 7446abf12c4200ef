/**
 * Stands in for HSA's services: mutual TLS with function certificates, requests judged by the contracts, answers from given
 * people. It can misbehave in every way that a test asks for. Loopback only.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DirectoryPerson } from '../../../src/directory/model.ts';
import { answerText, fault } from './answers.ts';
import { judgeRequest, type Asked, type Interaction } from './requests.ts';

const root = new URL('../../../', import.meta.url).pathname;
const pem = (name: string): string => readFileSync(`${root}certs-dev/${name}`, 'utf8');
export const LOGICAL_ADDRESS = 'SE165565594230-1000';
export const serverCa = (): string => pem('authorities/siths-function.crt.pem') + pem('authorities/siths-root.crt.pem');
export const clientCertificate = (name = 'bryggan'): { certificate: string; key: string } => ({ certificate: pem(`functions/${name}.crt.pem`), key: pem(`functions/${name}.key.pem`) });

export interface Misbehaviour {
  /** Which contract misbehaves; all when absent. */
  readonly only?: Interaction;
  readonly status?: number;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Turns the right answer into another. */
  readonly body?: (right: string) => string | Uint8Array;
  /** Never answers; the end without one; or goes on for ever. */
  readonly instead?: 'silence' | 'drop' | 'cut' | 'endless';
}
export interface Simulator {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Rules that requests broke; must stay empty. */
  readonly violations: readonly string[];
  readonly mostConnections: () => number;
  readonly connections: () => number;
  misbehave(how: Misbehaviour | null): void;
  /** Answers wait until it is called with null. */
  hold(gate: Promise<void> | null): void;
  /** Each answer takes so long. */
  slow(milliseconds: number): void;
  stop(): Promise<void>;
}

const send = (response: ServerResponse, status: number, type: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body);
};
const readAll = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};
const endless = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
  const more = (): void => {
    while (!response.destroyed && response.write('<!-- more -->'.repeat(1_000)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};

/** PEM of the service's own certificate and of the authority whose function certificates it takes. */
export interface ServiceIdentity { readonly cert: string; readonly key: string; readonly ca: string }
const developmentIdentity = (): ServiceIdentity => ({ cert: pem('functions/directory.crt.pem'), key: pem('functions/directory.key.pem'), ca: serverCa() });
export const startHsaSoap = async (people: readonly DirectoryPerson[], identity: ServiceIdentity = developmentIdentity()): Promise<Simulator> => {
  const asked: Asked[] = [];
  const violations: string[] = [];
  const sockets = new Set<Socket>();
  let how: Misbehaviour | null = null;
  let gate: Promise<void> | null = null;
  let [most, made, delay] = [0, 0, 0];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    let question: Asked;
    try {
      question = judgeRequest({ method: request.method ?? '', path: request.url ?? '', contentType: request.headers['content-type'] ?? '', action: String(request.headers['soapaction'] ?? '') }, body, LOGICAL_ADDRESS);
    } catch (error) {
      violations.push(String(error));
      return send(response, 500, 'text/xml; charset=utf-8', fault('VP015 malformed'));
    }
    asked.push(question);
    await gate;
    if (delay > 0) await pause(delay);
    const right = answerText(question, people);
    const wrong = how === null || (how.only !== undefined && how.only !== question.interaction) ? null : how;
    if (wrong?.instead === 'silence') return;
    if (wrong?.instead === 'drop') return void request.socket.destroy();
    if (wrong?.instead === 'endless') return endless(response);
    if (wrong?.instead === 'cut') {
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'content-length': String(Buffer.byteLength(right)) });
      response.write(right.slice(0, 100), () => request.socket.destroy());
      return;
    }
    send(response, wrong?.status ?? 200, wrong?.contentType ?? 'text/xml; charset=utf-8', wrong?.body?.(right) ?? right, wrong?.headers);
  };
  const server: Server = createServer({ ...identity, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' }, (request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket: Socket) => {
    made += 1;
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/vp`, asked, violations, mostConnections: () => most, connections: () => made,
    misbehave: (next) => { how = next; }, hold: (next) => { gate = next; }, slow: (milliseconds) => { delay = milliseconds; },
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
};
