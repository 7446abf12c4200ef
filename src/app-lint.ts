/** The lint over the tree, over one file, and over what is exported: which federation's rules hold for what, from the settings files. Used by app-tools.ts and app-feeds.ts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attributeByWireName } from './attributes/catalogue.ts';
import { readConfigurationFiles } from './config/files.ts';
import { fail } from './core/errors.ts';
import { inReadingOrder, isError, type Finding } from './core/findings.ts';
import type { Instant } from './core/ports.ts';
import { readYaml } from './core/yaml-file.ts';
import { lintMetadata, type LintOptions, type LintSettings } from './federation/lint/lint.ts';
import type { ExportLint } from './federation/publish/frozen.ts';
import { serviceFileSchema } from './parties/service-file.ts';
import { readWanted } from './parties/sources/overlay.ts';
import { identityProvidersDirectory, servicesDirectory } from './parties/sources/tree.ts';

const DEFAULT = 'local';
interface Row { readonly id: string; readonly lint?: LintSettings }
const optionsFor = (federation: string, rows: readonly Row[], now: Instant): LintOptions =>
  ({ federation, settings: rows.find(({ id }) => id === federation)?.lint ?? {}, now, knowsAttribute: (name) => attributeByWireName(name) !== undefined });
const rowsIn = (root: string): readonly Row[] => readConfigurationFiles(root).values.federation?.federations ?? [];

/** The metadata of every service and of every party's IdP below the root, and what sources gave for them, by the rules of the federation that the settings file names. */
export const lintTree = async (root: string, state: string, now: Instant): Promise<readonly Finding[]> => {
  const rows = rowsIn(root);
  const tree = await readWanted(root, state);
  const federationOf = (path: string): string => {
    const settings = tree.get(path.replace(/\.xml$/, '.yaml'));
    const reading = settings === undefined ? null : readYaml(settings, path, serviceFileSchema);
    return reading?.ok === true ? reading.value.federation : DEFAULT;
  };
  return [...tree].filter(([path]) => [servicesDirectory, identityProvidersDirectory].some((folder) => path.startsWith(`${folder}/`)) && path.endsWith('.xml')).flatMap(([path, bytes]) => {
    const found = lintMetadata(bytes, path, optionsFor(federationOf(path), rows, now));
    return existsSync(join(root, path)) ? found : found.map((finding) => ({ ...finding, file: path.replace(/\.xml$/, '.yaml'), line: null, column: null, message: `${finding.message} (line ${String(finding.line)} of what its source gives)`, fix: `ask its publisher: ${finding.fix}` }));
  });
};
/** One file from anywhere. Errors: `command.usage`. */
export const lintFile = (root: string, file: string, federation: string | undefined, now: Instant): readonly Finding[] => {
  const rows = rowsIn(root);
  if (federation !== undefined && !rows.some(({ id }) => id === federation)) fail('command.usage', `there is no federation ${federation}: one of ${rows.map(({ id }) => id).join(', ')}`);
  if (!existsSync(file)) fail('command.usage', `${file} is not there`);
  return lintMetadata(readFileSync(file), file, optionsFor(federation ?? DEFAULT, rows, now));
};
/** For `check`: a service that can be served is served, so what its federation asks for beyond that is a warning there; what cannot be read is told already. */
export const lintForCheck = async (root: string, state: string, known: readonly Finding[], now: Instant): Promise<readonly Finding[]> => {
  const faulty = new Set(known.filter(isError).map(({ file }) => file));
  const found = (await lintTree(root, state, now)).filter(({ file }) => !faulty.has(file)).map((finding) => ({ ...finding, severity: 'warning' as const }));
  return inReadingOrder([...known, ...found]);
};
export const exportLint = (rows: readonly Row[], now: Instant): ExportLint => (bytes, file) => lintMetadata(bytes, file, { ...optionsFor('sambi', rows, now), forExport: true });
