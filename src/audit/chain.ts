/** One line of the trail and how it hangs on the one before: changing, removing, inserting or reordering any line breaks every hash after it. */
import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import type { AuditEvent, RecordedEvent } from './model.ts';

/** Hash before the first line of a node. */
export const GENESIS = '0'.repeat(43);

const fieldsOf = (event: AuditEvent): AuditEvent => {
  const { type, reference, serviceParty, service, personParty, person, code, facts } = event;
  return { type, reference, serviceParty, service, personParty, person, code, facts };
};
const hashOf = (line: Omit<RecordedEvent, 'hash'>): string => createHash('sha256').update(JSON.stringify([line.at, line.sequence, line.previous, fieldsOf(line)])).digest('base64url');

export const chainEvent = (event: AuditEvent, at: number, sequence: number, previous: string): RecordedEvent => {
  const line = { at, sequence, previous, ...fieldsOf(event) };
  return { ...line, hash: hashOf(line) };
};
export const holdsTogether = (line: RecordedEvent): boolean => hashOf(line) === line.hash;

/** What a checkpoint signs: where the chain stood. */
const checkpointText = (node: string, sequence: number, hash: string): Buffer => Buffer.from(`bryggan-audit-checkpoint\n${node}\n${sequence}\n${hash}`);
/** Ed25519 signature in base64url. */
export const signCheckpoint = (key: KeyObject, node: string, sequence: number, hash: string): string => sign(null, checkpointText(node, sequence, hash), key).toString('base64url');
export const checkpointHolds = (key: KeyObject, node: string, sequence: number, hash: string, signature: string): boolean => verify(null, checkpointText(node, sequence, hash), key, Buffer.from(signature, 'base64url'));

export interface Checkpoint { readonly at: number; readonly sequence: number; readonly hash: string; readonly signature: string }
/** One line → event, or undefined for anything that is not one. */
export const parseLine = (text: string): RecordedEvent | undefined => {
  try {
    const line = JSON.parse(text) as Partial<RecordedEvent>;
    return typeof line.sequence === 'number' && typeof line.hash === 'string' && typeof line.previous === 'string' && typeof line.type === 'string' ? (line as RecordedEvent) : undefined;
  } catch {
    return undefined;
  }
};
