/** Management: health and metrics over loopback, and the same plus status over a Unix socket (0600) for the command line. Nothing else over TCP. */
import { createServer, type Server } from 'node:http';
import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { fail } from '../core/errors.ts';

export interface ManagementView {
  live(): boolean;
  /** 503 only for this node's own faults; `degraded` (a shared store away) still serves, so that people meet the page. */
  ready(): Promise<{ readonly status: 'ready' | 'degraded' | 'not-ready'; readonly reasons: readonly string[] }>;
  metrics(): Promise<string>;
  status(): Promise<unknown>;
}

export const createManagementServer = (view: ManagementView, withStatus: boolean): Server =>
  createServer((request, response) => {
    const send = (code: number, body: string, type = 'application/json'): void => {
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const route = async (): Promise<void> => {
      if (request.method !== 'GET') return send(405, '{}');
      switch (request.url) {
        case '/health/live': return send(view.live() ? 200 : 503, JSON.stringify({ live: view.live() }));
        case '/health/ready': {
          const ready = await view.ready();
          return send(ready.status === 'not-ready' ? 503 : 200, JSON.stringify(ready));
        }
        case '/metrics': return send(200, await view.metrics(), 'text/plain; version=0.0.4; charset=utf-8');
        case '/status': return withStatus ? send(200, JSON.stringify(await view.status())) : send(404, '{}');
        default: return send(404, '{}');
      }
    };
    route().catch(() => send(500, '{}'));
  });

const answers = (path: string): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(path, () => { socket.destroy(); resolve(true); });
  socket.once('error', () => resolve(false));
});
/** A socket file left by a process that is gone is removed; one that somebody answers on is not. The new one is the owner's alone. */
export const listenOnSocket = async (server: Server, path: string): Promise<void> => {
  if (existsSync(path)) {
    if (await answers(path)) return fail('config.invalid', `another process serves on ${path}: one state directory is for one process`);
    unlinkSync(path);
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve();
    });
  });
};
