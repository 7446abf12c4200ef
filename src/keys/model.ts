/**
 * keys: our own signing keys through their lives. Owns which key of a use signs, which are published beside it, the steps from one to the
 * next, who has read what we publish, and that all nodes agree. Does not own: what is signed (saml/, protocols/), where files lie
 * (config/state.ts), the orders' shell (admin/cli).
 */
import type { Instant } from '../core/ports.ts';

export const keyUses = ['saml-signing', 'metadata', 'oidc-rsa', 'oidc-ec', 'upstream-signing', 'upstream-encryption'] as const;
export type KeyUse = (typeof keyUses)[number];
/**
 * Of the key that IdPs encrypt with, “signs” reads “is offered first”: the previous one is published no longer and still decrypts.
 * made: held, nobody is told. next: published, signs for services that were switched early. current: signs. previous: published, signs
 * nothing. retired: no longer published, may come back. withdrawn: believed to be in other hands, never comes back.
 */
export type KeyRole = 'made' | 'next' | 'current' | 'previous' | 'retired' | 'withdrawn';
export const publishedRoles: readonly KeyRole[] = ['current', 'next', 'previous'];

export interface RingKey {
  /** SAML: SHA-256 of the certificate, hexadecimal; OpenID Connect: the `kid`. */
  readonly id: string;
  readonly role: KeyRole;
  /** In this role. */
  readonly since: Instant;
  /** Revision of the rings with which it was first published; 0: it always was. */
  readonly publishedAt: number;
}
export type Step = 'announce' | 'switch' | 'retire' | 'back' | 'withdraw';
export interface Ring {
  readonly keys: readonly RingKey[];
  /** Services that the next key signs for already. */
  readonly early: readonly string[];
  /** Services, parties and federations that said by another way that they have the next key. */
  readonly told: readonly string[];
  /** Steps that `back` can undo, the last one last. */
  readonly done: readonly ('announce' | 'switch' | 'retire')[];
}
/** What all nodes agree on. A use that nobody ever gave an order for is not in it: the order of the files decides. */
export interface Rings { readonly revision: number; readonly rings: { readonly [use in KeyUse]?: Ring } }
export const noRings: Rings = { revision: 0, rings: {} };

/** A key that this node has. */
export interface HeldKey {
  readonly use: KeyUse;
  readonly id: string;
  /** Its role while nobody has given an order. */
  readonly role: 'made' | 'next' | 'current' | 'previous';
  readonly since: Instant;
  /** Of the certificate; null: a bare key. */
  readonly notAfter: Instant | null;
  readonly subject: string | null;
  /** File of the certificate, or of the key where there is none. */
  readonly file: string;
}
