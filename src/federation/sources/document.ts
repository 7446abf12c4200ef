/** One downloaded document, verified: signature over the root with a pinned key, an end that is neither past nor too far, nothing older than before. */
import { readFile } from 'node:fs/promises';
import { parseUtcDateTime } from '../../core/dates.ts';
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { attributeOf, readEntity, readXml, verifyAggregate, verifyEnveloped, type AggregateEntry, type AggregateIndex, type XmlElement } from '../../saml/xml/index.ts';
import { namespaces } from '../../saml/names.ts';
import type { SourceSettings } from './model.ts';

/** An entity as its publisher signed it; `validUntil`: the earliest end of it and of all that it came in. */
export interface Found { readonly element: XmlElement; readonly validUntil: Instant | null }
export interface VerifiedDocument {
  readonly validUntil: Instant | null;
  readonly entities: number;
  /** Undefined: not in it. Errors: `metadata.source` when it is in it twice; `signature.digest` when the file was changed since. */
  find(entityId: string): Promise<Found | undefined>;
}
/** What the next document must not fall behind. */
export interface Before { readonly validUntil: Instant | null; readonly entities: number }

const MEGABYTE = 1_048_576;
const refuse = (detail: string): never => fail('metadata.source', detail);
const day = (instant: Instant): string => new Date(instant).toISOString();
const endIn = (value: string | undefined): Instant | null => (value === undefined ? null : (parseUtcDateTime(value.trim()) ?? refuse('validUntil is not a time in UTC')));
const earliest = (...ends: readonly (Instant | null)[]): Instant | null => {
  const known = ends.filter((end) => end !== null);
  return known.length === 0 ? null : Math.min(...known);
};

/** The end of a document [SAMLMeta §2.3.1; saml2int SDP-MD03]: threats F02. */
const checkEnd = (end: Instant | null, { unsigned, longestValiditySeconds }: SourceSettings, before: Before | null, now: Instant): void => {
  if (end === null) return unsigned ? undefined : refuse('has no validUntil: it could be replayed for ever');
  if (end <= now) refuse(`ended ${day(end)}`);
  if (end - now > longestValiditySeconds * 1000) refuse(`is good until ${day(end)}, longer than longestValidityDays allows`);
  if (before?.validUntil != null && end < before.validUntil) refuse(`is older than the one before: good until ${day(end)}, the one before until ${day(before.validUntil)}`);
};
/** From the group that an entity stands in up to the root. */
const endOfGroup = (index: AggregateIndex, group: number | null): Instant | null => {
  const row = group === null ? undefined : index.groups[group];
  return row === undefined ? null : earliest(endIn(row.attributes['validUntil']), endOfGroup(index, row.parent));
};

const readAggregate = async (path: string, settings: SourceSettings, before: Before | null, now: Instant): Promise<VerifiedDocument> => {
  const index = await verifyAggregate(path, settings.keys, { now, limits: { maxBytes: settings.largestMegabytes * MEGABYTE } });
  const validUntil = endOfGroup(index, 0);
  checkEnd(validUntil, settings, before, now);
  const entities = index.entries.length;
  if (before !== null && entities * 2 < before.entities) refuse(`has ${entities} entities, the one before ${before.entities}: look at it, then bryggan metadata fetch ${settings.id} --anyway`);
  const byName = new Map<string, AggregateEntry | null>();
  // Twice: nobody can say which one is meant.
  for (const entry of index.entries) byName.set(entry.entityId, byName.has(entry.entityId) ? null : entry);
  return {
    validUntil, entities,
    find: async (entityId) => {
      const entry = byName.get(entityId);
      if (entry === undefined) return undefined;
      if (entry === null) return refuse(`has ${entityId} more than once`);
      const { element } = await readEntity(path, index, entry);
      return { element, validUntil: earliest(endOfGroup(index, entry.group), endIn(attributeOf(element, 'validUntil'))) };
    },
  };
};
const readSingle = async (path: string, settings: SourceSettings, before: Before | null, now: Instant): Promise<VerifiedDocument> => {
  const root = readXml(await readFile(path), 'metadata');
  if (root.namespace !== namespaces.md || root.localName !== 'EntityDescriptor') return refuse('is not one EntityDescriptor');
  const { element } = settings.unsigned ? { element: root } : verifyEnveloped(root, settings.keys, { document: root, now }); // [SAMLMeta §3.1]
  const validUntil = endIn(attributeOf(element, 'validUntil'));
  checkEnd(validUntil, settings, before, now);
  return { validUntil, entities: 1, find: (entityId) => Promise.resolve(attributeOf(element, 'entityID') === entityId ? { element, validUntil } : undefined) };
};

/** `before` null: nothing to compare with, or a person has looked. Errors: `metadata.source`, `xml.*`, `signature.*`, `saml.metadata`. */
export const readDocument = (path: string, settings: SourceSettings, before: Before | null, now: Instant): Promise<VerifiedDocument> =>
  settings.kind === 'aggregate' ? readAggregate(path, settings, before, now) : readSingle(path, settings, before, now);
