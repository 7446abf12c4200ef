/** Rules about the files that the configuration refers to: they are there, they are what they should be, they belong together. */
import type { X509Certificate } from 'node:crypto';
import type { Fault } from './rules.ts';
import type { FileValues } from './files.ts';
import { absolute, type FileLook, type Reference, type References } from './references.ts';

export interface FileRuleContext { readonly root: string; readonly values: FileValues; readonly references: References; readonly look: FileLook }
export interface FileRule { readonly id: string; readonly says: string; readonly faults: (context: FileRuleContext) => readonly Fault[] }

const at = (reference: Reference, message: string, fix: string): Fault => ({ file: reference.file, path: reference.path, message, fix });
const MIN_SECRET = 32;
/** 256 bits in base64url. */
const MIN_PSEUDONYM_SECRET = 43;
const shortest = ({ path }: Reference): number => (path[1] === 'pseudonyms' ? MIN_PSEUDONYM_SECRET : path[2] === 'secretFiles' ? MIN_SECRET : 0);

/** RFC 4514: last RDN first, joined by commas. Node prints one RDN a line, first one first. */
export const subjectOf = (certificate: X509Certificate): string => certificate.subject.split('\n').toReversed().join(',');
const sameName = (a: string, b: string): boolean => a.replace(/\s*,\s*/g, ',').toLowerCase() === b.replace(/\s*,\s*/g, ',').toLowerCase();

const rowsOf = ({ values: { issuers }, references, root }: FileRuleContext): readonly { reference: Reference; row: FileValues['issuers']['roots'][number] & { root?: string } }[] =>
  references.all.filter(({ file, kind }) => file === 'issuers' && kind === 'authority').flatMap((reference) => {
    const row = issuers[reference.path[0] as 'roots' | 'issuers'][Number(reference.path[1])];
    return row !== undefined && absolute(root, row.certificateFile) === reference.target ? [{ reference, row }] : [];
  });

export const fileRules: readonly FileRule[] = [
  {
    id: 'file-missing', says: 'files and directories that are named exist',
    faults: ({ references, look }) => references.all.flatMap((reference): Fault[] => {
      const { exists, directory } = look.facts(reference.target);
      if (!exists) return [at(reference, 'names a file that is not there', 'put it in place, or correct the path; relative paths begin at the root directory')];
      return directory === (reference.kind === 'directory') ? [] : [at(reference, directory ? 'names a directory' : 'names a file, not a directory', 'correct the path')];
    }),
  },
  {
    id: 'certificate-unreadable', says: 'a certificate file holds certificates',
    faults: ({ references, look }) => references.all.filter(({ kind, target }) => (kind === 'certificate' || kind === 'authority') && look.facts(target).exists && look.certificates(target) === null)
      .map((reference) => at(reference, 'names a file that holds no certificate', 'save the certificate as PEM or DER')),
  },
  {
    id: 'key-unreadable', says: 'a key file holds a private key without passphrase',
    faults: ({ references, look }) => references.all.filter(({ kind, target }) => kind === 'private-key' && look.facts(target).exists && look.publicKey(target) === null)
      .map((reference) => at(reference, 'names a file that holds no private key that can be read', 'save it as PEM (PKCS#8) without a passphrase, readable by the service’s user')),
  },
  {
    id: 'key-pair', says: 'a private key belongs to its certificate',
    faults: ({ references, look }) => references.pairs.flatMap(({ certificate, key }): Fault[] => {
      const published = look.certificates(certificate.target)?.[0]?.publicKey;
      const held = look.publicKey(key.target);
      return published === undefined || held === null || held.equals(published) ? [] : [at(key, 'is not the key of its certificate', 'name the files of one pair')];
    }),
  },
  {
    id: 'metadata-key-pair', says: 'metadata and answers are signed with different keys',
    faults: ({ references, look }) => {
      const keyAt = (path: string): Reference | undefined => references.all.find(({ file, path: place, kind }) => file === 'broker' && kind === 'certificate' && place.join('.').startsWith(path));
      const metadata = keyAt('keys.samlMetadata');
      const published = metadata === undefined ? undefined : look.certificates(metadata.target)?.[0]?.publicKey;
      const signing = references.all.filter(({ path, kind }) => kind === 'certificate' && path[1] === 'samlSigning');
      return published !== undefined && metadata !== undefined && signing.some(({ target }) => target !== metadata.target && look.certificates(target)?.[0]?.publicKey.equals(published) === true)
        ? [at(metadata, 'holds a key that also signs answers', 'make another key for metadata')] : [];
    },
  },
  {
    id: 'secret-short', says: 'a shared secret is long enough not to be guessed',
    faults: ({ references, look }) => references.all.filter((reference) => reference.kind === 'secret' && look.facts(reference.target).exists && (look.secret(reference.target) ?? '').length < shortest(reference))
      .map((reference) => at(reference, `names a file whose first line is shorter than ${shortest(reference)} characters`, 'make a new one, for example with: openssl rand -base64 48')),
  },
  {
    id: 'secret-empty', says: 'a password file is not empty',
    faults: ({ references, look }) => references.all.filter(({ kind, target }) => kind === 'secret' && look.facts(target).exists && (look.secret(target) ?? '') === '')
      .map((reference) => at(reference, 'names a file whose first line is empty', 'write the secret on its first line')),
  },
  {
    id: 'authority-name', says: 'an authority’s certificate is the one that its row names',
    faults: (context) => rowsOf(context).flatMap(({ reference, row }): Fault[] => {
      const certificate = context.look.certificates(reference.target)?.[0];
      if (certificate === undefined) return [];
      if (!sameName(subjectOf(certificate), row.name)) return [at(reference, 'is the certificate of another authority than name says', 'compare subject and name')];
      const wanted = row.sha256?.replaceAll(':', '').toLowerCase();
      return wanted === undefined || certificate.fingerprint256.replaceAll(':', '').toLowerCase() === wanted ? [] : [at(reference, 'has another SHA-256 fingerprint than the row says', 'fetch the certificate again and compare it with the issuer’s own word')];
    }),
  },
  {
    id: 'authority-signed', says: 'an issuer’s certificate is signed by its root',
    faults: (context) => rowsOf(context).flatMap(({ reference, row }): Fault[] => {
      const rootRow = context.values.issuers.roots.find(({ id }) => id === row.root);
      const certificate = context.look.certificates(reference.target)?.[0];
      const root = rootRow === undefined ? undefined : context.look.certificates(absolute(context.root, rootRow.certificateFile))?.[0];
      return certificate === undefined || root === undefined || certificate.verify(root.publicKey) ? [] : [at(reference, 'is not signed by its root', 'name the right root')];
    }),
  },
];
