/**
 * Closing a server without cutting anybody off: requests under way are answered, connections that rest are closed at once, and those
 * that never asked for anything (browsers open spare ones; a card host waits for a PIN) are not waited for.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long a connection may take to bring the request that it was opened for. */
const GRACE_MILLISECONDS = 1000;
const LOOK_MILLISECONDS = 50;

export interface Draining {
  /** `close` stops listening and resolves when all connections are gone; left out: the server's own. */
  close(close?: () => Promise<unknown>): Promise<void>;
}
export const drainable = (server: Server): Draining => {
  const sockets = new Set<Socket>();
  let underWay = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (_request, response) => {
    underWay += 1;
    response.once('close', () => { underWay -= 1; });
  });
  const ownClose = (): Promise<void> => new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
  });
  return {
    close: async (close = ownClose) => {
      let waited = 0;
      const timer = setInterval(() => {
        waited += LOOK_MILLISECONDS;
        server.closeIdleConnections();
        if (waited >= GRACE_MILLISECONDS && underWay === 0) for (const socket of sockets) socket.destroySoon();
      }, LOOK_MILLISECONDS);
      try {
        await close();
      } finally {
        clearInterval(timer);
      }
    },
  };
};
