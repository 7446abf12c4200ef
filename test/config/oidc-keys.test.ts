/** Keys of the OpenID Connect face: made at the first start, private, and rolled by adding a file. */
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { oidcKeys } from '../../src/config/state.ts';

let directory: string;
beforeEach(() => { directory = join(mkdtempSync(join(tmpdir(), 'bryggan-oidc-keys-')), 'oidc'); });
afterEach(() => { rmSync(join(directory, '..'), { recursive: true, force: true }); });
const roles = (): readonly string[] => oidcKeys(directory).map(({ role, key }) => `${role} ${key.asymmetricKeyType ?? ''}`);

describe('keys', () => {
  it('are made at the first start: one that signs and the next, of both kinds, for the owner alone, and kept', () => {
    expect(roles()).toEqual(['next rsa', 'current rsa', 'next ec', 'current ec']);
    expect(readdirSync(directory).every((name) => (statSync(join(directory, name)).mode & 0o077) === 0)).toBe(true);
    const thumb = (): readonly (string | undefined)[] => oidcKeys(directory).map(({ key }) => key.export({ format: 'jwk' }).n ?? key.export({ format: 'jwk' }).x);
    expect(thumb()).toEqual(thumb());
  });
  it('a new file is the next; the next signs; the one before is still published', () => {
    oidcKeys(directory);
    const next = oidcKeys(directory).find(({ role }) => role === 'next')?.key.export({ format: 'jwk' }).n;
    writeFileSync(join(directory, '0003.rsa.pem'), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    expect(roles().slice(0, 3)).toEqual(['next rsa', 'current rsa', 'previous rsa']);
    expect(oidcKeys(directory).find(({ role }) => role === 'current')?.key.export({ format: 'jwk' }).n).toBe(next);
  });
  it('a key that others may read, and one of another kind, end the start', () => {
    oidcKeys(directory);
    chmodSync(join(directory, '0001.rsa.pem'), 0o644);
    expect(() => oidcKeys(directory)).toThrow(expect.objectContaining({ code: 'key.invalid' }));
    chmodSync(join(directory, '0001.rsa.pem'), 0o600);
    copyFileSync(join(directory, '0001.ec.pem'), join(directory, '0002.rsa.pem'));
    expect(() => oidcKeys(directory)).toThrow(expect.objectContaining({ code: 'key.invalid' }));
  });
});
