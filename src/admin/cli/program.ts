/**
 * admin/cli: the command line, a thin shell over use cases. Every command has --help, --json where it prints facts, and exit codes for
 * scripts: 0 done, 1 refused or something found, 2 used wrongly. A refusal is one sentence that says what to do.
 */
import { Command, CommanderError } from '@commander-js/extra-typings';
import type { AssuranceLevel } from '../../core/assurance.ts';
import { isBrygganError } from '../../core/errors.ts';
import { counted } from '../../core/findings.ts';
import type { PartyId, ServiceId } from '../../core/ids.ts';
import type { Locale } from '../../core/locale.ts';
import { exportParty, toCsv } from '../../audit/export.ts';
import { verifyTrail } from '../../audit/verify.ts';
import { diagnose } from '../doctor.ts';
import { partyRows, partyView, serviceRows, serviceView } from '../../parties/views.ts';
import { previewFor } from '../preview.ts';
import { explain } from '../story.ts';
import { day, level, port, unknownName } from './arguments.ts';
import type { Processes, Terminal } from './context.ts';
import { addKeys } from './keys.ts';
import { printFindings } from './findings.ts';
import { languageOf, printGuide } from './guide.ts';
import { addLint } from './lint.ts';
import { addMetadata } from './metadata.ts';
import { addRadar } from './radar.ts';
import { addReview } from './review.ts';
import { addServiceTest } from './service-test.ts';
import { addSessions } from './sessions.ts';
import { addStats } from './stats.ts';
import { printFacts, printJson, printTable } from './output.ts';

const addInventory = (program: Command, processes: Processes, terminal: Terminal): void => {
  const { print } = terminal;
  const party = program.command('party').description('the parties whose people log in');
  party.command('list').option('--json').action(async ({ json }) => {
    const rows = partyRows((await (await processes.tools()).open()).registry);
    if (json === true) printJson(rows, print);
    else printTable(rows, print);
  });
  party.command('show <party>').option('--json').action(async (id, { json }) => {
    const facts = partyView((await (await processes.tools()).open()).registry, id as PartyId) ?? unknownName('party', id);
    if (json === true) printJson(facts, print);
    else printFacts(facts, print);
  });
  const service = program.command('service').description('the services that ask for logins');
  service.command('list').option('--party <party>', 'only services of this party').option('--json').action(async ({ party: owner, json }) => {
    const rows = serviceRows((await (await processes.tools()).open()).registry, owner as PartyId | undefined);
    if (json === true) printJson(rows, print);
    else printTable(rows, print);
  });
  service.command('show <service>').description('all that is settled about a service, by its id (party/name)').option('--guide', 'what its supplier needs to connect it, to be passed on').option('--language <language>', 'of the guide: sv or en', languageOf, 'sv' as Locale).option('--json').action(async (id, { guide, language, json }) => {
    if (guide === true) return printGuide(await (await processes.tools()).open(), id, { language, json: json === true }, print);
    const facts = serviceView((await (await processes.tools()).open()).registry, id as ServiceId) ?? unknownName('service', id);
    if (json === true) printJson(facts, print);
    else printFacts(facts, print);
  });
};

/** The end of the trail as the store remembers it, from what the running process says of itself. */
const headsOf = (status: Readonly<Record<string, unknown>> | null): ReadonlyMap<string, string> => {
  const kept = status?.['auditHead'] as { readonly node: string; readonly head: string } | null | undefined;
  return new Map(kept == null ? [] : [[kept.node, kept.head]]);
};
/** Why the end that the store remembers was not compared; null: it was. */
const notCompared = (status: Readonly<Record<string, unknown>> | null, heads: ReadonlyMap<string, string>): string | null =>
  (heads.size > 0 ? null
    : status === null ? 'The service does not run here, so the end that the store remembers was not compared.'
      : status['store'] === 'up' ? 'The store remembers no end of this trail yet, so it was not compared: one is kept within a minute of the start.'
        : 'The store does not answer, so the end that it remembers was not compared.');
