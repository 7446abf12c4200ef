/** `stats`: how often, by whom and how. Thin over the counts of the trail. */
import { Option, type Command } from '@commander-js/extra-typings';
import { readEvents } from '../../audit/export.ts';
import { groupings, statisticsOf, type CountedRow } from '../../audit/statistics.ts';
import type { PartyId } from '../../core/ids.ts';
import { day, unknownName } from './arguments.ts';
import type { Processes, Terminal } from './context.ts';
import { printJson, printTable } from './output.ts';

const MOST_REFUSALS = 10;
const DAYS = 30;
const dayAt = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
const csvOf = (by: string, rows: readonly CountedRow[]): string =>
  [`${by},logins,reused,people,refused,cancelled`, ...rows.map(({ of, logins, reused, people, refused, cancelled }) => [of, logins, reused, people, refused, cancelled].join(','))].map((line) => `${line}\r\n`).join('');

export const addStats = (program: Command, processes: Processes, { print }: Terminal): void => {
  program.command('stats').description('how often, by whom and how: counts from the trail of this state directory; people are counted, never named')
    .addOption(new Option('--by <what>', 'what the rows are').choices(groupings).default('service' as const)).option('--party <party>', "only what this party's services asked for and its people did")
    .option('--from <day>', `first day, UTC; default: ${String(DAYS)} days back`, day).option('--to <day>', 'last day', day, '9999-12-31').option('--csv', 'the rows, for a spreadsheet').option('--json')
    .action(async ({ by, party, from: first, to, csv, json }) => {
      const tools = await processes.tools();
      const opened = await tools.open();
      if (party !== undefined && !opened.registry.parties.has(party as PartyId)) unknownName('party', party);
      const from = first ?? dayAt(tools.now() - (DAYS - 1) * 86_400_000);
      const { total, rows, refusals } = statisticsOf(readEvents(opened.audit.directory, from, to), by, party);
      if (json === true) return printJson({ from, to, by, party: party ?? null, total, rows, refusals }, print);
      if (csv === true) return print(csvOf(by, rows));
      print(`From ${from}: ${String(total.logins)} logins, ${String(total.reused)} of them by single sign-on, of ${String(total.people)} people; ${String(total.refused)} refused, ${String(total.cancelled)} cancelled.\n\n`);
      printTable(rows.map(({ of, reused, ...counts }) => ({ [by]: of, 'logins': counts.logins, 'single sign-on': reused, 'people': counts.people, 'refused': counts.refused, 'cancelled': counts.cancelled })), print);
      if (refusals.length === 0) return undefined;
      print('\n');
      return printTable(refusals.slice(0, MOST_REFUSALS).map(({ code, count, whoMustAct }) => ({ 'refused with': code, 'times': count, 'who must act': whoMustAct })), print);
    });
};
