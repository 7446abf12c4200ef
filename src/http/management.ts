/** Management: health and metrics over loopback, and the same plus status over a Unix socket (0600) for the command line. Nothing else over TCP. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { chmodSync, chownSync, existsSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { BrygganError, fail, toBrygganError } from '../core/errors.ts';

export interface ManagementView {
  live(): boolean;
  /** 503 only for this node's own faults; `degraded` (a shared store away) still serves, so that people meet the page. */
  ready(): Promise<{ readonly status: 'ready' | 'degraded' | 'not-ready'; readonly reasons: readonly string[] }>;
  metrics(): Promise<string>;
  status(): Promise<unknown>;
}

/** What the command line may order of the running process; input and answer are JSON. A coded error is its answer. */
export type ControlActions = ReadonlyMap<string, (input: Readonly<Record<string, unknown>>) => Promise<unknown>>;
const MAX_ORDER = 64 * 1024;
const orderIn = async (request: IncomingMessage): Promise<{ readonly action: string; readonly input: Readonly<Record<string, unknown>> } | null> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += String(chunk);
    if (body.length > MAX_ORDER) return null;
  }
  try {
    const order = JSON.parse(body) as { action?: unknown; input?: unknown } | null;
    return typeof order?.action === 'string' && typeof order.input === 'object' && order.input !== null ? { action: order.action, input: order.input as Readonly<Record<string, unknown>> } : null;
  } catch {
    return null;
  }
};

/** `actions` null: over TCP, where health and metrics are all there is. */
export const createManagementServer = (view: ManagementView, actions: ControlActions | null): Server =>
  createServer((request, response) => {
    const send = (code: number, body: string, type = 'application/json'): void => {
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const route = async (): Promise<void> => {
      if (request.method === 'POST' && request.url === '/control' && actions !== null) {
        const order = await orderIn(request);
        const action = actions.get(order?.action ?? '');
        if (order === null || action === undefined) return send(400, JSON.stringify({ code: 'command.usage', detail: 'no such order' }));
        return action(order.input).then((answer) => send(200, JSON.stringify(answer)), (error: unknown) => send(400, JSON.stringify({ code: toBrygganError(error).code, detail: toBrygganError(error).detail })));
      }
      if (request.method !== 'GET') return send(405, '{}');
      switch (request.url) {
        case '/health/live': return send(view.live() ? 200 : 503, JSON.stringify({ live: view.live() }));
        case '/health/ready': {
          const ready = await view.ready();
          return send(ready.status === 'not-ready' ? 503 : 200, JSON.stringify(ready));
        }
        case '/metrics': return send(200, await view.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
        case '/status': return actions !== null ? send(200, JSON.stringify(await view.status())) : send(404, '{}');
        default: return send(404, '{}');
      }
    };
    route().catch(() => send(500, '{}'));
  });

const answers = (path: string): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(path, () => { socket.destroy(); resolve(true); });
  socket.once('error', () => resolve(false));
});
/** A socket file left by a process that is gone is removed; one that somebody answers on is not. The new one is the owner's alone, or its group's too. */
export const listenOnSocket = async (server: Server, path: string, group: number | null = null): Promise<void> => {
  if (existsSync(path)) {
    if (await answers(path)) return fail('config.invalid', `another process serves on ${path}: one state directory is for one process`);
    unlinkSync(path);
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      try {
        chmodSync(path, 0o600);
        if (group !== null) {
          chownSync(path, -1, group);
          chmodSync(path, 0o660);
        }
        resolve();
      } catch {
        reject(new BrygganError('config.invalid', `the group ${String(group)} cannot be given the socket ${path}: this process must be its member`));
      }
    });
  });
};
