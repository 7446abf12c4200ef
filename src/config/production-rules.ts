/**
 * The production rules: what NODE_ENV=production refuses to start with (threats K03, M04, M06). One row each, each with its test.
 * `noeviction` and the rights of the ACL user are looked at by the store itself when it connects.
 */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { relative, sep } from 'node:path';
import { developmentKeys } from './development-keys.ts';
import type { FileRuleContext } from './file-rules.ts';
import type { Reference } from './references.ts';
import type { Fault } from './rules.ts';

export interface ProductionContext extends FileRuleContext {
  /** The state directory, absolute. */
  readonly state: string;
  /** User id of this process. */
  readonly user: number;
}
export interface ProductionRule { readonly id: string; readonly says: string; readonly faults: (context: ProductionContext) => readonly Fault[] }

const at = (reference: Reference, message: string, fix: string): Fault => ({ file: reference.file, path: reference.path, message, fix });
const inBroker = (path: readonly (string | number)[], message: string, fix: string): Fault => ({ file: 'broker', path, message, fix });

/** The mark that every certificate of certs-dev/ carries in its subject. */
export const isDevelopmentCertificate = ({ subject }: X509Certificate): boolean => /^O=Bryggan Development$/m.test(subject) || /^CN=DEV /m.test(subject);
/** SHA-256 of SubjectPublicKeyInfo, base64url: what a key is known by, whatever certificate is put around it. */
export const fingerprintOf = (key: KeyObject): string => createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64url');
const ownerOnly = (mode: number): boolean => (mode & 0o077) === 0;

