/**
 * federation/publish: what we publish about ourselves and our services. Owns the three feeds, their documents, when they are signed
 * anew, and the frozen export. Does not own: what our own entities say (app-metadata.ts describes them), routes' server (http/), pages (ui/).
 */
import type { EntityId } from '../../core/ids.ts';
import type { LocalisedText } from '../../core/locale.ts';
import type { Instant } from '../../core/ports.ts';
import type { XmlNode } from '../../saml/xml/index.ts';

/** Local IdPs of the parties; the SAMBI federation; applications of the parties. Each has its own audience, content and validity. */
export const feedIds = ['local-idps', 'sambi', 'applications'] as const;
export type FeedId = (typeof feedIds)[number];
export const isFeedId = (text: string): text is FeedId => feedIds.some((id) => id === text);

/** One EntityDescriptor as it should appear in one feed. `node` gives the same for the same arguments: no clock, no randomness. */
export interface FeedEntity {
  readonly entityId: EntityId;
  readonly kind: 'identity-provider' | 'service';
  readonly names: LocalisedText;
  /** Who answers for it, as people call them. */
  readonly organisation: string;
  /** It says itself that it ends then; a feed never outlives it. */
  readonly validUntil: Instant | null;
  node(attributes: { readonly ID?: string; readonly validUntil?: string; readonly cacheDuration?: string }): XmlNode;
}
export interface FeedContent { readonly id: FeedId; readonly entities: readonly FeedEntity[] }

/** Bytes that are only served. Hexadecimal hashes, to be read aloud or compared. */
export interface PublishedDocument { readonly bytes: Buffer; readonly gzip: Buffer; readonly sha256: string; readonly sha1: string }
export interface FeedMember { readonly entityId: EntityId; readonly kind: FeedEntity['kind']; readonly names: LocalisedText; readonly organisation: string; readonly since: Instant }
export interface PublishedFeed {
  readonly id: FeedId;
  readonly signedAt: Instant;
  readonly validUntil: Instant;
  readonly document: PublishedDocument;
  /** By entityID, and by `{sha1}` and its hash [MDQ-SAML §2.2]. */
  readonly entities: ReadonlyMap<string, PublishedDocument>;
  readonly members: readonly FeedMember[];
}
export interface FeedSettings { readonly enabled: boolean; readonly validitySeconds: number }
