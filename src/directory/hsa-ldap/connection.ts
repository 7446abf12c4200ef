/**
 * Connections to one LDAP server: always TLS with the name checked, always bound, at most so many at once. The library
 * reconnects by itself when a connection is lost, without TLS upgrade and without bind; every connection here is made once
 * and thrown away when it ends, so that no question ever leaves in the clear (threats J04).
 */
import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, ResultCodeError, type Entry, type SearchOptions } from 'ldapts';
import { fail } from '../../core/errors.ts';
import type { LdapServer } from './settings.ts';

export interface LdapConnections {
  /** Entries below or at `base`; `none` when the base itself does not exist. Errors: `directory.unavailable`. */
  search(base: string, options: SearchOptions): Promise<readonly Entry[]>;
  close(): Promise<void>;
}

const once = <A extends readonly unknown[], R>(connect: (...given: A) => R): ((...given: A) => R) => {
  let used = false;
  return (...given) => {
    if (used) throw new Error('the connection was lost');
    used = true;
    return connect(...given);
  };
};

/** Refuses at start what would bind anonymously or speak in the clear. */
export const checkServer = ({ url, bind, ca }: LdapServer): void => {
  const parsed = URL.parse(url);
  if (parsed === null || !['ldap:', 'ldaps:'].includes(parsed.protocol) || parsed.hostname === '') fail('directory.source', 'the LDAP address is not ldaps://host:port or ldap://host:port');
  if (ca.trim() === '') fail('directory.source', 'no authority is named that the LDAP server must be certified by');
  // [RFC 4513 §5.1.2] a bind with a name and no password succeeds without proving anything.
  if (bind.kind === 'simple' && (bind.dn.trim() === '' || bind.password === '')) fail('directory.source', 'the LDAP service account needs a name and a password');
};

const openClient = async (server: LdapServer): Promise<Client> => {
  const { hostname: host } = new URL(server.url);
  const name = host.replace(/^\[|\]$/g, '');
  const tls: ConnectionOptions = {
    ca: server.ca, minVersion: 'TLSv1.2', rejectUnauthorized: true, host: name, ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(server.certificate === undefined ? {} : { cert: server.certificate }), ...(server.key === undefined ? {} : { key: server.key }),
  };
  const upgrade = server.url.startsWith('ldap:');
  const client = new Client({
    url: server.url, timeout: server.timeout, connectTimeout: server.timeout, autoRebind: false,
    ...(upgrade ? { createConnection: once(connectPlain) as typeof connectPlain } : { tlsOptions: tls, createSecureConnection: once(connectTls) as typeof connectTls }),
  });
  try {
    if (upgrade) await client.startTLS(tls);
    if (server.bind.kind === 'simple') await client.bind(server.bind.dn, server.bind.password);
    else await client.bind('EXTERNAL');
    return client;
  } catch (error) {
    await client.unbind().catch(() => undefined);
    throw error;
  }
};

/** The library's message may quote names from the directory: only its kind is kept. */
const unavailable = (error: unknown): never => fail('directory.unavailable', 'the LDAP server could not be asked', { kind: error instanceof Error ? error.constructor.name : 'unknown' });
const isMissingBase = (error: unknown): boolean => error instanceof ResultCodeError && error.code === 32;

export const openConnections = (server: LdapServer): LdapConnections => {
  checkServer(server);
  const idle: Client[] = [];
  const waiting: ((client: Client | null) => void)[] = [];
  let open = 0;
  let closed = false;

  const take = async (): Promise<{ client: Client; reused: boolean }> => {
    if (closed) return unavailable(new Error('closed'));
    const ready = idle.pop();
    if (ready?.isBound === true) return { client: ready, reused: true };
    if (ready !== undefined) open -= 1;
    if (open >= server.maxConnections) {
      const handed = await new Promise<Client | null>((resolve) => waiting.push(resolve));
      return handed === null ? take() : { client: handed, reused: true };
    }
    open += 1;
    try {
      return { client: await openClient(server), reused: false };
    } catch (error) {
      open -= 1;
      waiting.shift()?.(null);
      throw error;
    }
  };
  const giveBack = (client: Client): void => {
    const next = waiting.shift();
    if (client.isBound && !closed) {
      if (next === undefined) idle.push(client);
      else next(client);
      return;
    }
    open -= 1;
    client.unbind().catch(() => undefined);
    next?.(null);
  };
  const attempt = async (base: string, options: SearchOptions, mayRetry: boolean): Promise<readonly Entry[]> => {
    const { client, reused } = await take();
    try {
      const { searchEntries } = await client.search(base, options);
      return searchEntries;
    } catch (error) {
      // A connection that had been idle may have been closed by the other side: one more try on a fresh one.
      if (mayRetry && reused && !(error instanceof ResultCodeError)) return await attempt(base, options, false);
      throw error;
    } finally {
      giveBack(client);
    }
  };
  return {
    search: (base, options) => attempt(base, options, true).catch((error: unknown) => (isMissingBase(error) ? [] : unavailable(error))),
    close: async () => {
      closed = true;
      for (const next of waiting.splice(0)) next(null);
      await Promise.all(idle.splice(0).map((client) => client.unbind().catch(() => undefined)));
    },
  };
};
