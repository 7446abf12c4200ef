/**
 * audit: an append-only, hash-chained trail; a product, not a log. Owns the event catalogue, the trail, its
 * checkpoints and verification; sinks/ write it. Does not own: operational logs (observability/).
 * `record` resolves when the line is durable: the answer leaves after that or not at all.
 */
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { PartyId, ReferenceId, ServiceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Instant } from '../core/ports.ts';

/** The catalogue of event types is events.ts; each names the facts it may carry. */
export type AuditEventType =
  | 'login.authenticated' | 'login.succeeded' | 'login.refused' | 'login.cancelled'
  | 'session.ended' | 'session.service-left' | 'session.commission-changed'
  | 'phone.refused' | 'upstream.refused'
  | 'card.refused' | 'card.level-disagreement' | 'card.stale-list' | 'card.proxy-refused'
  | 'request.refused'
  | 'registry.applied' | 'registry.rejected'
  | 'registry.held' | 'registry.approved' | 'registry.rolled-back'
  | 'metadata.accepted'
  | 'metadata.frozen'
  | 'key.step'
  | 'service.started' | 'service.stopped' | 'trail.recovered';

export interface AuditEvent {
  readonly type: AuditEventType;
  /** Follows one login through every step; null for events of the service itself. */
  readonly reference: ReferenceId | null;
  /** Party of the asking service. */
  readonly serviceParty: PartyId | null;
  readonly service: ServiceId | null;
  /** Party of the person, by the directory's organisation. */
  readonly personParty: PartyId | null;
  /** Full identity, in the trail only: HSA-id, else personal identity number. */
  readonly person: string | null;
  readonly code: ErrorCode | null;
  readonly facts: { readonly [name: string]: JsonValue };
}
export interface RecordedEvent extends AuditEvent { readonly at: Instant; readonly sequence: number; readonly previous: string; readonly hash: string }

export interface AuditTrail {
  /** Fails with `audit.unavailable` when the line cannot be made durable. No audit, no login. */
  record(event: AuditEvent): Promise<void>;
}
