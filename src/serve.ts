/** The process: listens where the configuration says, drains on SIGTERM, ends on its own faults only before it serves. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createApp, type App, type AppOptions } from './app.ts';
import { loadConfiguration, refuseDemoParts } from './config/load.ts';
import type { Configuration } from './config/model.ts';
import { toBrygganError } from './core/errors.ts';
import type { Log } from './core/ports.ts';
import { listenOnSocket } from './http/management.ts';

/** Longest time that requests under way are waited for. */
const DRAIN_MILLISECONDS = 20_000;

const listen = (server: { listen(port: number, address: string, done: () => void): unknown; once(event: 'error', done: (error: Error) => void): unknown }, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => resolve());
  });

export interface Running { readonly app: App; stop(): Promise<void> }
export const startApp = async (configuration: Configuration, options: AppOptions = {}): Promise<Running> => {
  const app = await createApp(configuration, options);
  const { listeners } = configuration;
  await listenOnSocket(app.control, join(configuration.state, 'control.sock'));
  await listen(app.management, listeners.management.port, listeners.management.address);
  if (app.cardServer !== null && listeners.card !== null) await listen(app.cardServer, listeners.card.port, listeners.card.address);
  if (app.proxyServer !== null && listeners.proxy !== null) {
    const { listen: where } = listeners.proxy;
    await (where.kind === 'socket' ? listenOnSocket(app.proxyServer, where.path, where.group) : listen(app.proxyServer, where.port, where.address));
  }
  if (app.machineServer !== null && listeners.machine !== null) await app.machineServer.listen({ port: listeners.machine.port, host: listeners.machine.address });
  // Last: whoever reaches the public port meets a whole service.
  await app.publicServer.listen({ port: listeners.public.port, host: listeners.public.address });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      app.drain();
      const announced = configuration.drainSeconds * 1000;
      const timer = setTimeout(() => process.exit(1), announced + DRAIN_MILLISECONDS);
      timer.unref();
      // Everything is still served, and readiness says no: a balancer sends nobody here any more.
      if (announced > 0) await wait(announced);
      await app.close();
    })();
    return stopping;
  };
  return { app, stop };
};

/**
 * A promise that failed with nobody listening: its work is undone, others' is not, so the process goes on and operations are told. What is
 * thrown outside any promise still ends it, since then nothing is known of its state.
 */
export const tellOfRejections = (source: Pick<NodeJS.EventEmitter, 'on'>, log: Log): void => {
  source.on('unhandledRejection', (reason: unknown) => {
    const { code, detail } = toBrygganError(reason);
    log.error({ code, detail, stack: reason instanceof Error ? reason.stack : undefined }, 'something failed that nobody waited for: tell the developers');
  });
};

/** `bryggan serve`. */
export const serve = async (root: string): Promise<void> => {
  const configuration = loadConfiguration(root, process.env);
  refuseDemoParts(configuration);
  const running = await startApp(configuration);
  tellOfRejections(process, running.app.log);
  running.app.log.info({ publicUrl: configuration.publicUrl, environment: configuration.environment, store: configuration.store.kind }, 'Bryggan is serving');
  await untilStopped(running);
};
/** Resolves when SIGTERM or SIGINT has been obeyed. */
export const untilStopped = (running: Running): Promise<void> =>
  new Promise((resolve) => {
    const obey = (): void => {
      running.app.log.info({}, 'stopping: no new requests, those under way are finished');
      running.stop().then(resolve, resolve);
    };
    process.once('SIGTERM', obey);
    process.once('SIGINT', obey);
  });
