/** Findings on the terminal: a line each for people, JSON or SARIF for programs. Exit code 1 when there is an error. */
import { counted, describeFinding, isError, type Finding } from '../../core/findings.ts';
import { toSarif } from '../lint-sarif.ts';
import type { Terminal } from './context.ts';
import { printJson } from './output.ts';

export const printFindings = (findings: readonly Finding[], { json, sarif }: { readonly json: true | undefined; readonly sarif: true | undefined }, terminal: Terminal): void => {
  const { print } = terminal;
  const errors = findings.filter(isError).length;
  if (errors > 0) terminal.exit = 1;
  if (sarif === true) return printJson(toSarif(findings), print);
  if (json === true) return printJson(findings, print);
  for (const finding of findings) print(`${describeFinding(finding)}\n`);
  print(findings.length === 0 ? 'Everything is right.\n' : `${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}.\n`);
};
