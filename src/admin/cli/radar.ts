/** `radar`: what ends within 90 days, the nearest first; `--mail` the letters to those who own it. Exit code 1 when something ends within 7 days or has ended. */
import type { Command } from '@commander-js/extra-typings';
import { lettersFor, lookAround } from '../radar.ts';
import { printJson, printTable } from './output.ts';
import type { Processes, Terminal } from './context.ts';

const URGENT = 7;
export const addRadar = (program: Command, processes: Processes, terminal: Terminal): void => {
  const { print } = terminal;
  program.command('radar').description('certificates, metadata and clocks, ours and others’, that need somebody before a login fails. Exit code 1 when it is urgent')
    .option('--mail', 'a text in Swedish for each party that owns something of it, ready to be sent').option('--json').action(async ({ mail, json }) => {
      const tools = await processes.tools();
      const opened = await tools.open();
      const marks = await lookAround(tools, opened);
      if (marks.some(({ days }) => days !== null && days <= URGENT)) terminal.exit = 1;
      if (mail !== true) {
        const rows = marks.map(({ party, what, kind, end, days, seconds }) => ({ party: party ?? 'ours', what, kind, ends: end === null ? null : new Date(end).toISOString().slice(0, 10), days, seconds }));
        return json === true ? printJson(marks, print) : marks.length === 0 ? print('Nothing ends within 90 days.\n') : printTable(rows, print);
      }
      const { name, operator, contact } = opened.our;
      const letters = lettersFor(marks, opened.registry, { name: name.sv, operator: operator.sv, ...contact });
      if (json === true) return printJson(letters, print);
      for (const { to, subject, text } of letters) print(`Till: ${to}\nÄmne: ${subject}\n\n${text}\n${'-'.repeat(72)}\n`);
      print(letters.length === 0 ? 'Nobody needs a letter.\n' : '');
    });
};
