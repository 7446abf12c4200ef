/** The directory that logins ask, from config/directory.yaml: every source opened, guarded, cached and combined. Part of the assembly. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { fail, isBrygganError } from './core/errors.ts';
import type { Clock, Log } from './core/ports.ts';
import type { Configuration } from './config/model.ts';
import type { DirectorySource } from './config/schema/directory.ts';
import { openFileDirectory } from './directory/hsa-file/directory.ts';
import { openLdapDirectory } from './directory/hsa-ldap/directory.ts';
import { ldapSettingsFrom } from './directory/hsa-ldap/schema.ts';
import { openSoapDirectory } from './directory/hsa-soap/directory.ts';
import { soapSettingsFrom } from './directory/hsa-soap/schema.ts';
import { layerDirectories, type Layers } from './directory/layers.ts';
import type { CachedDirectory } from './directory/cache.ts';
import type { PersonDirectory } from './directory/model.ts';

export interface OpenedDirectory extends CachedDirectory {
  /** Looks at files of file-backed sources once; called twice a second. */
  look(): Promise<void>;
  close(): Promise<void>;
}
export interface DirectoryTools { readonly clock: Clock; readonly log: Log; readonly observe?: Layers['observe'] }
type Settings = Pick<Configuration, 'environment' | 'directory'>;
interface Source { readonly directory: PersonDirectory; readonly look?: () => Promise<void>; readonly close?: () => void | Promise<void> }

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return fail('directory.source', `${path} cannot be read`);
  }
};
/** A file that TLS cannot use is found at start, not at the first login. */
const checkTls = ({ ca, certificate, key }: { readonly ca: string; readonly certificate?: string; readonly key?: string }): void => {
  try {
    createSecureContext({ ca, ...(certificate === undefined ? {} : { cert: certificate }), ...(key === undefined ? {} : { key }) });
  } catch {
    fail('directory.source', 'authorities, certificate and key cannot be used for TLS');
  }
};

const open = async (name: string, source: DirectorySource, configuration: Settings, { clock, log }: DirectoryTools): Promise<Source> => {
  const tools = { read, clock, feigned: configuration.environment === 'production' ? 'drop' : 'keep' } as const;
  if (source.kind === 'file') {
    const directory = await openFileDirectory({
      folder: source.path, shownAs: name, feigned: tools.feigned, clock,
      onReload: (version, findings) => (findings === null ? log.info({ source: name, version }, 'directory files taken') : log.error({ source: name, version, findings: findings.length }, 'changed directory files were not taken')),
    });
    return { directory, look: () => directory.look() };
  }
  if (source.kind === 'ldap') {
    const settings = ldapSettingsFrom(source, tools);
    checkTls(settings.server);
    const directory = openLdapDirectory(settings);
    return { directory, close: () => directory.close() };
  }
  const settings = soapSettingsFrom(source, tools);
  checkTls(settings);
  const directory = openSoapDirectory(settings);
  return { directory, close: () => directory.close() };
};

/** Connects to nothing yet. Errors: `directory.source` with the faults of every source, one a line. */
export const openDirectory = async (configuration: Settings, tools: DirectoryTools): Promise<OpenedDirectory> => {
  const { sources, layers: settings } = configuration.directory;
  const tried = await Promise.allSettled(sources.map(({ name, source }) => open(name, source, configuration, tools)));
  const faults = tried.flatMap((result, index) => {
    if (result.status === 'fulfilled') return [];
    if (!isBrygganError(result.reason)) throw result.reason;
    return result.reason.detail.split('\n').map((line) => `config/directory.yaml: sources.${sources[index]?.name ?? ''}: ${line}`);
  });
  if (faults.length > 0) return fail('directory.source', faults.join('\n'), { faults: faults.length });
  const opened = tried.flatMap((result, index): (readonly [string, Source])[] => (result.status === 'fulfilled' ? [[sources[index]?.name ?? '', result.value]] : []));
  const directory = layerDirectories({
    settings, clock: tools.clock, log: tools.log, feigned: configuration.environment === 'production' ? 'drop' : 'keep',
    sources: new Map(opened.map(([name, { directory: source }]) => [name, source])), inMemory: new Set(sources.flatMap(({ name, source }) => (source.kind === 'file' ? [name] : []))),
    ...(tools.observe === undefined ? {} : { observe: tools.observe }),
  });
  return {
    ...directory,
    look: async () => { for (const [, { look }] of opened) await look?.(); },
    close: async () => { for (const [, { close }] of opened) await close?.(); },
  };
};
