/** What the command line's use cases need, from the files below the root; opens nothing that a running process holds. */
import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Tools } from './admin/tools.ts';
import { checkRoot, loadConfiguration, registrySettings, stateIn } from './config/load.ts';
import { ourFacts } from './app-kit.ts';
import { lintFile, lintForCheck, lintTree } from './app-lint.ts';
import { openDirectory } from './app-directory.ts';
import { readConfigurationFiles } from './config/files.ts';
import type { Configuration } from './config/model.ts';
import type { ErrorCode } from './core/error-catalogue.ts';
import { BrygganError, fail } from './core/errors.ts';
import type { Registry } from './parties/model.ts';
import { silentLog, systemClock } from './core/ports.ts';
import type { Trial } from './admin/services.ts';
import { readHistory } from './parties/sources/history.ts';
import { findLastGood } from './parties/sources/last-good.ts';
import { checkTree, loadTree } from './parties/sources/load.ts';
import { watchedCertificates } from './app-certificates.ts';
import { walkLogin } from './app-walk.ts';
import { readWanted, unsuppliable, wantedIn } from './parties/sources/overlay.ts';
import { readServiceMetadata } from './saml/metadata/read-service.ts';

const statusOver = (socketPath: string): Promise<Readonly<Record<string, unknown>> | null> =>
  new Promise((done) => {
    if (!existsSync(socketPath)) return done(null);
    request({ socketPath, path: '/status', timeout: 3000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => done(JSON.parse(body) as Record<string, unknown>));
    }).on('error', () => done(null)).end();
  });

const orderOver = (socketPath: string, action: string, input: Readonly<Record<string, unknown>>): Promise<unknown> =>
  new Promise((done, failed) => {
    const away = (): void => { failed(new BrygganError('command.not-running', 'no Bryggan runs on this state directory, and only a running one can do this')); };
    if (!existsSync(socketPath)) return away();
    const outgoing = request({ socketPath, path: '/control', method: 'POST', timeout: 30_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => {
        const answer = JSON.parse(body) as { code?: ErrorCode; detail?: string };
        if (response.statusCode === 200) done(answer);
        else failed(new BrygganError(answer.code ?? 'internal', answer.detail ?? 'no answer'));
      });
    }).on('error', away);
    outgoing.end(JSON.stringify({ action, input }));
  });

const lastGoodRegistry = async (configuration: Configuration): Promise<Registry | null> => {
  const kept = await findLastGood(configuration.state);
  return kept === null ? null : (await loadTree(kept.tree, { settings: registrySettings(configuration), readServiceMetadata }, new Map())).registry;
};

/** The files as they are, or as a trial would have them, beside what was applied last. */
const trialIn = (root: string): Trial => async (changed) => {
  const configuration = loadConfiguration(root, process.env);
  const options = { settings: registrySettings(configuration), readServiceMetadata };
  const files = await readWanted(configuration.root, configuration.state, changed);
  const wanted = await loadTree(files, options, new Map());
  const kept = await findLastGood(configuration.state);
  const fromSources = [...wantedIn(files), ...wantedIn(kept?.tree ?? new Map())].map(({ key }) => key.split('/').slice(-2).join('/'));
  const serving = kept === null ? null : await loadTree(kept.tree, options, new Map());
  return { wanted, fromSources, reload: configuration.reload, secondPerson: configuration.secondPerson, serving: kept === null || serving?.registry == null ? null : { version: serving.version, at: kept.appliedAt, registry: serving.registry } };
};

const hostNamesOf = ({ publicUrl, methods }: Configuration): readonly string[] => [
  new URL(publicUrl).hostname,
  ...methods.flatMap((method) => (method.kind === 'certificate' ? [new URL(method.cardUrl).hostname, ...(method.freshHostNames ? [`.${new URL(method.cardUrl).hostname}`] : [])] : [])),
];

export const createTools = (root: string): Tools => ({
  root, unsuppliable: (files) => unsuppliable(files, readConfigurationFiles(root).values.federation?.sources ?? []), trial: trialIn(root), wantedAndApplied: () => trialIn(root)(new Map()),
  history: () => readHistory(loadConfiguration(root, process.env).state),
  now: () => systemClock.now(), walk: walkLogin,
  check: async () => lintForCheck(root, stateIn(root, process.env), await checkRoot(root, process.env, readServiceMetadata), systemClock.now()),
  lint: ({ file, federation }) => (file === undefined ? lintTree(root, stateIn(root, process.env), systemClock.now()) : Promise.resolve(lintFile(root, file, federation, systemClock.now()))),
  open: async () => {
    const configuration = loadConfiguration(root, process.env);
    const wanted = await checkTree(configuration.root, { settings: registrySettings(configuration), readServiceMetadata }, configuration.state);
    // A faulty file must not take the commands of an incident away: what serves is looked at then.
    const registry = wanted.registry ?? (await lastGoodRegistry(configuration));
    const directory = await openDirectory(configuration, { clock: systemClock, log: silentLog });
    const { keyFile } = configuration.keys.audit;
    const secretFile = configuration.keys.pseudonyms.secretFile;
    return {
      root: configuration.root, state: configuration.state, environment: configuration.environment, hsaIdFormat: configuration.environment === 'production' ? 'production' : 'tolerant',
      get registry() { return registry ?? fail('config.invalid', 'parties and services have faults: `bryggan check` names each with its fix'); },
      directory, close: () => directory.close(), releasePolicy: configuration.release,
      audit: { directory: configuration.audit.directory, publicKeys: existsSync(keyFile) ? [createPublicKey(readFileSync(keyFile))] : [], pseudonymKey: existsSync(secretFile) ? readFileSync(secretFile, 'utf8').trim() : '', retentionDays: configuration.audit.retentionDays },
      certificates: watchedCertificates(configuration),
      hostNames: hostNamesOf(configuration),
      feedValidity: configuration.feeds.applications.validitySeconds * 1000,
      get our() { return ourFacts(configuration); },
      runningStatus: () => statusOver(join(configuration.state, 'control.sock')),
      order: (action, input) => orderOver(join(configuration.state, 'control.sock'), action, input),
    };
  },
});
