/**
 * The frozen export for SAMBI: one unsigned, byte-stable document, made by an explicit order. The federation's operator reads its
 * checksum back over the phone, so that nothing in it may depend on when or how often it is read (facts: federation §2.2).
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../../core/errors.ts';
import { element, writeXml } from '../../saml/xml/index.ts';
import type { Finding } from '../../core/findings.ts';
import { demandClean } from '../lint/lint.ts';
import { documentFrom } from './documents.ts';
import type { FeedContent, PublishedDocument } from './model.ts';

const pathIn = (state: string): string => join(state, 'published', 'sambi-frozen.xml');
/** Entities in the order of their ids: the order of files must not show. */
export const frozenText = ({ entities }: FeedContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml(element('md:EntitiesDescriptor', {}, entities.toSorted((a, b) => (a.entityId < b.entityId ? -1 : 1)).map((entity) => entity.node({}))))}\n`;

/** Findings of the federation's lint in what would be frozen. */
export type ExportLint = (bytes: Buffer, file: string) => readonly Finding[];
/** Freezes the content as it stands; what was frozen before is replaced. Errors: `command.usage` when there is nothing to export; `federation.refused` with what breaks the federation's demands. */
export const freeze = (content: FeedContent, state: string, lint: ExportLint): PublishedDocument => {
  if (content.entities.length === 0) return fail('command.usage', 'nothing is to be exported to SAMBI');
  const text = frozenText(content);
  demandClean(lint(Buffer.from(text), 'sambi-frozen.xml'));
  const path = pathIn(state);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
  return documentFrom(readFileSync(path, 'utf8'));
};
/** What was frozen last, byte for byte; undefined when nothing was. */
export const findFrozen = (state: string): PublishedDocument | undefined => (existsSync(pathIn(state)) ? documentFrom(readFileSync(pathIn(state), 'utf8')) : undefined);
