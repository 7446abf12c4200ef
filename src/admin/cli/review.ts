/** `plan`, `apply`, `rollback`, `service add|remove`: thin shells. Exit code 1 of `plan`: something waits or has faults. */
import type { Command } from '@commander-js/extra-typings';
import { fail } from '../../core/errors.ts';
import { planLines, planOf, wholeVersion, type Plan } from '../plan.ts';
import { addService, removeService, type NewMetadata } from '../services.ts';
import { describeChange, type Change } from '../../federation/review/changes.ts';
import { printJson, printTable } from './output.ts';
import { orderedBy } from './metadata.ts';
import type { Processes, Terminal } from './context.ts';

interface Approved { readonly outcome: 'applied' | 'needs-another-person'; readonly version: string; readonly changes: readonly Change[] }
const newMetadata = (file: string | undefined, source: string | undefined, entityId: string | undefined): NewMetadata => {
  if (file !== undefined && source === undefined && entityId === undefined) return { file };
  return file === undefined && source !== undefined && entityId !== undefined ? { source, entityId } : fail('command.usage', 'name the metadata: --metadata <file>, or --from <source> with --entity <entityID>');
};
export const addReview = (program: Command, processes: Processes, terminal: Terminal): void => {
  const { print } = terminal;
  const show = (plan: Plan): void => { for (const line of planLines(plan)) print(`${line}\n`); };
  const done = ({ outcome, version, changes }: Approved): void => {
    for (const change of changes) print(`${describeChange(change)}\n`);
    print(outcome === 'applied' ? `Applied: version ${version.slice(0, 12)} serves.\n` : `Noted. Another person must order it too: bryggan apply --version ${version.slice(0, 12)}\n`);
  };
  program.command('plan').description('what changed files of parties and services would do, for whom, before it takes effect. Exit code 1 when something waits for a person or has faults').option('--json').action(async ({ json }) => {
    const plan = planOf(await (await processes.tools()).wantedAndApplied());
    if (plan.state === 'rejected' || (plan.state === 'pending' && plan.needs !== 'nobody')) terminal.exit = 1;
    if (json === true) printJson(plan, print);
    else show(plan);
  });
  program.command('apply').description('takes what waits').option('--version <version>', 'as the plan printed it: refused when the files changed since').option('--by <name>', 'who orders it', orderedBy()).option('--json').action(async ({ version, by, json }) => {
    const tools = await processes.tools();
    const whole = version === undefined ? null : wholeVersion(planOf(await tools.wantedAndApplied()), version);
    const answer = await (await tools.open()).order('apply', { by, version: whole }) as Approved;
    if (json === true) printJson(answer, print);
    else done(answer);
  });
  program.command('rollback').description('goes back to what was applied before; the changed files wait until they are mended').option('--to <entry>', 'an entry of --list').option('--list', 'what was applied, when and by whom').option('--by <name>', 'who orders it', orderedBy()).option('--json').action(async ({ to, list, by, json }) => {
    const tools = await processes.tools();
    if (list === true) {
      const rows = (await tools.history()).map(({ id, at, by: who, changes }) => ({ entry: id, at: new Date(at).toISOString(), by: who, changes: changes.length === 0 ? 'first start' : changes.join('; ') }));
      return json === true ? printJson(rows, print) : printTable(rows, print);
    }
    const answer = await (await tools.open()).order('rollback', { by, to: to ?? null }) as Approved;
    if (json === true) printJson(answer, print);
    else done(answer);
  });
  const service = program.commands.find((command) => command.name() === 'service');
  service?.command('add <service>').description('writes the files of a new service (<party>/<name>) from its metadata, after a trial; prints the plan').option('--metadata <file>', 'its SAML metadata').option('--from <source>', 'instead: a source of config/federation.yaml that publishes it').option('--entity <entityID>', 'which of the source').option('--federation <federation>', 'row of config/federation.yaml', 'local').option('--home-url <address>', 'where its users begin').option('--json').action(async (id, { metadata, from, entity, federation, homeUrl, json }) => {
    const tools = await processes.tools();
    const plan = await addService({ id, metadata: newMetadata(metadata, from, entity), federation, homeUrl }, tools);
    if (json === true) return printJson(plan, print);
    show(plan);
    if (from !== undefined) print(`Written. Once a running Bryggan has asked ${from} (\`bryggan metadata fetch ${from}\` asks now), \`bryggan metadata diff\` shows what it gives.\n`);
  });
  service?.command('remove <service>').description('removes the files of a service; prints the plan').option('--json').action(async (id, { json }) => {
    const tools = await processes.tools();
    const plan = await removeService(id, tools.root, tools.trial);
    if (json === true) printJson(plan, print);
    else show(plan);
  });
};
