/** `service test`: step by step, what works, what is wrong, and what only the application can show. Exit code 1 when something is wrong. */
import type { Command } from '@commander-js/extra-typings';
import { fail } from '../../core/errors.ts';
import { testService } from '../service-test.ts';
import { printJson, printTable } from './output.ts';
import type { Processes, Terminal } from './context.ts';

export const addServiceTest = (program: Command, processes: Processes, terminal: Terminal): void => {
  program.commands.find((command) => command.name() === 'service')?.command('test <service>')
    .description('does this service work here? Tries its keys, its attributes and a real login of a test person; its own part is said to be unseen')
    .option('--person <id>', 'HSA-id or personal identity number of a test person').option('--commission <hsaId>', 'acting under this commission')
    .option('--card <file>', 'certificate of a test card, PEM').option('--card-key <file>', 'its key, PEM').option('--ca <file>', 'authority of our own TLS certificates, where the machine does not know it').option('--begun <address>', 'where the application sent a browser for this login, copied: for services that sign their requests').option('--json')
    .action(async (service, { person, commission, card, cardKey, ca, begun, json }) => {
      if (begun !== undefined && card === undefined) fail('command.usage', '--begun is for a login: name a test card too, with --card and --card-key');
      if ((card === undefined) !== (cardKey === undefined)) fail('command.usage', '--card and --card-key belong together');
      const tools = await processes.tools();
      const opened = await tools.open();
      const files = card === undefined || cardKey === undefined ? null : { certificateFile: card, keyFile: cardKey };
      const steps = await testService({ service, person, commission, card: files, ca: ca ?? null, begun: begun ?? null }, opened, tools.now(), tools.walk).finally(() => opened.close());
      if (steps.some(({ state }) => state === 'wrong')) terminal.exit = 1;
      if (json === true) printJson(steps, terminal.print);
      else printTable(steps.map(({ state, step, finding }) => ({ state, step, finding })), terminal.print);
    });
};