const addAudit = (program: Command, processes: Processes, terminal: Terminal): void => {
  const { print } = terminal;
  program.command('explain <reference>').description('the story of one login, by the reference on its pages').option('--json').action(async (reference, { json }) => {
    const opened = await (await processes.tools()).open();
    const story = explain(opened.audit.directory, reference);
    if (json === true) return printJson(story, print);
    print(`${story.reference}  service ${story.service ?? '–'}  person ${story.person ?? '–'}\n\n`);
    for (const { at, said } of story.story) print(`${at}  ${said}\n`);
    if (story.whoMustAct !== null) print(`\nWho must act: ${story.whoMustAct}\n`);
  });
  const audit = program.command('audit').description('the audit trail');
  audit.command('verify').description('is every line there, unchanged and in its place? Exit code 1 when not').option('--json').action(async ({ json }) => {
    const tools = await processes.tools();
    const opened = await tools.open();
    // Before the files: the trail may be growing.
    const status = await opened.runningStatus();
    const heads = headsOf(status);
    const keptFrom = new Date(tools.now() - (opened.audit.retentionDays - 1) * 86_400_000).toISOString().slice(0, 10);
    const report = verifyTrail({ directory: opened.audit.directory, publicKeys: opened.audit.publicKeys, heads, keptFrom });
    if (report.findings.length > 0) terminal.exit = 1;
    if (json === true) return printJson({ ...report, comparedWithStore: [...heads.keys()] }, print);
    printTable(report.nodes, print);
    const why = notCompared(status, heads);
    if (why !== null) print(`${why}\n`);
    for (const { file, line, message } of report.findings) print(`${file}${line === null ? '' : `:${line}`}: ${message}\n`);
    print(report.findings.length === 0 ? 'The trail is whole.\n' : `${counted(report.findings.length, 'finding')}: keep these files as they are and tell whoever answers for security.\n`);
  });
  audit.command('export').description("a party's own lines; the other party's people are pseudonyms").requiredOption('--party <party>').option('--from <day>', 'first day', day, '0000-01-01').option('--to <day>', 'last day', day, '9999-12-31').option('--csv', 'CSV instead of JSON lines')
    .action(async ({ party, from, to, csv }) => {
      const opened = await (await processes.tools()).open();
      if (!opened.registry.parties.has(party as PartyId)) unknownName('party', party);
      const events = exportParty({ directory: opened.audit.directory, party: party as PartyId, from, to, pseudonymKey: opened.audit.pseudonymKey });
      if (csv === true) for (const line of toCsv(events)) print(line);
      else for (const event of events) print(`${JSON.stringify(event)}\n`);
    });
};

const addFiles = (program: Command, processes: Processes, terminal: Terminal): void => {
  const { print } = terminal;
  program.command('check').description('every fault in configuration, parties and services, with file, line and fix. Exit code 1 when there is an error').option('--json').option('--sarif', 'SARIF 2.1.0, for code review tools').action(async ({ json, sarif }) => {
    const findings = await (await processes.tools()).check();
    printFindings(findings, { json, sarif }, terminal);
  });
  program.command('release <service> <person>').description('what would this service get for this person (HSA-id or personal identity number), and why').option('--commission <hsaId>', 'acting under this commission').option('--level <level>', 'logged in at this level', level, 'loa3' as AssuranceLevel).option('--requester <entityId...>', 'asked for these applications behind a local IdP').option('--json')
    .action(async (service, person, options) => {
      const tools = await processes.tools();
      const opened = await tools.open();
      const preview = await previewFor({ service, person, commission: options.commission, level: options.level, requesters: options.requester ?? [] }, opened, tools.now()).finally(() => opened.close());
      if ('loginFails' in preview && preview.loginFails) terminal.exit = 1;
      if (options.json === true) return printJson(preview, print);
      if (!('attributes' in preview)) return print(`The person would be asked ${preview.wouldAsk}: ${preview.options.join(', ')}\nName one with --commission.\n`);
      printTable(preview.attributes.map(({ attribute, saml, openIdConnect, outcome, rule }) => ({ attribute, outcome, rule, SAML: saml.name, 'SAML values': saml.values, OIDC: openIdConnect.name, 'OIDC value': openIdConnect.value })), print);
      if (preview.loginFails) print('\nThe login would fail: a required attribute cannot be delivered.\n');
    });
  program.command('doctor').description('is anything wrong, or about to be? Exit code 1 when something is').option('--json').action(async ({ json }) => {
    const rows = await diagnose(await processes.tools());
    if (rows.some(({ state }) => state === 'bad')) terminal.exit = 1;
    if (json === true) printJson(rows, print);
    else printTable(rows.map(({ state, check, finding }) => ({ state, check, finding })), print);
  });
};

export const createProgram = (processes: Processes, terminal: Terminal): Command => {
  const program = new Command('bryggan').description('One shared identity service. BRYGGAN_ROOT holds config/ and metadata/ (default: .), BRYGGAN_STATE everything it writes (default: state/ below the root).').exitOverride();
  program.command('serve').description('start the service').action(() => processes.serve());
  program.command('demo').description('start Bryggan with invented people, demo applications and a simulated card reader')
    .option('--port <base>', 'first of the ports used', port, 8443).option('--dir <directory>', 'where the demo keeps its files', '.demo')
    .action((options) => processes.demo(options));
  addFiles(program, processes, terminal);
  addInventory(program, processes, terminal);
  addAudit(program, processes, terminal);
  addKeys(program, processes, terminal);
  addMetadata(program, processes, terminal);
  addLint(program, processes, terminal);
  addRadar(program, processes, terminal);
  addReview(program, processes, terminal);
  addServiceTest(program, processes, terminal);
  addSessions(program, processes, terminal);
  addStats(program, processes, terminal);
  return program;
};

/** Exit code. */
export const runCommandLine = async (args: readonly string[], processes: Processes): Promise<number> => {
  const terminal: Terminal = { print: (text) => void process.stdout.write(text), exit: 0 };
  try {
    await createProgram(processes, terminal).parseAsync([...args], { from: 'user' });
    return terminal.exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!isBrygganError(error)) throw error;
    process.stderr.write(`${error.code}: ${error.detail}\n`);
    return error.code === 'command.usage' ? 2 : 1;
  }
};