export const productionRules: readonly ProductionRule[] = [
  {
    id: 'development-certificate', says: 'no certificate of the development PKI',
    faults: ({ references, look }) => references.all.filter(({ kind, target }) => (kind === 'certificate' || kind === 'authority') && look.certificates(target)?.some(isDevelopmentCertificate) === true)
      .map((reference) => at(reference, 'is a development certificate', 'use a certificate of your own')),
  },
  {
    id: 'development-key', says: 'no private key of the development PKI: they are public',
    faults: ({ references, look }) => references.all.flatMap((reference): Fault[] => {
      if (reference.kind !== 'private-key' && reference.kind !== 'certificate') return [];
      const key = reference.kind === 'private-key' ? look.publicKey(reference.target) : (look.certificates(reference.target)?.[0]?.publicKey ?? null);
      return key !== null && developmentKeys.has(fingerprintOf(key)) ? [at(reference, 'is a development key, which everybody has', 'make a key of your own')] : [];
    }),
  },
  {
    id: 'development-file', says: 'nothing from certs-dev/',
    faults: ({ references, root }) => references.all.filter(({ target }) => relative(root, target).split(sep)[0] === 'certs-dev')
      .map((reference) => at(reference, 'lies in certs-dev', 'use files of your own')),
  },
  {
    id: 'development-issuer', says: 'no enabled row for development machines',
    faults: ({ values: { issuers } }) => (['roots', 'issuers'] as const).flatMap((list) => issuers[list].flatMap((row, index): Fault[] =>
      row.enabled && row.environments.includes('development') ? [{ file: 'issuers', path: [list, index, 'enabled'], message: 'is true on a row of the environment development', fix: 'write false, or remove the row' }] : [])),
  },
  {
    id: 'demo-part', says: 'no part of the demo',
    faults: ({ values: { broker } }) => (broker.demo === undefined ? [] : [inBroker(['demo'], 'belongs to the demo', 'remove it')]),
  },
  {
    id: 'demo-directory', says: 'not the invented people that come with the product',
    faults: ({ references, root }) => references.all.filter(({ file, kind, target }) => file === 'directory' && kind === 'directory' && relative(root, target).split(sep).slice(0, 2).join('/') === 'config/directory-data')
      .map((reference) => at(reference, 'holds the invented people of the demo', 'connect a directory, or write a file of your own')),
  },
  {
    id: 'secret-rights', says: 'private keys and secrets are readable by the service’s user alone',
    faults: ({ references, look, user }) => references.all.flatMap((reference): Fault[] => {
      const { exists, mode, owner } = look.facts(reference.target);
      const keyDirectory = reference.kind === 'directory' && reference.file === 'broker';
      if (!exists || (reference.kind !== 'private-key' && reference.kind !== 'secret' && !keyDirectory)) return [];
      if (!ownerOnly(mode)) return [at(reference, 'may be read by others', `run: chmod ${keyDirectory ? '0700' : '0600'} on it`)];
      return owner === user ? [] : [at(reference, 'belongs to another user', 'let the service’s user own it')];
    }),
  },
  {
    id: 'state-rights', says: 'the state directory is open to the service’s user alone',
    faults: ({ look, state }) => {
      const { exists, mode } = look.facts(state);
      return exists && !ownerOnly(mode) ? [inBroker([], 'has a state directory that others may open', 'run: chmod 0700 on the directory that BRYGGAN_STATE names')] : [];
    },
  },
  {
    id: 'store-named', says: 'the store is named in the configuration, and it is Redis',
    faults: ({ values: { broker: { store } } }) => {
      if (store === undefined) return [inBroker(['store'], 'is missing', 'name the Redis servers here; REDIS_URL does not count in production')];
      if (store.kind !== 'redis') return [inBroker(['store', 'kind'], 'is the embedded store, which serves one process', 'name the Redis servers')];
      return store.url === undefined && store.sentinel === undefined && store.cluster === undefined ? [inBroker(['store'], 'names no server', 'write url, sentinel or cluster; REDIS_URL does not count in production')] : [];
    },
  },
  {
    id: 'store-tls', says: 'Redis is reached by TLS or a Unix socket',
    faults: ({ values: { broker: { store } } }) => {
      if (store?.kind !== 'redis') return [];
      const open = (url: string | undefined): boolean => url?.startsWith('redis:') === true;
      return [
        ...(open(store.url) ? [inBroker(['store', 'url'], 'is not encrypted', 'write rediss:// or unix://')] : []),
        ...(['sentinel', 'cluster'] as const).flatMap((kind) => (store[kind]?.nodes ?? []).flatMap((url, index) => (open(url) ? [inBroker(['store', kind, 'nodes', index], 'is not encrypted', 'write rediss://')] : []))),
      ];
    },
  },
  {
    id: 'store-user', says: 'Redis is entered as an ACL user with a password',
    faults: ({ values: { broker: { store } } }) => {
      if (store?.kind !== 'redis') return [];
      if (store.username === undefined || store.username === 'default') return [inBroker(['store', 'username'], store.username === undefined ? 'is missing' : 'is the user with every right', 'make an ACL user with the commands that are needed, see docs/configuration.md')];
      return store.passwordFile === undefined ? [inBroker(['store', 'passwordFile'], 'is missing', 'write the file with the user’s password')] : [];
    },
  },
  {
    id: 'card-host', says: 'the card host has its own name, which the main host’s certificate does not cover, and the other way round',
    faults: ({ values, references: { tls }, look }) => {
      const main = URL.parse(values.broker.publicUrl)?.hostname ?? '';
      const shared = values.methods.methods.flatMap((method, index): Fault[] => (method.kind === 'certificate' && method.enabled && URL.parse(method.cardUrl)?.hostname === main ? [{ file: 'methods', path: ['methods', index, 'cardUrl'], message: 'is on the main host’s name: a browser may reuse the connection without a certificate', fix: 'give the card host its own name' }] : []));
      const covers = tls.card !== null && look.certificates(tls.card.target)?.[0]?.checkHost(main) !== undefined;
      return covers && tls.card !== null ? [...shared, at(tls.card, 'is valid for the main host too', 'use a certificate for the card host alone')] : shared;
    },
  },
];
