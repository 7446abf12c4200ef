/** `metadata lint`: metadata against the profile of its federation, before anybody is asked to take it. */
import type { Command } from '@commander-js/extra-typings';
import { lintRules } from '../../federation/lint/rules.ts';
import { printFindings } from './findings.ts';
import { printJson, printTable } from './output.ts';
import type { Processes, Terminal } from './context.ts';

const ruleRows = lintRules.map(({ id, profiles, severity, clause, sentence }) => ({
  rule: id, profiles, severity: typeof severity === 'string' ? severity : Object.entries(severity).map(([profile, one]) => `${profile}: ${one}`).join(', '), clause, sentence,
}));
export const addLint = (program: Command, processes: Processes, terminal: Terminal): void => {
  program.commands.find((command) => command.name() === 'metadata')?.command('lint')
    .description('metadata against the rules of its federation: every service, or one file. Exit code 1 when there is an error')
    .option('--file <file>', 'metadata from anywhere, an aggregate too').option('--federation <federation>', 'with --file: row of config/federation.yaml; default: local')
    .option('--rules', 'the rules themselves').option('--json').option('--sarif', 'SARIF 2.1.0, for code review tools')
    .action(async ({ file, federation, rules, json, sarif }) => {
      if (rules === true) return json === true ? printJson(ruleRows, terminal.print) : printTable(ruleRows, terminal.print);
      printFindings(await (await processes.tools()).lint({ file, federation }), { json, sarif }, terminal);
    });
};
