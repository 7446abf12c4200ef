/** A publisher with invented entities, a clock that a test moves, and keys made here. */
import type { EntityId } from '../../../src/core/ids.ts';
import type { Instant } from '../../../src/core/ports.ts';
import { silentLog } from '../../../src/core/ports.ts';
import type { FeedContent, FeedEntity, FeedId } from '../../../src/federation/publish/model.ts';
import { createPublisher, type Publisher, type PublisherOptions, type SinceStore } from '../../../src/federation/publish/publisher.ts';
import { verifyByOther } from '../../../src/federation/publish/second-opinion.ts';
import { serviceEntity } from '../../../src/federation/publish/service-entity.ts';
import { identityProviderNode } from '../../../src/saml/metadata/write-identity-provider.ts';
import { signerFor } from '../../../src/saml/xml/index.ts';
import { idpDescription } from '../../fixtures/saml-metadata.ts';
import { serviceMetadata, testKey } from '../../fixtures/saml.ts';

export const HOUR = 3_600_000;
export const metadataKey = testKey('feeds');
export const signer = signerFor(metadataKey.privateKey, metadataKey.certificate);
const organisation = { name: 'Ale kommun', displayName: 'Ale kommun', url: 'https://ale.example/' };
export const ourselves: FeedEntity = { entityId: idpDescription.entityId as EntityId, kind: 'identity-provider', names: { sv: 'Bryggan', en: 'Bryggan' }, organisation: 'Region', validUntil: null, node: (attributes) => identityProviderNode(idpDescription, attributes) };
export const serviceCalled = (entityId: string, change: Partial<FeedEntity> = {}): FeedEntity =>
  ({ entityId: entityId as EntityId, kind: 'service', names: { sv: entityId, en: entityId }, organisation: 'Ale kommun', validUntil: null, node: serviceEntity(Buffer.from(serviceMetadata({ entityId })), { entityCategories: [], organisation }), ...change });
export const feedOf = (id: FeedId, ...entities: readonly FeedEntity[]): FeedContent => ({ id, entities });

export interface Stage { readonly publisher: Publisher; now: Instant; kept: Readonly<Record<string, Instant>> }
export const stage = (change: Partial<PublisherOptions> = {}): Stage => {
  const row = { enabled: true, validitySeconds: 168 * 3600 };
  const made = { now: Date.UTC(2026, 10, 23, 8), kept: {} } as Stage;
  const since: SinceStore = { read: () => made.kept, write: (all) => { made.kept = all; } };
  const publisher = createPublisher({ settings: { 'local-idps': row, 'sambi': row, 'applications': row }, baseUrl: 'https://login.example.se', entityId: idpDescription.entityId, signer, clock: { now: () => made.now }, log: silentLog, verify: verifyByOther, since, ...change });
  return Object.assign(made, { publisher });
};
