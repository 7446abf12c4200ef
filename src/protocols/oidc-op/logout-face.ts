/**
 * How clients are told that a session ended [OIDC-BCL, OIDC-FCL]: a signed token from server to server; a frame in the page only where
 * that is all a client offers. Their tokens are dead in any case: every grant stands and falls with the session.
 */
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { isBrygganError } from '../../core/errors.ts';
import type { ProtocolAnswer } from '../../core/http-types.ts';
import { newId, type Clock, type Log, type Random } from '../../core/ports.ts';
import type { LogoutFace } from '../../login/ports.ts';
import { isOidcParty, type OidcParty, type PartyRegistry } from '../../parties/model.ts';
import type { ServiceEntry } from '../../sessions/ports.ts';
import { namedKey, readEndState } from './end-session.ts';
import { readEntryState } from './face-state.ts';

export interface OidcLogoutSettings {
  readonly issuer: string;
  /** The current key of each kind first. */
  readonly keys: readonly KeyObject[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registry: PartyRegistry;
  /** POSTs a form by the outbound client; resolves when the answer is a success. */
  readonly post: (url: string, body: string) => Promise<unknown>;
  /** Runs `work` after so many milliseconds, as long as the process lives; passed in so that tests need not wait. */
  readonly later: (milliseconds: number, work: () => void) => void;
}
const TOKEN_SECONDS = 120;
/** Beyond what the person waits for: a client that was restarting is told when it is back. */
const AGAIN_AFTER = [2_000, 15_000, 90_000] as const;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const keyFor = (algorithm: string, keys: readonly KeyObject[]): KeyObject | undefined => keys.find(({ asymmetricKeyType }) => (algorithm.startsWith('ES') ? asymmetricKeyType === 'ec' : asymmetricKeyType === 'rsa'));

/** [OIDC-BCL §2.4] No nonce, so that it is never an ID token; a type of its own besides (threats G14). */
const logoutToken = async (entry: ServiceEntry, { wire }: OidcParty, settings: OidcLogoutSettings): Promise<string> => {
  const { sub, sid } = readEntryState(entry.faceState);
  const key = keyFor(wire.idTokenAlgorithm, settings.keys);
  if (key === undefined) throw new Error(`no key for ${wire.idTokenAlgorithm}`);
  const now = Math.floor(settings.clock.now() / 1000);
  return new SignJWT({ sub, sid, events: { [EVENT]: {} } })
    .setProtectedHeader({ alg: wire.idTokenAlgorithm, typ: 'logout+jwt', kid: (await namedKey(key)).kid ?? '' })
    .setIssuer(settings.issuer).setAudience(wire.entityId).setIssuedAt(now).setExpirationTime(now + TOKEN_SECONDS).setJti(newId(settings.random, 128)).sign(key);
};

const deliver = async (entry: ServiceEntry, service: OidcParty, url: string, settings: OidcLogoutSettings): Promise<boolean> => {
  try {
    await settings.post(url, new URLSearchParams({ logout_token: await logoutToken(entry, service, settings) }).toString());
    return true;
  } catch (error) {
    settings.log.warn({ service: service.id, code: isBrygganError(error) ? error.code : 'internal' }, 'a client could not be told of a logout');
    return false;
  }
};
const tryAgain = (entry: ServiceEntry, service: OidcParty, url: string, settings: OidcLogoutSettings, attempt = 0): void => {
  const wait = AGAIN_AFTER[attempt];
  if (wait === undefined) return settings.log.error({ service: service.id }, 'a client was never told of a logout; its tokens are dead, its own session may live');
  settings.later(wait, () => void deliver(entry, service, url, settings).then((told) => { if (!told) tryAgain(entry, service, url, settings, attempt + 1); }));
};

const withQuery = (address: string, fields: Readonly<Record<string, string>>): string => {
  const url = new URL(address);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  return url.href;
};

export const createOidcLogoutFace = (settings: OidcLogoutSettings): LogoutFace => {
  const clientOf = ({ service: id }: ServiceEntry): OidcParty | undefined => {
    const service = settings.registry.current().services.get(id);
    return service !== undefined && isOidcParty(service) ? service : undefined;
  };
  return {
    waitsForAnswer: false,
    tell: async (entry) => {
      const service = clientOf(entry);
      const url = service?.wire.backchannelLogoutUri ?? null;
      if (service === undefined || url === null) return null;
      if (await deliver(entry, service, url, settings)) return 'logged-out';
      tryAgain(entry, service, url, settings);
      return 'unreachable';
    },
    carriesTo: () => null,
    carry: () => Promise.resolve(null),
    frame: (entry) => {
      const address = clientOf(entry)?.wire.frontchannelLogoutUri ?? null;
      return address === null ? null : withQuery(address, { iss: settings.issuer, sid: readEntryState(entry.faceState).sid }); // [OIDC-FCL §2]
    },
    isNamed: (entry, { subject, sessionIndexes }) => {
      const { sub, sid } = readEntryState(entry.faceState);
      return subject['sub'] === sub && sessionIndexes.includes(sid);
    },
    answer: (asker): Promise<ProtocolAnswer | null> => {
      const { redirectUri, state } = readEndState(asker.faceState);
      return Promise.resolve(redirectUri === null ? null : { kind: 'redirect', to: withQuery(redirectUri, state === null ? {} : { state }) });
    },
  };
};
