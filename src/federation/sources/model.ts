/**
 * federation/sources: metadata that others publish, taken in. Owns fetching on schedule, verifying each document (pinned key, validity,
 * order, size), keeping the last good one until its own end, and the metadata of those entities that a file of ours names. Does not own:
 * which party a service is of and what it may do (its settings file), what a change means (review/), how a document is downloaded.
 */
import type { KeyObject } from 'node:crypto';
import type { Instant } from '../../core/ports.ts';

/** entity: one EntityDescriptor; aggregate: a signed EntitiesDescriptor; mdq: one signed EntityDescriptor per question. */
export type SourceKind = 'entity' | 'aggregate' | 'mdq';
export interface SourceSettings {
  readonly id: string;
  readonly kind: SourceKind;
  readonly url: string;
  /** The publisher's, pinned. Empty only for `unsigned`. */
  readonly keys: readonly KeyObject[];
  /** Kind entity alone: TLS vouches for it, and a person for every risky change. */
  readonly unsigned: boolean;
  readonly everySeconds: number;
  /** A document that is good for longer is refused: it could be replayed for as long. */
  readonly longestValiditySeconds: number;
  readonly largestMegabytes: number;
  /** Parties whose files may name entities of this source; null = every party. */
  readonly parties: readonly string[] | null;
  /** Any of the listed values; an empty list asks nothing. */
  readonly filters: { readonly registrationAuthorities: readonly string[]; readonly entityCategories: readonly string[]; readonly assuranceCertifications: readonly string[] };
}
/** As in http/outbound.ts. */
export type Download = (url: string, headers: Readonly<Record<string, string>>, path: string, limits: { readonly milliseconds: number; readonly bytes: number; readonly httpsOnly?: boolean }) => Promise<{ readonly status: 'written' | 'not-modified' | 'absent'; readonly etag: string | null; readonly lastModified: string | null }>;
/** What a file of ours asks for: `key` is its path without ending, e.g. metadata/services/joint/journal. */
export interface Wanted { readonly key: string; readonly party: string; readonly role: 'service' | 'identity-provider'; readonly source: string; readonly entityId: string }

/** ok; late: not fetched, the last good one serves; ending: that one ends soon; ended: its entities no longer serve; never: none was ever good. */
export const sourceAlarms = ['ok', 'late', 'ending', 'ended', 'never'] as const;
export interface SourceStatus {
  readonly id: string;
  readonly kind: SourceKind;
  readonly url: string;
  readonly alarm: (typeof sourceAlarms)[number];
  /** When the publisher last answered with something good, a `not modified` included. */
  readonly fetchedAt: Instant | null;
  readonly validUntil: Instant | null;
  readonly entities: number;
  readonly lastError: { readonly at: Instant; readonly code: string; readonly detail: string } | null;
  /** Files of ours whose entity it does not give, and why. */
  readonly missing: readonly { readonly file: string; readonly why: string }[];
}
/** Metadata by path of the tree; null: a newer verified document no longer has the entity. */
export type Supplied = ReadonlyMap<string, Buffer | null>;
