/** Reads index.json, the machine-readable list of the development PKI. Paths in it are relative to this folder. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssuranceLevel } from '../src/core/assurance.ts';
import type { Hierarchy } from './authorities.ts';
import type { CardUse } from './cards.ts';

export interface KeyFiles { readonly certFile: string; readonly keyFile: string }
export interface AuthorityEntry extends KeyFiles {
  readonly id: string;
  /** RFC 4514. */
  readonly name: string;
  readonly hierarchy: Hierarchy;
  readonly parent: string | null;
  readonly credentialType: 'card' | 'mobile' | 'function' | null;
  readonly identifierType: 'hsa-id' | 'personal-identity-number' | 'none';
  readonly level: AssuranceLevel | null;
  /** False: must never be on a list of issuers. */
  readonly listed: boolean;
  /** File name of its revocation list. */
  readonly crlFile: string;
  readonly ocspCertFile: string;
  readonly ocspKeyFile: string;
}
export interface CertificateEntry extends KeyFiles {
  readonly use: CardUse;
  readonly identifier: 'hsa-id' | 'personal-identity-number';
  /** Id of the authority. */
  readonly issuer: string;
  /** Hexadecimal, lower case. */
  readonly serial: string;
  readonly revoked: boolean;
  readonly p12File: string;
}
export interface PersonEntry {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly story: string;
  /** Authentication before signature, HSA-id before personal identity number. */
  readonly certificates: readonly CertificateEntry[];
}
export interface OddEntry extends CertificateEntry { readonly id: string; readonly change: string; readonly twin: string }
export interface MachineEntry extends KeyFiles { readonly id: string; readonly purpose: string; readonly issuer: string }
export interface DevelopmentIndex {
  readonly mark: { readonly organisation: string; readonly namePrefix: string };
  readonly environment: 'development';
  /** Of every PKCS#12 file. */
  readonly password: string;
  /** Whose good certificate the odd ones are copies of. */
  readonly oddTwin: string;
  readonly policies: readonly { readonly oid: string; readonly level: AssuranceLevel | null; readonly meaning: string }[];
  readonly authorities: readonly AuthorityEntry[];
  readonly people: readonly PersonEntry[];
  readonly odd: readonly OddEntry[];
  readonly machines: readonly MachineEntry[];
  readonly tlsAuthority: KeyFiles;
}

const folder = import.meta.dirname;
export const pathOf = (file: string): string => join(folder, file);
export const readIndex = (): DevelopmentIndex => JSON.parse(readFileSync(pathOf('index.json'), 'utf8')) as DevelopmentIndex;
export const readFilePem = (file: string): string => readFileSync(pathOf(file), 'utf8');
export const readDer = (file: string): Buffer => new X509Certificate(readFilePem(file)).raw;

const found = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`the development PKI has no ${what}`);
  return value;
};
export interface DevelopmentSet {
  readonly index: DevelopmentIndex;
  authority(id: string): AuthorityEntry;
  person(id: string): PersonEntry;
  odd(id: string): OddEntry;
  machine(id: string): MachineEntry;
  /** The certificate that a person would choose: authentication if there is one, `identifier` if given. */
  certificate(person: string, wanted?: Partial<Pick<CertificateEntry, 'use' | 'identifier'>>): CertificateEntry;
}
export const developmentSet = (): DevelopmentSet => {
  const index = readIndex();
  const person = (id: string): PersonEntry => found(index.people.find((entry) => entry.id === id), `person ${id}`);
  return {
    index, person,
    authority: (id) => found(index.authorities.find((entry) => entry.id === id), `authority ${id}`),
    odd: (id) => found(index.odd.find((entry) => entry.id === id), `odd certificate ${id}`),
    machine: (id) => found(index.machines.find((entry) => entry.id === id), `machine ${id}`),
    certificate: (id, wanted = {}) => found(person(id).certificates.find((entry) =>
      (wanted.use === undefined || entry.use === wanted.use) && (wanted.identifier === undefined || entry.identifier === wanted.identifier)), `such certificate of ${id}`),
  };
};
