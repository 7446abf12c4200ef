/** Reads config/*.yaml below the root against the schemas; everything that is wrong with any file, at once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Finding } from '../core/findings.ts';
import { readYaml, type DocumentPath, type SourceFile } from '../core/yaml-file.ts';
import { brokerSchema, type BrokerFile } from './schema/broker.ts';
import { directorySchema, type DirectoryFile } from './schema/directory.ts';
import { federationSchema, type FederationFile } from './schema/federation.ts';
import { issuersSchema, type IssuersFile } from './schema/issuers.ts';
import { methodsSchema, type MethodsFile } from './schema/methods.ts';
import { releaseSchema, type ReleaseFile } from './schema/release.ts';

export interface FileValues { readonly broker: BrokerFile; readonly methods: MethodsFile; readonly issuers: IssuersFile; readonly directory: DirectoryFile; readonly release: ReleaseFile; readonly federation: FederationFile }
export type FileName = keyof FileValues;
export const schemas: { readonly [Name in FileName]: z.ZodType<FileValues[Name]> } = {
  broker: brokerSchema, methods: methodsSchema, issuers: issuersSchema, directory: directorySchema, release: releaseSchema, federation: federationSchema,
};
export const fileNames = Object.keys(schemas) as FileName[];
export const fileOf = (name: FileName): string => `config/${name}.yaml`;

/** Where a value came from, so that a rule can point at it. */
export interface Sources { finding(name: FileName, path: DocumentPath, rule: string, words: Pick<Finding, 'message' | 'fix'> & { readonly severity?: Finding['severity'] | undefined }): Finding }
export interface ReadFiles { readonly values: Partial<FileValues>; readonly sources: Sources; readonly findings: readonly Finding[] }

const lone = (file: string, rule: string, message: string, fix: string, severity: Finding['severity'] = 'error'): Finding => ({ file, line: null, column: null, path: '', severity, rule, message, fix });
const strangers = (root: string): Finding[] => {
  try {
    return readdirSync(join(root, 'config'))
      .filter((name) => /\.ya?ml$/.test(name) && !fileNames.some((known) => `${known}.yaml` === name))
      .map((name) => lone(`config/${name}`, 'file-ignored', 'is not a file of the configuration and is not read', `rename it to one of ${fileNames.map((known) => `${known}.yaml`).join(', ')}, or remove it`, 'warning'));
  } catch {
    return [];
  }
};
const bytesOf = (root: string, file: string): Uint8Array | Finding => {
  try {
    return readFileSync(join(root, file));
  } catch (error) {
    const { code } = error as { code?: string };
    return code === 'ENOENT' ? lone(file, 'file-missing', 'is missing', 'write it; docs/configuration.md lists its keys, and is BRYGGAN_ROOT the right directory') : lone(file, 'file-unreadable', `cannot be read (${code ?? 'unknown'})`, 'let the service’s user read it');
  }
};

export const readConfigurationFiles = (root: string): ReadFiles => {
  const findings: Finding[] = strangers(root);
  const values: Partial<Record<FileName, unknown>> = {};
  const sources = new Map<FileName, SourceFile>();
  for (const name of fileNames) {
    const bytes = bytesOf(root, fileOf(name));
    if (!(bytes instanceof Uint8Array)) {
      findings.push(bytes);
      continue;
    }
    const reading = readYaml(bytes, fileOf(name), schemas[name]);
    if (reading.ok) {
      values[name] = reading.value;
      sources.set(name, reading.source);
    } else findings.push(...reading.findings);
  }
  return {
    values: values as Partial<FileValues>,
    findings,
    sources: { finding: (name, path, rule, { message, fix, severity }) => sources.get(name)?.finding(path, rule, message, fix, severity) ?? lone(fileOf(name), rule, message, fix, severity) },
  };
};
