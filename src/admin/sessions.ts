/** Sessions as operations see them: who is logged in, and ending it for everybody at once (threats L11). */
import { fail } from '../core/errors.ts';
import { digestOf } from '../core/secrets.ts';
import type { LoginPorts } from '../login/context.ts';
import { endSession } from '../login/logout.ts';
import type { SsoSession } from '../sessions/ports.ts';

export interface SessionRow { readonly handle: string; readonly person: string; readonly method: string; readonly level: string; readonly since: string; readonly until: string; readonly services: readonly string[] }
export interface SessionQuery { readonly person: string | null; readonly handle: string | null }
/** More than anybody reads; a question that finds more is asked more narrowly. */
const MOST = 1000;

/** Names a session to people and on a command line: from it nobody gets to the session, and it never begins like an option. */
export const handleOf = ({ id }: Pick<SsoSession, 'id'>): string => Buffer.from(digestOf(id), 'base64url').toString('hex').slice(0, 16);
const personOf = ({ identity: { person } }: SsoSession): string => (person.kind === 'hsa-id' ? person.hsaId : person.number);
const matches = (session: SsoSession, { person, handle }: SessionQuery): boolean =>
  (person === null || personOf(session).toUpperCase() === person.replace(/[\s]/g, '').toUpperCase()) && (handle === null || handleOf(session) === handle);

type Ports = Pick<LoginPorts, 'stores'>;
const found = async (query: SessionQuery, ports: Ports): Promise<readonly SsoSession[]> => {
  const sessions: SsoSession[] = [];
  for await (const session of ports.stores.sessions.all()) {
    if (matches(session, query)) sessions.push(session);
    if (sessions.length > MOST) return fail('command.usage', `more than ${MOST} sessions: name a person`);
  }
  return sessions;
};

export const listSessions = async (query: SessionQuery, ports: Ports): Promise<readonly SessionRow[]> =>
  Promise.all((await found(query, ports)).map(async (session) => ({
    handle: handleOf(session), person: personOf(session), method: session.identity.method, level: session.identity.level,
    since: new Date(session.identity.authenticatedAt).toISOString(), until: new Date(session.expiresAt).toISOString(),
    services: (await ports.stores.sessions.services(session.id)).map(({ service }) => service),
  })));

/** Ends them and tells their services. `by`: who ordered it, for the trail. Errors: `command.usage` when the query names nobody. */
export const revokeSessions = async (query: SessionQuery, by: string, ports: LoginPorts): Promise<readonly { readonly handle: string; readonly services: readonly { readonly service: string; readonly result: string }[] }[]> => {
  if (query.person === null && query.handle === null) return fail('command.usage', 'name a person or a session');
  const ended = [];
  for (const session of await found(query, ports)) {
    const results = await endSession(session, 'administrator', ports, { by });
    ended.push({ handle: handleOf(session), services: results.map(({ entry, result }) => ({ service: entry.service, result })) });
  }
  return ended;
};
