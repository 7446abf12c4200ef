/** What is remembered of a logout that the browser carries from service to service. JSON: it is stored sealed. */
import type { ServiceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Instant } from '../core/ports.ts';
import type { PersonKey } from '../directory/model.ts';
import type { ServiceEntry } from '../sessions/service-entry.ts';

type Json = { readonly [key: string]: JsonValue };
/** The service that began, and what its face needs to answer it. */
export interface LogoutAsker { readonly protocol: ServiceEntry['protocol']; readonly service: ServiceId; readonly faceState: Json }
/** A verified demand for logout. `sessionIndexes` empty: every session of the person at this browser [SAMLCore §3.7.1]. */
export interface LogoutWish {
  readonly asker: LogoutAsker;
  readonly sessionIndexes: readonly string[];
  /** Of an IdP: names under which its login was remembered. */
  readonly sessionKeys?: readonly string[];
  readonly subject: Json;
  /** The demand counts for the session of the browser that brings it; for any other the person is asked (threats G13). */
  readonly ownSessionOnly: boolean;
}

/**
 * `waiting`: the browser has not been there yet; `asked`: it was sent there and has not come back;
 * `framed`: a frame of our page calls it, and what becomes of that cannot be seen. */
export type LogoutResultKind = 'logged-out' | 'unreachable' | 'cannot' | 'waiting' | 'asked' | 'framed';
export interface LogoutStep { readonly service: ServiceId; readonly result: LogoutResultKind; /** Only while the browser must go there. */ readonly entry: ServiceEntry | null; /** Address of the frame that calls it. */ readonly frame: string | null; /** Applications behind it, as in the session's entry. */ readonly requesters?: readonly string[] }
export interface LogoutRecord {
  readonly id: string;
  /** A demand that came by a cross-site POST, until the browser's cookie is known; then null. */
  readonly wish: LogoutWish | null;
  /** The person has not been asked yet whether to log out at all. */
  readonly unasked: boolean;
  readonly asker: LogoutAsker | null;
  readonly person: PersonKey | null;
  readonly steps: readonly LogoutStep[];
  readonly startedAt: Instant;
}
export const LOGOUT_SECONDS = 900;
/** Why a session ends. */
export type EndReason = 'other-person' | 'logged-out' | 'revoked' | 'administrator';
