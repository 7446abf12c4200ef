/** Every file that the configuration refers to, found once: existence, form, rights and the development mark are then questions to a list. */
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { DocumentPath } from '../core/yaml-file.ts';
import type { FileName, FileValues } from './files.ts';
import { isActive } from './rules.ts';

export type ReferenceKind = 'certificate' | 'private-key' | 'secret' | 'authority' | 'library' | 'directory';
export interface Reference { readonly kind: ReferenceKind; readonly file: FileName; readonly path: DocumentPath; readonly target: string }
/** Two references that must belong together. */
export interface PairReference { readonly certificate: Reference; readonly key: Reference }
export interface References { readonly all: readonly Reference[]; readonly pairs: readonly PairReference[]; readonly tls: { readonly public: Reference | null; readonly card: Reference | null } }

export const absolute = (root: string, path: string): string => (isAbsolute(path) ? path : join(root, path));

interface Collected { readonly all: Reference[]; readonly pairs: PairReference[] }
type Adder = (kind: ReferenceKind, path: DocumentPath, target: string | undefined) => Reference | null;
const adder = (collected: Collected, root: string, file: FileName): Adder => (kind, path, target) => {
  if (target === undefined) return null;
  const reference = { kind, file, path, target: absolute(root, target) };
  collected.all.push(reference);
  return reference;
};
const addPair = (collected: Collected, add: Adder, path: DocumentPath, pair: { certificateFile?: string | undefined; keyFile?: string | undefined } | undefined): Reference | null => {
  const certificate = add('certificate', [...path, 'certificateFile'], pair?.certificateFile);
  const key = add('private-key', [...path, 'keyFile'], pair?.keyFile);
  if (certificate !== null && key !== null) collected.pairs.push({ certificate, key });
  return certificate;
};

const addDirectory = (collected: Collected, add: Adder, { sources }: FileValues['directory']): void => {
  for (const [name, source] of Object.entries(sources)) {
    const path = ['sources', name];
    if (source.kind === 'file') {
      add('directory', [...path, 'path'], source.path);
      continue;
    }
    add('authority', [...path, 'authorityFile'], source.authorityFile);
    addPair(collected, add, path, source);
    if (source.kind === 'ldap') add('secret', [...path, 'passwordFile'], source.passwordFile);
  }
};

const addMethods = (collected: Collected, add: Adder, { methods }: FileValues['methods']): void => {
  methods.forEach((method, index) => {
    if (method.kind !== 'mobile' || !method.enabled) return;
    add('authority', ['methods', index, 'authorityFile'], method.authorityFile);
    addPair(collected, add, ['methods', index], method);
    method.freja?.keyFiles.forEach((file, place) => add('authority', ['methods', index, 'freja', 'keyFiles', place], file));
  });
};

export const collectReferences = (root: string, { broker, methods, issuers, directory, federation }: FileValues, hardened: boolean): References => {
  const collected: Collected = { all: [], pairs: [] };
  const add = adder(collected, root, 'broker');
  const { listeners, keys, store } = broker;
  const tls = { public: addPair(collected, add, ['listeners', 'public', 'tls'], listeners.public.tls), card: addPair(collected, add, ['listeners', 'card', 'tls'], listeners.card?.tls) };
  addPair(collected, add, ['listeners', 'machine', 'tls'], listeners.machine?.tls);
  addPair(collected, add, ['listeners', 'proxy', 'mutualTls'], listeners.proxy?.mutualTls);
  add('authority', ['outbound', 'authorityFile'], broker.outbound.authorityFile);
  listeners.proxy?.mutualTls?.authorityFiles.forEach((file, index) => add('authority', ['listeners', 'proxy', 'mutualTls', 'authorityFiles', index], file));
  listeners.proxy?.secretFiles.forEach((file, index) => add('secret', ['listeners', 'proxy', 'secretFiles', index], file));
  [...keys.samlSigning.map((pair, index) => ({ pair, path: ['keys', 'samlSigning', index] })), { pair: keys.samlMetadata, path: ['keys', 'samlMetadata'] }].forEach(({ pair, path }) => {
    addPair(collected, add, path, pair);
    add('library', [...path, 'pkcs11', 'module'], pair.pkcs11?.module);
    add('secret', [...path, 'pkcs11', 'pinFile'], pair.pkcs11?.pinFile);
  });
  add('private-key', ['keys', 'audit', 'keyFile'], keys.audit?.keyFile);
  add('directory', ['keys', 'sealing', 'directory'], keys.sealing?.directory);
  add('directory', ['keys', 'oidc', 'directory'], keys.oidc?.directory);
  add('secret', ['keys', 'pseudonyms', 'secretFile'], keys.pseudonyms?.secretFile);
  if (store?.kind === 'redis') {
    add('secret', ['store', 'passwordFile'], store.passwordFile);
    add('authority', ['store', 'tls', 'authorityFile'], store.tls?.authorityFile);
    addPair(collected, add, ['store', 'tls'], store.tls);
  }
  const addIssuer = adder(collected, root, 'issuers');
  for (const list of ['roots', 'issuers'] as const) {
    issuers[list].forEach((row, index) => { if (isActive(row, broker.environment, hardened)) addIssuer('authority', [list, index, 'certificateFile'], row.certificateFile); });
  }
  addMethods(collected, adder(collected, root, 'methods'), methods);
  addDirectory(collected, adder(collected, root, 'directory'), directory);
  const addSource = adder(collected, root, 'federation');
  federation.sources.forEach(({ certificateFiles }, index) => certificateFiles.forEach((file, place) => addSource('authority', ['sources', index, 'certificateFiles', place], file)));
  return { ...collected, tls };
};

/** What lies at a path, read once per check. */
export interface FileFacts {
  readonly exists: boolean;
  readonly directory: boolean;
  /** Permission bits and owner. */
  readonly mode: number;
  readonly owner: number;
  readonly size: number;
}
export interface FileLook {
  facts(path: string): FileFacts;
  /** Every certificate of a PEM or DER file; null when there is none that can be read. */
  certificates(path: string): readonly X509Certificate[] | null;
  /** Public half of a private key file; null when it cannot be read as one. */
  publicKey(path: string): KeyObject | null;
  /** First line of a secret file, without its line break; null when unreadable. */
  secret(path: string): string | null;
}
const attempt = <T>(run: () => T): T | null => {
  try {
    return run();
  } catch {
    return null;
  }
};
const readCertificates = (path: string): readonly X509Certificate[] | null => attempt(() => {
  const bytes = readFileSync(path);
  const blocks = bytes.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const found = blocks === null ? [new X509Certificate(bytes)] : blocks.map((block) => new X509Certificate(block));
  return found.length === 0 ? null : found;
});
const remember = <T>(read: (path: string) => T): ((path: string) => T) => {
  const known = new Map<string, T>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined || known.has(path)) return before as T;
    const value = read(path);
    known.set(path, value);
    return value;
  };
};
const nothing: FileFacts = { exists: false, directory: false, mode: 0, owner: -1, size: 0 };
export const lookAtFiles = (): FileLook => ({
  facts: remember((path) => {
    const found = attempt(() => statSync(path));
    return found === null ? nothing : { exists: true, directory: found.isDirectory(), mode: found.mode & 0o777, owner: found.uid, size: found.size };
  }),
  certificates: remember(readCertificates),
  publicKey: remember((path) => attempt(() => createPublicKey(createPrivateKey(readFileSync(path))))),
  secret: remember((path) => attempt(() => readFileSync(path, 'utf8').split(/\r?\n/, 1)[0] ?? '')),
});
