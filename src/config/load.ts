/** Loading: every rule is asked, every fault is told, and what passes is frozen. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { catalogue } from '../attributes/catalogue.ts';
import { fail, isBrygganError } from '../core/errors.ts';
import { describeFinding, inReadingOrder, isError, type Finding } from '../core/findings.ts';
import { readYaml } from '../core/yaml-file.ts';
import { checkFolder } from '../directory/hsa-file/directory.ts';
import type { RegistrySettings } from '../parties/content.ts';
import { partyFileSchema } from '../parties/party-file.ts';
import { checkTree } from '../parties/sources/load.ts';
import { unsuppliable } from '../parties/sources/overlay.ts';
import { partiesDirectory, readTree } from '../parties/sources/tree.ts';
import type { ReadServiceMetadata } from '../parties/sources/parse-tree.ts';
import { fileRules, type FileRuleContext } from './file-rules.ts';
import { readConfigurationFiles, type FileValues, type Sources } from './files.ts';
import type { Configuration, MethodSettings, ProcessEnvironment } from './model.ts';
import { productionRules } from './production-rules.ts';
import { providerSecretFaults } from './provider-secrets.ts';
import { absolute, collectReferences, lookAtFiles } from './references.ts';
import { parseRedisUrl, resolveConfiguration, type RedisAddress } from './resolve.ts';
import { crossRules, type Fault } from './rules.ts';
import { Secret } from './secret.ts';

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || value instanceof Secret || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
};

const placed = (sources: Sources, id: string, faults: readonly Fault[]): Finding[] =>
  faults.map(({ file, path, ...words }) => sources.finding(file, path, id, words));

interface Outcome { readonly configuration: Configuration | null; readonly findings: readonly Finding[] }
interface Place { readonly root: string; readonly state: string; readonly hardened: boolean; readonly redis: RedisAddress | null }

const isWhole = (values: Partial<FileValues>): values is FileValues => Object.keys(values).length === 6;
const applyRules = (values: FileValues, sources: Sources, place: Place): Outcome => {
  const look = lookAtFiles();
  const context: FileRuleContext = { root: place.root, values, references: collectReferences(place.root, values, place.hardened), look };
  const findings = [
    ...crossRules.flatMap(({ id, faults }) => placed(sources, id, faults({ values, hardened: place.hardened, redisUrl: place.redis !== null }))),
    ...fileRules.flatMap(({ id, faults }) => placed(sources, id, faults(context))),
    ...(place.hardened ? productionRules.flatMap(({ id, faults }) => placed(sources, id, faults({ ...context, state: place.state, user: process.getuid?.() ?? 0 }))) : []),
  ];
  return { findings, configuration: findings.some(isError) ? null : deepFreeze(resolveConfiguration(values, { ...place, look })) };
};

/** The state directory, absolute. */
export const stateIn = (root: string, { BRYGGAN_STATE: given }: ProcessEnvironment): string => (given === undefined || given === '' ? join(resolve(root), 'state') : resolve(given));
const placeOf = (root: string, environment: ProcessEnvironment): { readonly place: Place; readonly findings: readonly Finding[] } => {
  const absoluteRoot = resolve(root);
  const given = environment.REDIS_URL === undefined || environment.REDIS_URL === '' ? null : parseRedisUrl(environment.REDIS_URL);
  const wrong = environment.REDIS_URL !== undefined && environment.REDIS_URL !== '' && given === null;
  return {
    place: { root: absoluteRoot, state: stateIn(absoluteRoot, environment), hardened: environment.NODE_ENV === 'production', redis: given },
    findings: wrong ? [{ file: 'environment', line: null, column: null, path: 'REDIS_URL', severity: 'error', rule: 'redis-url', message: 'is not redis://, rediss:// or unix://', fix: 'correct or unset it' }] : [],
  };
};
/** Everything about config/*.yaml; parties and services are left to their own source. */
const examine = (root: string, environment: ProcessEnvironment): Outcome => {
  const { place, findings } = placeOf(root, environment);
  const read = readConfigurationFiles(place.root);
  const before = [...findings, ...read.findings];
  if (!isWhole(read.values)) return { configuration: null, findings: inReadingOrder(before) };
  const ruled = applyRules(read.values, read.sources, place);
  const all = inReadingOrder([...before, ...ruled.findings]);
  return { configuration: all.some(isError) ? null : ruled.configuration, findings: all };
};

