/** `keys list|new|roll|remind|told`: thin over the running process's orders. Says at each step where things stand, what comes next and how to go back. */
import type { Command } from '@commander-js/extra-typings';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { keyUses, type KeyUse } from '../../keys/model.ts';
import type { KeysView, UseView } from '../../keys/view.ts';
import { remindersFor } from '../keys-letters.ts';
import { orderedBy } from './metadata.ts';
import { printJson, printTable } from './output.ts';
import type { Processes, Terminal } from './context.ts';

const useOf = (value: string): KeyUse => keyUses.find((use) => use === value) ?? (() => { throw new InvalidArgumentError(`one of ${keyUses.join(', ')} is wanted.`); })();
const day = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString().slice(0, 10));
const minute = (instant: number): string => `${new Date(instant).toISOString().slice(0, 16)}Z`;
const does: Readonly<Partial<Record<UseView['nextStep'], string>>> = {
  new: 'makes a new key; nobody is told of it yet', announce: 'publishes it beside the one that signs', switch: 'signs with it; the old one stays published', retire: 'takes the old one out of what we publish',
};
const commandFor = ({ use, nextStep }: UseView): string => (nextStep === 'new' ? `bryggan keys new ${use}` : `bryggan keys roll ${use} ${nextStep}`);
const SHORT = 16;
/** More than what speaks against a step names. */
const NAMED = 12;

const guide = (view: UseView, print: Terminal['print']): void => {
  const { use, stands, waiting, early, told, against, back, nextStep } = view;
  print(`${use}: ${stands}.\n`);
  if (early.length > 0) print(`Signed with the next key already: ${early.join(', ')}\n`);
  if (told.length > 0) print(`Have it by their own word: ${told.join(', ')}\n`);
  if (waiting.length > NAMED) print(`Not known to have the next key (${String(waiting.length)}): ${waiting.join(', ')}\n`);
  for (const reason of against) print(`Not yet: ${reason}.\n`);
  print(`Next:  ${commandFor(view)}   ${does[nextStep] ?? ''}\n`);
  if (use === 'saml-signing' && nextStep === 'switch') print(`   or  ${commandFor(view)} --service <service>   for one service first\n`);
  if (back !== null) print(`Back:  bryggan keys roll ${use} back   undoes: ${back}\n`);
};
const list = ({ revision, nodes, uses, fetches, others }: KeysView, only: KeyUse | undefined, print: Terminal['print']): void => {
  const chosen = uses.filter(({ use }) => only === undefined || use === only);
  printTable(chosen.flatMap(({ use, keys }) => keys.map(({ id, role, since, notAfter, file }) => ({ use, key: id.slice(0, SHORT), role, since: day(since), ends: day(notAfter), file: file ?? 'not on this node' }))), print);
  for (const view of chosen) { print('\n'); guide(view, print); }
  print(`\nRead since the start, revision ${String(revision)} is the newest:\n`);
  printTable(fetches.map(({ consumer, what, agent, count, last, revision: read }) => ({ consumer, what, product: agent, times: count, last: minute(last), revision: read })), print);
  if (nodes.length > 1) {
    print('\n');
    printTable(nodes.map(({ node, revision: at, upToDate }) => ({ node, revision: at, state: upToDate ? 'up to date' : 'behind' })), print);
  }
  if (only !== undefined) return;
  print('\nTLS and certificates that we show to others (files of the configuration; renew them there):\n');
  printTable(others.filter(({ what }) => !/signing|encryption by/.test(what)).map(({ what, subject, notAfter }) => ({ certificate: what, subject, ends: day(notAfter) })), print);
};

export const addKeys = (program: Command, processes: Processes, { print }: Terminal): void => {
  const order = async <T extends KeysView>(action: string, input: Readonly<Record<string, unknown>>): Promise<T> => (await (await processes.tools()).open()).order(action, input) as Promise<T>;
  const tell = (view: KeysView, use: KeyUse, json: true | undefined): void => {
    if (json === true) return printJson(view, print);
    for (const one of view.uses) if (one.use === use) guide(one, print);
  };
  const keys = program.command('keys').description('the keys that we sign with: where each stands, and how one follows another without a failed login (docs/operations/keys.md)');
  keys.command('list').description('every key with its role and its end, who has read what we publish, and the next step').option('--use <use>', `one of ${keyUses.join(', ')}`, useOf).option('--json').action(async ({ use, json }) => {
    const view = await order('keys', {});
    if (json === true) printJson(view, print);
    else list(view, use, print);
  });
  keys.command('new').description('makes a key of the kind of the one that signs, in the state directory; nobody is told of it yet').argument('<use>', keyUses.join(', '), useOf).option('--by <name>', 'who orders it', orderedBy()).option('--json').action(async (use, { by, json }) => {
    const view = await order<KeysView & { readonly file: string }>('keys-new', { use, by });
    if (json === true) return printJson(view, print);
    print(`Made ${view.file}\n`);
    if (view.nodes.length > 1) print('Copy it and its private key to the same place on every other node before the next step.\n');
    tell(view, use, undefined);
  });
  keys.command('roll').description('without a step: where the rollover stands and what comes next. Steps: announce, switch, retire; back undoes the last one; withdraw takes a leaked key away at once. Exit code 1 when something speaks against the step')
    .argument('<use>', keyUses.join(', '), useOf).argument('[step]', 'announce, switch, retire, back or withdraw')
    .option('--service <service...>', 'switch, back: for these services alone').option('--key <id>', 'withdraw: beginning of its id').option('--anyway', 'go past what speaks against it; it is on record').option('--by <name>', 'who orders it', orderedBy()).option('--json')
    .action(async (use, step, { service, key, anyway, by, json }) => {
      tell(step === undefined ? await order('keys', {}) : await order('keys-step', { use, step, services: service ?? [], key, anyway, by }), use, json);
    });
  keys.command('remind').description('a text in Swedish for each party whose services or IdP are not known to have the next key, ready to be sent').argument('<use>', keyUses.join(', '), useOf).option('--json').action(async (use, { json }) => {
    const opened = await (await processes.tools()).open();
    const view = (await opened.order('keys', {}) as KeysView).uses.find((one) => one.use === use);
    const { name, operator, contact, publicUrl } = opened.our;
    const letters = view === undefined ? [] : remindersFor(view, opened.registry, { name: name.sv, operator: operator.sv, publicUrl, ...contact });
    if (json === true) return printJson(letters, print);
    for (const { to, subject, text } of letters) print(`Till: ${to}\nÄmne: ${subject}\n\n${text}\n${'-'.repeat(72)}\n`);
    if (letters.length === 0) print('Nobody needs a letter.\n');
  });
  keys.command('told').description('notes that a service, an IdP, a party or a federation has the next key by its own word: where it is set by hand, or read by another way').argument('<use>', keyUses.join(', '), useOf).argument('<who>', 'id of a service, an IdP, a party or a federation').option('--by <name>', 'who notes it', orderedBy()).option('--json').action(async (use, who, { by, json }) => {
    tell(await order('keys-told', { use, who, by }), use, json);
  });
};
