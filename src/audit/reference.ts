/** docs/audit.md, made from the catalogue of events, so that it cannot say anything else than it does. */
import { auditEvents } from './events.ts';

const says = (text: string): string => (text.startsWith('person: ') ? `${text.slice('person: '.length)} (tells of the person: not for the other party)` : text);
const facts = (row: (typeof auditEvents)[keyof typeof auditEvents]): string =>
  [...Object.entries(row.facts).map(([name, means]) => `- \`${name}\`: ${says(means)}`), ...(row.errorFacts === true ? ['- facts of the error: clauses, algorithms, limits, entityIDs; never an attribute value'] : [])].join('\n');

export const auditReference = (): string => `# The audit trail

Made by \`node src/audit/write-reference.ts\` from the catalogue of events in \`src/audit/events.ts\`.

The trail is evidence, not a log. One append-only file per node and day lies in \`audit/\` of the state directory
(\`audit-<node>-<day>.jsonl\`, days in UTC). Every login and every refusal has its line on disk before the answer leaves; when the
line cannot be written, nobody is let in. Refused requests that anybody can send
are recorded up to \`login.startsPerMinute\` from one address outside the parties' networks; a last line with \`web.rate\` says that there were more, so that nobody fills the disk. Lines are chained by SHA-256: changing, removing, inserting or reordering one breaks every
line after it. Every minute, and at midnight, the end of the chain is signed with the audit key (Ed25519) into \`checkpoints-<node>.jsonl\`,
and kept in the shared store too.

| command | what it is for |
|---|---|
| \`bryggan audit verify\` | is every line there, unchanged and in its place? Exit code 1 when not. With the service running, the end that the store remembers is compared too |
| \`bryggan audit export --party <party> --from <day> --to <day>\` | a party's own lines, as JSON lines or CSV. The other party's person is a pseudonym, and what tells of that person is left out |
| \`bryggan stats --by <what>\` | how often, by whom and how: logins, those by single sign-on, different people, refusals; by day, hour, service, party, method or level, for one party (\`--party\`), as table, CSV or JSON. People are counted, never named |
| \`bryggan explain <reference>\` | the story of one login, by the code on its pages |

What verification cannot find: lines that were cut off behind the last checkpoint together with the checkpoint, when the store has lost
its memory too; that is a minute at most. Whole days older than \`audit.retentionDays\` are deleted; their checkpoints stay.
A trail that was silent for more than a month, or whose clock leapt, deletes nothing before it has gone on for 31 days more.

## A line

| key | what it holds |
|---|---|
| \`at\` | when, ms since 1970 |
| \`sequence\`, \`previous\`, \`hash\` | number of the line, hash of the line before, hash of this line |
| \`type\` | one of the events below |
| \`reference\` | the code on the person's pages, the same through one login; null for the service's own events |
| \`serviceParty\`, \`service\` | who asked |
| \`personParty\`, \`person\` | whose person, and who: HSA-id, else personal identity number. Here and nowhere else in what Bryggan writes |
| \`code\` | code of the error |
| \`facts\` | what the event has to say beyond that |

## Events
${Object.entries(auditEvents).map(([type, row]) => `\n### ${type}\n\n${row.says} Read by: ${row.reader}.\n${facts(row) === '' ? '' : `\n${facts(row)}\n`}`).join('')}`;
