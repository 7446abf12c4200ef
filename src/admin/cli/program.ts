/**
 * admin/cli: the command line, a thin shell over use cases. Every command has --help, --json where it prints facts, and exit codes for
 * scripts: 0 done, 1 refused or something found, 2 used wrongly. A refusal is one sentence that says what to do.
 */
import { Command, CommanderError } from '@commander-js/extra-typings';
import { isBrygganError } from '../../core/errors.ts';

export interface Processes {
  serve(root: string): Promise<void>;
  demo(options: { port: number; dir: string }): Promise<void>;
}
const rootOf = (): string => process.env['BRYGGAN_ROOT'] ?? '.';

const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1024 || number > 65_000) throw new CommanderError(2, 'port', `error: ${value} is not a port from 1024 to 65000`);
  return number;
};

export const createProgram = (processes: Processes): Command => {
  const program = new Command('bryggan').description('One shared identity service. BRYGGAN_ROOT holds config/ and metadata/ (default: .), BRYGGAN_STATE everything it writes (default: state/).').exitOverride();
  program.command('serve').description('start the service').action(() => processes.serve(rootOf()));
  program.command('demo').description('start Bryggan with invented people, two demo applications and a simulated card reader')
    .option('--port <base>', 'first of the ports used', port, 8443)
    .option('--dir <directory>', 'where the demo keeps its files', '.demo')
    .action((options) => processes.demo(options));
  return program as unknown as Command;
};

export const runCommandLine = async (args: readonly string[], processes: Processes): Promise<number> => {
  try {
    await createProgram(processes).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!isBrygganError(error)) throw error;
    process.stderr.write(`${error.code}: ${error.detail}\n`);
    return 1;
  }
};