const productionIds = new Set(productionRules.map(({ id }) => id));
/** Party files lie beside: somebody who mends files wants to hear about those in the same breath. */
const partyFaults = (root: string): Finding[] => {
  const directory = join(root, partiesDirectory);
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => name.endsWith('.yaml') && !name.startsWith('.')).flatMap((name) => {
    const reading = readYaml(readFileSync(join(directory, name)), `${partiesDirectory}/${name}`, partyFileSchema);
    return reading.ok ? [] : [...reading.findings];
  });
};
const refuse = (root: string, findings: readonly Finding[]): never => {
  const errors = inReadingOrder([...findings.filter(isError), ...partyFaults(root)]);
  const code = errors.every(({ rule }) => productionIds.has(rule)) ? 'config.production' : 'config.invalid';
  return fail(code, `${errors.length} fault${errors.length === 1 ? '' : 's'} in the configuration:\n${errors.map(describeFinding).join('\n')}`, { faults: errors.length }, errors);
};

/**
 * The configuration below `root` (BRYGGAN_ROOT), deep-frozen. Relative paths in it begin at `root`; the state directory is
 * BRYGGAN_STATE, else `<root>/state`. Errors: `config.invalid`, or `config.production` when only production rules are broken;
 * the detail has one line per fault, `findingsOf(error)` the list. No secret is in either.
 */
export const loadConfiguration = (root: string, environment: ProcessEnvironment): Configuration => {
  const { configuration, findings } = examine(root, environment);
  return configuration ?? refuse(resolve(root), findings);
};

/** The findings behind a `config.*` error of this folder or of parties/sources; empty for any other error. */
export const findingsOf = (error: unknown): readonly Finding[] => (isBrygganError(error) && Array.isArray(error.cause) ? (error.cause as Finding[]) : []);

/** What parties and services need to know of the rest. */
export const registrySettings = (configuration: Pick<Configuration, 'environment' | 'federations' | 'entityId' | 'lookAlikes'> & { readonly listeners?: { readonly machine?: unknown }; readonly upstreamSaml?: Configuration['upstreamSaml']; readonly methods: readonly Pick<MethodSettings, 'id' | 'byDefault'>[] }): RegistrySettings => ({
  environment: configuration.environment,
  federations: new Map(configuration.federations.map((row) => [row.id, row])),
  methods: configuration.methods.map(({ id }) => id), methodsByDefault: configuration.methods.filter(({ byDefault }) => byDefault).map(({ id }) => id),
  attributes: new Set(['*', ...catalogue.map(({ id }) => id)]),
  machineListener: configuration.listeners?.machine != null,
  ownEntityIds: [configuration.entityId, ...(configuration.upstreamSaml === undefined ? [] : [configuration.upstreamSaml.entityId])],
  approvedLookAlikes: configuration.lookAlikes,
});

/** [threats M06] Called by `serve`, in every environment: parts of the demo are refused by name. */
export const refuseDemoParts = ({ demo }: Configuration): void => {
  if (demo !== null) fail('config.demo-part', `config/broker.yaml: demo${demo.cardReader === null ? '' : '.cardReader'} belongs to the demo and is never served; fix: remove the key demo`);
};

/**
 * `bryggan check`: every finding below `root`, warnings included, in reading order. Changes nothing, starts nothing. When the
 * configuration itself is broken, parties and services are still read as far as they stand alone.
 */
export const checkRoot = async (root: string, environment: ProcessEnvironment, readServiceMetadata: ReadServiceMetadata): Promise<readonly Finding[]> => {
  const { configuration, findings: ours } = examine(root, environment);
  const { directory, federation } = readConfigurationFiles(resolve(root)).values;
  const folders = Object.values(directory?.sources ?? {}).flatMap((source) => (source.kind === 'file' ? [source.path] : []));
  const people = (await Promise.all(folders.map((path) => checkFolder({ folder: absolute(resolve(root), path), shownAs: path })))).flat();
  const findings = [...ours, ...people, ...(federation === undefined ? [] : unsuppliable(await readTree(resolve(root)), federation.sources))];
  if (configuration !== null) {
    const tree = await checkTree(configuration.root, { settings: registrySettings(configuration), readServiceMetadata }, configuration.state);
    const secrets = providerSecretFaults(tree.registry?.identityProviders.values() ?? [], { root: configuration.root, hardened: environment.NODE_ENV === 'production', look: lookAtFiles() });
    return inReadingOrder([...findings, ...tree.findings, ...secrets]);
  }
  const { values } = readConfigurationFiles(resolve(root));
  if (values.federation === undefined || values.methods === undefined || values.broker === undefined) return inReadingOrder(findings);
  const settings = registrySettings({
    environment: values.broker.environment, entityId: values.broker.entityId, lookAlikes: values.broker.lookAlikes, listeners: values.broker.listeners,
    federations: values.federation.federations.map((row) => ({ ...row, clockSkew: 0, sessionLifetime: 0, assurance: { issue: {}, accept: {} } })),
    methods: values.methods.methods.filter(({ enabled }) => enabled).map((method) => ({ id: method.id, byDefault: method.kind === 'certificate' || method.byDefault })),
  });
  return inReadingOrder([...findings, ...(await checkTree(resolve(root), { settings, readServiceMetadata })).findings]);
};
