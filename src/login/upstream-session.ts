/**
 * What a session keeps of the IdP that the person logged in at: an entry beside those of services, so that logout reaches it like
 * them, and a pointer from the IdP's own names of the login, so that its logout finds our session.
 */
import type { ServiceId, SessionId } from '../core/ids.ts';
import { digestOf } from '../core/secrets.ts';
import type { ServiceEntry, SsoSession } from '../sessions/ports.ts';
import type { LoginPorts } from './context.ts';
import type { LogoutWish } from './logout-record.ts';
import type { LogoutFace } from './ports.ts';

const PREFIX = 'idp:';
export const methodIdOf = (provider: string): string => `${PREFIX}${provider}`;
/** The provider behind a method or an entry's `service`; undefined for everything else. */
export const providerOf = (id: string): string | undefined => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : undefined);

const pointerOf = (method: string, key: string): string => `upstream.${digestOf(`${method}\n${key}`)}`;

/** Done when the session is made. Nothing where the IdP offers no logout. */
export const rememberUpstream = async (session: SsoSession, ports: LoginPorts): Promise<void> => {
  const { upstream, method } = session.identity;
  const party = ports.upstreams?.(method);
  if (upstream?.session == null || party?.upstream?.logout === undefined) return;
  const { keys, memory } = upstream.session;
  const entry: ServiceEntry = { key: `upstream:${upstream.provider}`, service: method as ServiceId, party: party.upstream.party, protocol: 'upstream', answeredAt: session.createdAt, faceState: memory };
  await Promise.all([
    ports.stores.sessions.addService(session.id, entry, ports.settings.idleSeconds),
    ...keys.map((key) => ports.stores.movedSessions.create(pointerOf(method, key), session.id, ports.settings.absoluteSeconds)),
  ]);
};
/** Sessions that an IdP's demand may mean; which one it does is for its entry to say. */
export const sessionsRemembered = async ({ asker, sessionKeys = [] }: LogoutWish, ports: LoginPorts): Promise<readonly SessionId[]> => {
  const found = await Promise.all(sessionKeys.map((key) => ports.stores.movedSessions.find(pointerOf(asker.service, key))));
  return [...new Set(found.flatMap((one) => (one === undefined ? [] : [one.value])))];
};

/** IdPs among those that logout reaches. Without a browser there is no way to them. */
export const createUpstreamLogoutFace = (upstreams: NonNullable<LoginPorts['upstreams']>): LogoutFace => {
  const logoutOf = (method: string) => upstreams(method)?.upstream?.logout;
  return {
    waitsForAnswer: true,
    tell: () => Promise.resolve(null),
    frame: () => null,
    carriesTo: (entry) => logoutOf(entry.service)?.urlOf(entry.faceState) ?? null,
    carry: async (entry, mark) => (await logoutOf(entry.service)?.carry(entry.faceState, mark)) ?? null,
    isNamed: (entry, wish) => logoutOf(entry.service)?.isNamed?.(entry.faceState, wish) === true,
    answer: async (asker, end) => (await logoutOf(asker.service)?.answer?.(asker, end)) ?? null,
  };
};
