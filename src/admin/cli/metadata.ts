/** `metadata publish`: freezes the export for SAMBI and prints what is read over the phone. Thin over the running process's orders. */
import { userInfo } from 'node:os';
import type { Command } from '@commander-js/extra-typings';
import type { SourceStatus } from '../../federation/sources/model.ts';
import { planLines, planOf } from '../plan.ts';
import { printFacts, printJson, printTable } from './output.ts';
import type { Processes, Terminal } from './context.ts';

/** Who gives an order: whoever came in by sudo, else the user of the process. */
export const orderedBy = (): string => process.env['SUDO_USER'] ?? userInfo().username;
const spoken = (hex: string): string => hex.match(/.{1,4}/g)?.join(' ') ?? '';

export const addMetadata = (program: Command, processes: Processes, terminal: Terminal): void => {
  const { print } = terminal;
  const metadata = program.command('metadata').description('metadata that we publish and take in');
  metadata.command('publish').description('freezes the export for SAMBI as the registry stands; its checksums are read over the phone').option('--json').action(async ({ json }) => {
    const done = await (await (await processes.tools()).open()).order('freeze', { by: orderedBy() }) as { path: string; bytes: number; sha1: string; sha256: string };
    if (json === true) printJson(done, print);
    else printFacts({ ...done, sha1: spoken(done.sha1), sha256: spoken(done.sha256) }, print);
  });
  metadata.command('fetch [source]').description('asks the sources of config/federation.yaml now; what they give is taken or waits like any other change. Exit code 1 when one is not well')
    .option('--anyway', 'takes a document that is older, or less than half as large: after somebody has looked at it').option('--json').action(async (source, { anyway, json }) => {
      const rows = await (await (await processes.tools()).open()).order('fetch', { source, anyway: anyway === true, by: orderedBy() }) as readonly SourceStatus[];
      if (rows.some(({ alarm }) => alarm !== 'ok')) terminal.exit = 1;
      if (json === true) return printJson(rows, print);
      printTable(rows.map(({ id, alarm, entities, validUntil, lastError, missing }) => ({ source: id, state: alarm, entities, 'valid until': validUntil === null ? '–' : new Date(validUntil).toISOString(), finding: [...(lastError === null ? [] : [lastError.detail]), ...missing.map(({ file, why }) => `${file}: ${why}`)].join('; ') })), print);
    });
  metadata.command('diff').description('what the sources would change of services and identity providers that serve. Exit code 1 when something waits for a person').option('--json').action(async ({ json }) => {
    const compared = await (await processes.tools()).wantedAndApplied();
    const named = new Set(compared.fromSources);
    const plan = planOf(compared);
    const ours = { ...plan, changes: plan.changes.filter(({ service, provider }) => named.has(service ?? '') || named.has(provider ?? '')) };
    const mine = { ...ours, risky: ours.changes.some(({ risk }) => risk === 'high'), ...(plan.state === 'pending' && ours.changes.length === 0 ? { state: 'nothing' as const } : {}) };
    if (mine.state === 'rejected' || (mine.risky && mine.needs !== 'nobody')) terminal.exit = 1;
    if (json === true) printJson(mine, print);
    else for (const line of planLines(mine)) print(`${line}\n`);
  });
};
