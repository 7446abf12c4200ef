/**
 * hsa-file: a directory kept in YAML files, for demonstration, tests and small trials; config/ refuses it in production.
 * Owns reading, checking and hot reload. A change counts when two looks in a row find the same bytes, and is taken all or
 * nothing: files that do not validate leave the last good data serving and are reported once.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/errors.ts';
import { describeFinding, type Finding } from '../../core/findings.ts';
import type { Clock } from '../../core/ports.ts';
import { answerFor, type FeignedObjects } from '../answer.ts';
import type { DirectoryPerson, PersonDirectory, PersonKey } from '../model.ts';
import { readDirectoryData, versionOf, type DataFile, type DirectoryData } from './data.ts';

export interface FileDirectorySettings {
  /** Absolute path of the folder; its `*.yaml` files together are the directory. */
  readonly folder: string;
  /** How findings name the folder, relative to the root. */
  readonly shownAs: string;
  readonly feigned: FeignedObjects;
  readonly clock: Clock;
  /** Told once per version: data taken (`null`), or why new files were not. */
  readonly onReload: (version: string, findings: readonly Finding[] | null) => void;
}
export interface FileDirectory extends PersonDirectory {
  /** Looks at the files once; assembly calls it twice a second. Never fails: a folder that cannot be read is a finding. */
  look(): Promise<void>;
}

const readFolder = async ({ folder, shownAs }: FileDirectorySettings): Promise<readonly DataFile[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted();
  return Promise.all(names.map(async (name) => ({ name: `${shownAs}/${name}`, bytes: await readFile(join(folder, name)) })));
};
const unreadable = (shownAs: string): Finding =>
  ({ file: shownAs, line: null, column: null, path: '', severity: 'error', rule: 'file', message: 'cannot be read', fix: 'make the folder and its files readable for the service' });

/** What is in the folder right now, for `check`. */
export const checkFolder = async (settings: Pick<FileDirectorySettings, 'folder' | 'shownAs'>): Promise<readonly Finding[]> => {
  try {
    const reading = readDirectoryData(await readFolder({ ...settings } as FileDirectorySettings));
    return reading.ok ? [] : reading.findings;
  } catch {
    return [unreadable(settings.shownAs)];
  }
};

const findIn = (data: DirectoryData, key: PersonKey) => (key.kind === 'hsa-id' ? data.byHsaId.get(key.hsaId.toUpperCase()) : data.byNumber.get(key.number));

/** Starts on good files only: `directory.source` with every fault otherwise. */
export const openFileDirectory = async (settings: FileDirectorySettings): Promise<FileDirectory> => {
  const files = await readFolder(settings).catch(() => fail('directory.source', describeFinding(unreadable(settings.shownAs))));
  const first = readDirectoryData(files);
  if (!first.ok) return fail('directory.source', first.findings.map(describeFinding).join('\n'), { faults: first.findings.length });
  let { data } = first;
  let [seen, refused] = [data.version, ''];
  settings.onReload(data.version, null);

  const consider = (current: readonly DataFile[]): void => {
    const version = versionOf(current);
    const settled = version === seen;
    seen = version;
    if (!settled || version === data.version || version === refused) return;
    const reading = readDirectoryData(current);
    if (reading.ok) data = reading.data;
    refused = reading.ok ? '' : version;
    settings.onReload(version, reading.ok ? null : reading.findings);
  };
  return {
    look: async () => {
      try {
        consider(await readFolder(settings));
      } catch {
        if (refused !== 'unreadable') settings.onReload('unreadable', [unreadable(settings.shownAs)]);
        refused = 'unreadable';
      }
    },
    find: (key) => {
      const now = settings.clock.now();
      const found = findIn(data, key);
      const person: DirectoryPerson | undefined = found === undefined ? undefined : { ...found, asOf: now, stale: false };
      return Promise.resolve(answerFor(key, person, now, settings.feigned));
    },
  };
};
