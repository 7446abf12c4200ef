/**
 * The state directory's own secrets: made at the first start, mode 0600, never overwritten. Owns where they lie and that they are
 * private. Several nodes on one store are given the same files by operations.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail } from '../core/errors.ts';
import type { Random } from '../core/ports.ts';

const make = (path: string, content: string | Buffer): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' });
};
/** [threats M04] A secret that others on this machine can read is not one. */
const checkPrivate = (path: string): void => {
  if ((statSync(path).mode & 0o077) !== 0) fail('key.invalid', `${path} can be read by others; fix: chmod 600 ${path}`);
};

/** The state directory itself, for this user alone. */
export const openState = (directory: string): void => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
};

export const pseudonymSecret = (path: string, random: Random): string => {
  if (!existsSync(path)) make(path, `${random.bytes(32).toString('base64url')}\n`);
  checkPrivate(path);
  const secret = readFileSync(path, 'utf8').trim();
  return secret.length >= 43 ? secret : fail('key.invalid', `${path} holds less than 256 bits`);
};

/** Ed25519 key of the audit checkpoints. */
export const auditKey = (path: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } => {
  if (!existsSync(path)) make(path, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  checkPrivate(path);
  const privateKey = createPrivateKey(readFileSync(path));
  if (privateKey.asymmetricKeyType !== 'ed25519') return fail('key.invalid', `${path} is not an Ed25519 key`);
  return { privateKey, publicKey: createPublicKey(privateKey) };
};

/** Role of an OpenID Connect key: every one is published; one signs. */
export interface OidcKey { readonly role: 'next' | 'current' | 'previous'; readonly key: KeyObject; readonly file: string }
const oidcKinds = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
} as const;
/**
 * Keys of the OpenID Connect face, `<number>.rsa.pem` and `<number>.ec.pem`, apart from SAML's. The newest of a kind is published
 * before it signs, the one before it signs, older ones are still published: to roll, add a file; to end an old one, remove it.
 */
export const oidcKeys = (directory: string): readonly OidcKey[] =>
  (Object.keys(oidcKinds) as (keyof typeof oidcKinds)[]).flatMap((kind) => {
    const names = (): string[] => (existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(`.${kind}.pem`)).toSorted().toReversed() : []);
    if (names().length === 0) for (const number of ['0001', '0002']) make(join(directory, `${number}.${kind}.pem`), oidcKinds[kind]().privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const found = names();
    return found.map((name, place): OidcKey => {
      const path = join(directory, name);
      checkPrivate(path);
      const key = createPrivateKey(readFileSync(path));
      const details = key.asymmetricKeyDetails;
      if (kind === 'rsa' ? key.asymmetricKeyType !== 'rsa' || (details?.modulusLength ?? 0) < 2048 : details?.namedCurve !== 'prime256v1') return fail('key.invalid', `${path} is not ${kind === 'rsa' ? 'an RSA key of at least 2048 bits' : 'a P-256 key'}`);
      const signs = found.length === 1 ? 0 : 1;
      return { role: place < signs ? 'next' : place === signs ? 'current' : 'previous', key, file: path };
    });
  });

/** Number of a file that comes after all others in a folder: `0003`. */
const numberAfter = (names: readonly string[]): string => String(Math.max(0, ...names.map((name) => Number(/^\d+/.exec(name)?.[0] ?? 0))) + 1).padStart(4, '0');
const namesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory) : []);
/** One more key of this kind; its file. What it is for, keys/ decides. */
export const makeOidcKey = (directory: string, kind: keyof typeof oidcKinds): string => {
  const path = join(directory, `${numberAfter(namesIn(directory).filter((name) => name.endsWith(`.${kind}.pem`)))}.${kind}.pem`);
  make(path, oidcKinds[kind]().privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return path;
};
/** Pairs `<number>.crt.pem` and `<number>.key.pem` of a folder, oldest first; a certificate without its key is none. */
export const pairsIn = (directory: string): readonly { readonly certificateFile: string; readonly keyFile: string }[] =>
  namesIn(directory).filter((name) => /^\d+\.crt\.pem$/.test(name)).toSorted().flatMap((name) => {
    const keyFile = join(directory, name.replace('.crt.', '.key.'));
    if (!existsSync(keyFile)) return [];
    checkPrivate(keyFile);
    return [{ certificateFile: join(directory, name), keyFile }];
  });
/** Writes a pair behind those that are there; the certificate comes last, so that nobody sees half of it. */
export const addPair = (directory: string, key: KeyObject, certificate: string): string => {
  const number = numberAfter(namesIn(directory));
  make(join(directory, `${number}.key.pem`), key.export({ type: 'pkcs8', format: 'pem' }));
  make(join(directory, `${number}.crt.pem`), certificate);
  return join(directory, `${number}.crt.pem`);
};

/** Keys of the sealed store, newest first by file name (`<date>.key`); older ones still open what they sealed. */
export const sealingKeys = (directory: string, random: Random): readonly Buffer[] => {
  const names = (): string[] => (existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.key')).toSorted().toReversed() : []);
  if (names().length === 0) make(join(directory, '0001.key'), random.bytes(32));
  return names().map((name) => {
    const path = join(directory, name);
    checkPrivate(path);
    const key = readFileSync(path);
    return key.length === 32 ? key : fail('key.invalid', `${path} is not 32 bytes long`);
  });
};
