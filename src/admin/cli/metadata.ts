/** `metadata publish`: freezes the export for SAMBI and prints what is read over the phone. Thin over the running process's orders. */
import { userInfo } from 'node:os';
import type { Command } from '@commander-js/extra-typings';
import { printFacts, printJson } from './output.ts';
import type { Processes, Terminal } from './context.ts';

/** Who gives an order: whoever came in by sudo, else the user of the process. */
export const orderedBy = (): string => process.env['SUDO_USER'] ?? userInfo().username;
const spoken = (hex: string): string => hex.match(/.{1,4}/g)?.join(' ') ?? '';

export const addMetadata = (program: Command, processes: Processes, { print }: Terminal): void => {
  const metadata = program.command('metadata').description('metadata that we publish and take in');
  metadata.command('publish').description('freezes the export for SAMBI as the registry stands; its checksums are read over the phone').option('--json').action(async ({ json }) => {
    const done = await (await (await processes.tools()).open()).order('freeze', { by: orderedBy() }) as { path: string; bytes: number; sha1: string; sha256: string };
    if (json === true) printJson(done, print);
    else printFacts({ ...done, sha1: spoken(done.sha1), sha256: spoken(done.sha256) }, print);
  });
};
