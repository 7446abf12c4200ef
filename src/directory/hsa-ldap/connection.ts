/**
 * Connections to one LDAP server: always TLS with the name checked, always bound, at most so many at once. The library
 * reconnects by itself when a connection is lost, without TLS upgrade and without bind; every connection here is made once
 * and thrown away when it ends, so that no question ever leaves in the clear (threats J04).
 */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client, ResultCodeError, type Entry, type SearchOptions } from 'ldapts';
import { fail } from '../../core/errors.ts';
import type { LdapServer } from './settings.ts';

export interface LdapConnections {
  /** Entries that match, none when the base itself does not exist; read page by page, and no further than one more than `most`. Errors: `directory.unavailable`. */
  search(base: string, options: SearchOptions, most: number): Promise<readonly Entry[]>;
  close(): Promise<void>;
}

/** One connection; `lost` is rejected when its socket closes, which the library does not notice after StartTLS. */
interface Connection { readonly client: Client; readonly lost: Promise<never>; readonly isUsable: () => boolean; readonly discard: () => void }

const once = <A extends readonly unknown[], R extends Socket>(connect: (...given: A) => R, onClose: () => void): ((...given: A) => R) => {
  let used = false;
  return (...given) => {
    if (used) throw new Error('the connection was lost');
    used = true;
    return connect(...given).once('close', onClose);
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

const openConnection = async (server: LdapServer): Promise<Connection> => {
  const { hostname: host } = new URL(server.url);
  const name = host.replace(/^\[|\]$/g, '');
  const tls: ConnectionOptions = {
    ca: server.ca, minVersion: 'TLSv1.2', rejectUnauthorized: true, host: name, ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(server.certificate === undefined ? {} : { cert: server.certificate }), ...(server.key === undefined ? {} : { key: server.key }),
  };
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  let closed = false;
  const onClose = (): void => {
    closed = true;
    reject(new Error('the connection was lost'));
  };
  const upgrade = server.url.startsWith('ldap:');
  const client = new Client({
    url: server.url, timeout: server.timeout, connectTimeout: server.timeout, autoRebind: false,
    ...(upgrade ? { createConnection: once(connectPlain, onClose) as typeof connectPlain } : { tlsOptions: tls, createSecureConnection: once(connectTls, onClose) as typeof connectTls }),
  });
  const prepare = async (): Promise<void> => {
    if (upgrade) await client.startTLS(tls);
    if (server.bind.kind === 'simple') await client.bind(server.bind.dn, server.bind.password);
    else await client.bind('EXTERNAL');
  };
  try {
    await Promise.race([prepare(), lost]);
    return { client, lost, isUsable: () => !closed && client.isBound, discard: onClose };
  } catch (error) {
    await client.unbind().catch(() => undefined);
    throw error;
  }
};

/** The library's message may quote names from the directory: only its kind is kept. */
const unavailable = (error: unknown): never => fail('directory.unavailable', 'the LDAP server could not be asked', { kind: error instanceof Error ? error.constructor.name : 'unknown' });
const isMissingBase = (error: unknown): boolean => error instanceof ResultCodeError && error.code === 32;

/**
 * Paged [RFC 2696] and without a size limit of our own: with one, the library takes an answer that the server cut short for a
 * whole one, and commissions would be missing without a word.
 */
const collect = async (client: Client, base: string, options: SearchOptions, most: number): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  for await (const page of client.searchPaginated(base, { ...options, paged: { pageSize: Math.min(most + 1, 200) } })) {
    entries.push(...page.searchEntries);
    if (entries.length > most) break;
  }
  return entries;
};

export const openConnections = (server: LdapServer): LdapConnections => {
  checkServer(server);
  const idle: Connection[] = [];
  const waiting: ((connection: Connection | null) => void)[] = [];
  let open = 0;
  let closed = false;

  /** `fresh`: made for this very question, so that its failure is not the idleness of an old one. */
  const take = async (): Promise<{ connection: Connection; fresh: boolean }> => {
    if (closed) return unavailable(new Error('closed'));
    const ready = idle.pop();
    if (ready?.isUsable() === true) return { connection: ready, fresh: false };
    if (ready !== undefined) open -= 1;
    if (open >= server.maxConnections) {
      const handed = await new Promise<Connection | null>((resolve) => waiting.push(resolve));
      return handed === null ? take() : { connection: handed, fresh: false };
    }
    open += 1;
    try {
      return { connection: await openConnection(server), fresh: true };
    } catch (error) {
      open -= 1;
      waiting.shift()?.(null);
      throw error;
    }
  };
  const giveBack = (connection: Connection): void => {
    const next = waiting.shift();
    if (connection.isUsable() && !closed) {
      if (next === undefined) idle.push(connection);
      else next(connection);
      return;
    }
    open -= 1;
    connection.client.unbind().catch(() => undefined);
    next?.(null);
  };
  const attempt = async (base: string, options: SearchOptions, most: number, mayRetry = true): Promise<readonly Entry[]> => {
    const { connection, fresh } = await take();
    try {
      return await Promise.race([collect(connection.client, base, options, most), connection.lost]);
    } catch (error) {
      const isAnswer = error instanceof ResultCodeError;
      // Closed by the other side while it was idle: one more try on a new one. A connection that went silent is not used again.
      const wasIdle = !isAnswer && !fresh && !connection.isUsable();
      if (!isAnswer) connection.discard();
      if (!mayRetry || !wasIdle) throw error;
    } finally {
      giveBack(connection);
    }
    return attempt(base, options, most, false);
  };
  return {
    search: (base, options, most) => attempt(base, options, most).catch((error: unknown) => (isMissingBase(error) ? [] : unavailable(error))),
    close: async () => {
      closed = true;
      for (const next of waiting.splice(0)) next(null);
      await Promise.all(idle.splice(0).map(({ client }) => client.unbind().catch(() => undefined)));
    },
  };
};
