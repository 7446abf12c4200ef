/** A feed's documents: the aggregate, and one per entity for queries. Written canonically and signed with the metadata key, which signs nothing else. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { formatUtcDateTime } from '../../core/dates.ts';
import type { Instant } from '../../core/ports.ts';
import { element, writeSigned, writeXml, type Signer, type XmlNode } from '../../saml/xml/index.ts';
import type { FeedContent, FeedEntity, PublishedDocument } from './model.ts';

/** How long readers may go without asking again. A fetch is a 304 nearly always. */
const CACHE_DURATION = 'PT1H';
const hex = (algorithm: 'sha1' | 'sha256', data: string | Buffer): string => createHash(algorithm).update(data).digest('hex');

/** `{sha1}` and the hash of the entityID, the other name that a query may use [MDQ-SAML §2.2.2]. */
export const transformedId = (entityId: string): string => `{sha1}${hex('sha1', entityId)}`;

export const documentFrom = (text: string): PublishedDocument => {
  const bytes = Buffer.from(text);
  return { bytes, gzip: gzipSync(bytes, { level: 9 }), sha256: hex('sha256', bytes), sha1: hex('sha1', bytes) };
};
/** XML ID from the content, so that nothing in a document depends on chance. */
const idOf = (...parts: readonly string[]): string => `_${hex('sha256', parts.join('\0'))}`;

export interface Circumstances {
  /** Name of the aggregate: the address it is served at. */
  readonly name: string;
  /** entityID of whoever publishes. */
  readonly publisher: string;
  readonly signedAt: Instant;
  readonly validUntil: Instant;
}
const earlier = (entity: FeedEntity, validUntil: Instant): string => formatUtcDateTime(Math.min(entity.validUntil ?? validUntil, validUntil));

export const aggregateNode = ({ entities }: FeedContent, { name, publisher, signedAt, validUntil }: Circumstances): XmlNode => {
  // [SAMLMeta §2.3.1] The feed ends with the first of its members that does.
  const until = formatUtcDateTime(Math.min(validUntil, ...entities.flatMap((entity) => entity.validUntil ?? [])));
  const children = [
    element('md:Extensions', {}, [element('mdrpi:PublicationInfo', { publisher, creationInstant: formatUtcDateTime(signedAt) }, [])]),
    ...entities.map((entity) => entity.node(entity.validUntil === null ? {} : { validUntil: formatUtcDateTime(entity.validUntil) })),
  ];
  const id = idOf(name, until, ...children.map(writeXml));
  return element('md:EntitiesDescriptor', { ID: id, Name: name, cacheDuration: CACHE_DURATION, validUntil: until }, children);
};

/** The answer to a query: never wrapped [MDQ §3.1.3]. */
export const entityNode = (entity: FeedEntity, { validUntil }: Circumstances): XmlNode => {
  const until = earlier(entity, validUntil);
  return entity.node({ ID: idOf(until, writeXml(entity.node({}))), cacheDuration: CACHE_DURATION, validUntil: until });
};

/** What a feed says, whenever it is signed. */
export const fingerprintOf = ({ id, entities }: FeedContent): string => hex('sha256', [id, ...entities.map((entity) => writeXml(entity.node({})))].join('\0'));

/** Texts of all documents of a feed, the aggregate first. Errors: `xml.write`. */
export const signFeed = async (content: FeedContent, circumstances: Circumstances, signer: Signer): Promise<{ readonly aggregate: string; readonly entities: readonly { readonly entityId: string; readonly text: string }[] }> => ({
  aggregate: await writeSigned(aggregateNode(content, circumstances), signer),
  entities: await Promise.all(content.entities.map(async (entity) => ({ entityId: entity.entityId, text: await writeSigned(entityNode(entity, circumstances), signer) }))),
});
