/** `session list|show|revoke`: thin over the running process's orders. */
import { userInfo } from 'node:os';
import type { Command } from '@commander-js/extra-typings';
import type { SessionRow } from '../sessions.ts';
import { printFacts, printJson, printTable } from './output.ts';
import type { Processes, Terminal } from './context.ts';

export const addSessions = (program: Command, processes: Processes, { print }: Terminal): void => {
  const order = async <T>(action: string, input: Readonly<Record<string, unknown>>): Promise<T> => (await (await processes.tools()).open()).order(action, input) as Promise<T>;
  const session = program.command('session').description('who is logged in, as the running process knows');
  session.command('list').option('--person <id>', 'HSA-id or personal identity number').option('--json').action(async ({ person, json }) => {
    const rows = await order<readonly SessionRow[]>('sessions', { person });
    if (json === true) printJson(rows, print);
    else printTable(rows, print);
  });
  session.command('show <handle>').option('--json').action(async (handle, { json }) => {
    const [row] = await order<readonly SessionRow[]>('sessions', { handle });
    if (json === true) printJson(row ?? null, print);
    else if (row === undefined) print('There is no such session; it may have ended.\n');
    else printFacts(row, print);
  });
  session.command('revoke [handle]').description('ends one session, or every session of a person, and tells their services').option('--person <id>', 'every session of this person').option('--json').action(async (handle, { person, json }) => {
    const ended = await order<readonly { handle: string; services: readonly { service: string; result: string }[] }[]>('revoke', { handle, person, by: userInfo().username });
    if (json === true) return printJson(ended, print);
    print(`${ended.length} ended.\n`);
    for (const { handle: name, services } of ended) for (const { service, result } of services) print(`${name}  ${service}  ${result}\n`);
  });
};
