/**
 * upstreams/saml-sp: Bryggan as a service of a party's own IdP, in SAML 2.0. Owns the request (request.ts), the reading and every check
 * of the answer (response.ts, assertion-checks.ts), logout with the IdP (logout.ts) and our metadata as a service. Does not own: what
 * the IdP may be believed in (parties/upstream-trust.ts), the login around it (login/), keys' files (config/).
 *
 * Order of belief: handle → the IdP that was asked → its signature → everything else. A check has its own code and cites its clause.
 */
import type { KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import type { AssuranceLevel } from '../../core/assurance.ts';
import type { Clock, Random } from '../../core/ports.ts';
import type { JsonValue } from '../../core/json.ts';
import type { PersonKey } from '../../directory/model.ts';
import type { PartyRegistry, PersonClaimKind, Registry, SamlProvider } from '../../parties/model.ts';
import type { Signer } from '../../saml/xml/index.ts';
import type { ReplayGuard } from '../../sessions/ports.ts';

/** What the IdP says of somebody, before its trust limits were asked. */
export interface Claims { readonly person: { readonly kind: PersonClaimKind; readonly value: string }; readonly context: string | null; readonly attributes: Readonly<Record<string, readonly string[]>> }
export interface Spoken { readonly person: PersonKey; readonly level: AssuranceLevel; readonly attributes: Readonly<Record<string, readonly string[]>> }

export interface SamlUpstreamSettings {
  /** Our entityID towards IdPs. */
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** Never the key of assertions: what it signed must not pass for one (threats §0.3). */
  readonly signer: Signer;
  /** The newest first. */
  readonly decryptionKeys: readonly KeyObject[];
  readonly clock: Clock;
  readonly random: Random;
  /** Seconds allowed between an IdP's clock and ours. */
  readonly clockSkew: number;
  readonly registry: PartyRegistry;
  readonly replay: ReplayGuard;
  readonly attributeByWireName: (name: string) => string | undefined;
  /** Trust limits: the person and level that this IdP may speak for. Errors: `upstream.*`. */
  readonly speakFor: (claims: Claims, provider: SamlProvider, registry: Registry) => Spoken;
}

/** What a request leaves behind: its answer is checked against this and nothing that the answer says itself. */
export interface RequestMemory {
  readonly provider: string;
  readonly entityId: string;
  readonly requestId: string;
  readonly sentAt: number;
  readonly forced: boolean;
  readonly passive: boolean;
  /** Class references that were asked for; empty: none. */
  readonly contexts: readonly string[];
  readonly nameIdFormat: string | null;
}
export const readMemory = (memory: Readonly<Record<string, JsonValue>>): RequestMemory => {
  const { provider, entityId, requestId, sentAt, contexts } = memory;
  if (typeof provider !== 'string' || typeof entityId !== 'string' || typeof requestId !== 'string' || typeof sentAt !== 'number' || !Array.isArray(contexts)) return fail('login.state', 'the memory of a request was not written by this adapter');
  return memory as unknown as RequestMemory;
};
