/**
 * An upgrade: sessions that the version before sealed are read by this one, and nobody logs in again. The earlier record and its bytes are
 * written out here by hand, from no code of the product, so that a change of layout shows.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, isAnswer, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';

const [before, after] = [askingService({ name: 'before', logoutUrl: 'https://before.service.example/soap' }), askingService({ name: 'after' })];
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [before.files, after.files] }); });
afterAll(async () => { await bryggan.stop(); });

/** Version 1 · key id (4) · nonce (12) · tag (16) · AES-256-GCM of JSON, bound to its name: as 0.1.0 began. */
const keysIn = (state: string): readonly Buffer[] => {
  const folder = join(state, 'keys', 'sealing');
  return readdirSync(folder).toSorted().toReversed().map((name) => readFileSync(join(folder, name)));
};
/** A field of a session is bound to both names. */
const boundTo = (name: string, field: string): string => `${name}#${createHash('sha256').update(`${String(Buffer.byteLength(field))}:`).update(field).digest('base64url')}`;
const idOf = (key: Buffer): Buffer => createHash('sha256').update('sealing-key').update(key).digest().subarray(0, 4);
const openBy = (key: Buffer, name: string, sealed: Buffer): unknown => {
  expect([sealed[0], sealed.subarray(1, 5).equals(idOf(key))]).toEqual([1, true]);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, 17)).setAAD(Buffer.from(name)).setAuthTag(sealed.subarray(17, 33));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(33)), decipher.final()]).toString('utf8')) as unknown;
};
const sealBy = (key: Buffer, name: string, value: unknown): Buffer => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(1), idOf(key), nonce, cipher.getAuthTag(), body]);
};
const pick = (record: Readonly<Record<string, unknown>>, ...names: readonly string[]): Record<string, unknown> => Object.fromEntries(names.map((name) => [name, record[name]]));
type Fields = Readonly<Record<string, unknown>>;
/** The fields of the first layout, and no others: what came later is missing, not null. */
const earlierSession = (session: Fields): Fields => {
  const identity = session['identity'] as Fields;
  return {
    ...pick(session, 'id', 'createdAt', 'expiresAt'), acting: pick(session['acting'] as Fields, 'employeeHsaId', 'commissionHsaId'),
    identity: { ...pick(identity, 'method', 'person', 'level', 'authenticatedAt'), revocationHandle: pick(identity['revocationHandle'] as Fields, 'issuerId', 'serial'), credential: identity['credential'] },
  };
};
const earlierEntry = (entry: Fields): Fields => pick(entry, 'key', 'service', 'party', 'protocol', 'answeredAt', 'faceState');

describe('an upgrade', () => {
  it('reads the sessions of the version before: the next service answers at once, and the one before is still known', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    expect(isAnswer(await logIn(agent, bryggan, before))).toBe(true);
    await bryggan.terminate();

    const [key = Buffer.alloc(0)] = keysIn(bryggan.state);
    const database = new Database(join(bryggan.state, 'bryggan.sqlite'));
    const sessions = database.prepare("SELECT name, value FROM entry WHERE name LIKE 'session:%'").all() as readonly { readonly name: string; readonly value: Buffer }[];
    for (const { name, value } of sessions) database.prepare('UPDATE entry SET value = ? WHERE name = ?').run(sealBy(key, name, earlierSession(openBy(key, name, value) as Fields)), name);
    const fields = database.prepare('SELECT name, field, value FROM field').all() as readonly { readonly name: string; readonly field: string; readonly value: Buffer }[];
    for (const { name, field, value } of fields) {
      const bound = boundTo(name, field);
      database.prepare('UPDATE field SET value = ? WHERE name = ? AND field = ?').run(sealBy(key, bound, earlierEntry(openBy(key, bound, value) as Fields)), name, field);
    }
    database.close();
    expect([sessions.length, fields.length]).toEqual([1, 1]);
    await bryggan.restart();

    const cards = bryggan.audit().filter(({ type }) => type === 'login.authenticated').length;
    const silent = await agent.settle(await after.start(agent, bryggan), isAnswer);
    expect([isAnswer(silent), receivedFrom(silent).attributes['employeeHsaId']]).toEqual([true, ['SE2321000131-DEV1001']]);
    expect(bryggan.audit().filter(({ type }) => type === 'login.authenticated')).toHaveLength(cards);
    const told = await agent.go(`${bryggan.baseUrl}/me`);
    expect([told.text.includes('Tjänsten before'), told.text.includes('Tjänsten after')]).toEqual([true, true]);
  });
});
