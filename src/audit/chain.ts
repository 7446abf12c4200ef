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
/** The line is, letter by letter, the one that was written: nothing changed, added or said twice. */
export const holdsTogether = (line: RecordedEvent, text: string): boolean => hashOf(line) === line.hash && JSON.stringify(chainEvent(line, line.at, line.sequence, line.previous)) === text;

/** Where the chain stood, and when; `day` is the file that the line lies in. */
export interface ChainHead { readonly at: number; readonly day: string; readonly sequence: number; readonly hash: string }
export interface Checkpoint extends ChainHead { readonly signature: string }
const checkpointText = (node: string, { at, day, sequence, hash }: ChainHead): Buffer => Buffer.from(`bryggan-audit-checkpoint\n${node}\n${at}\n${day}\n${sequence}\n${hash}`);
/** Ed25519 signature in base64url. */
export const signCheckpoint = (key: KeyObject, node: string, head: ChainHead): string => sign(null, checkpointText(node, head), key).toString('base64url');
export const checkpointHolds = (key: KeyObject, node: string, checkpoint: Checkpoint): boolean => verify(null, checkpointText(node, checkpoint), key, Buffer.from(checkpoint.signature, 'base64url'));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
export const parseCheckpoint = (text: string): Checkpoint | undefined => {
  const one = parsed(text) as Partial<Checkpoint> | null | undefined;
  return typeof one?.at === 'number' && typeof one.day === 'string' && typeof one.sequence === 'number' && typeof one.hash === 'string' && typeof one.signature === 'string' ? (one as Checkpoint) : undefined;
};
/** One line → event, or undefined for anything that is not one. */
export const parseLine = (text: string): RecordedEvent | undefined => {
  const line = parsed(text) as Partial<RecordedEvent> | null | undefined;
  return typeof line?.at === 'number' && typeof line.sequence === 'number' && typeof line.hash === 'string' && typeof line.previous === 'string' && typeof line.type === 'string' ? (line as RecordedEvent) : undefined;
};
