/**
 * upstreams/oidc-rp: Bryggan as a client of a party's own OpenID provider, by openid-client. Owns the request (start.ts), what is known of
 * the issuer (issuer.ts), the answer and every check of it (answer.ts, claims.ts), logout both ways (logout.ts). Does not own: what the issuer may be believed in
 * (parties/upstream-trust.ts), the login around it (login/), how calls leave the machine (http/outbound.ts).
 *
 * Only the ID token is believed, under a signature by the issuer's published keys; userinfo is not asked.
 */
import { fail } from '../../core/errors.ts';
import type { AssuranceLevel } from '../../core/assurance.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Clock, Random } from '../../core/ports.ts';
import type { PersonKey } from '../../directory/model.ts';
import type { OidcProvider, PersonClaimKind } from '../../parties/model.ts';

/** What the issuer says of somebody, before its trust limits were asked. */
export interface Claims { readonly person: { readonly kind: PersonClaimKind; readonly value: string }; readonly context: string | null; readonly attributes: Readonly<Record<string, readonly string[]>> }
export interface Spoken { readonly person: PersonKey; readonly level: AssuranceLevel; readonly attributes: Readonly<Record<string, readonly string[]>> }
export interface Exchange { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | undefined }
export interface Exchanged { readonly status: number; readonly contentType: string; readonly bytes: Uint8Array }

export interface OidcUpstreamSettings {
  /** Address of ours that answers come to: one for each issuer, so that none can pass for another's [RFC 9700 §4.4.2.2]. */
  readonly callbackUrl: (provider: string) => string;
  /** Address of ours that logouts come back to, and that issuers end logins at. */
  readonly logoutUrl: (provider: string) => string;
  readonly clock: Clock;
  readonly random: Random;
  /** Seconds allowed between an issuer's clock and ours. */
  readonly clockSkew: number;
  /** Bounded, without redirects, to checked addresses only. Errors: `outbound.*`. */
  readonly exchange: (url: string, call: Exchange) => Promise<Exchanged>;
  /** Content of a secret's file. Errors: `upstream.secret`. */
  readonly secretIn: (file: string) => string;
  /** Trust limits: the person and level that this issuer may speak for. Errors: `upstream.*`. */
  readonly speakFor: (claims: Claims, provider: OidcProvider) => Spoken;
}

/** What a request leaves behind: its answer is checked against this and nothing that the answer says itself. */
export interface RequestMemory {
  readonly provider: string;
  readonly issuer: string;
  readonly callbackUrl: string;
  readonly sentAt: number;
  readonly forced: boolean;
  readonly contexts: readonly string[];
  readonly nonce: string;
  readonly verifier: string;
}
export const readMemory = (memory: Readonly<Record<string, JsonValue>>): RequestMemory => {
  const { provider, issuer, callbackUrl, sentAt, forced, contexts, nonce, verifier } = memory;
  const texts = [provider, issuer, callbackUrl, nonce, verifier];
  if (texts.some((text) => typeof text !== 'string' || text === '') || typeof sentAt !== 'number' || typeof forced !== 'boolean' || !Array.isArray(contexts)) return fail('login.state', 'the memory of a request was not written by this adapter');
  return memory as unknown as RequestMemory;
};
