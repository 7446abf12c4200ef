/** `radar`: what ends soon and whose it is, and the text that goes to the owning party by mail. Sends nothing. */
import { readFileSync } from 'node:fs';
import { radarOf, type Mark, type MarkKind, type OwnEnd, type ReadingRow } from '../federation/radar/radar.ts';
import type { ClockRow } from '../federation/radar/clocks.ts';
import type { Instant } from '../core/ports.ts';
import type { Registry } from '../parties/model.ts';
import { renderTemplate, type TemplateFacts } from './kit/template.ts';
import type { SourceStatus } from '../federation/sources/model.ts';
import type { Opened, Tools } from './tools.ts';

export interface Letter { readonly party: string; readonly to: string; readonly subject: string; readonly text: string }
interface Running { readonly clocks?: readonly ClockRow[]; readonly fetches?: readonly ReadingRow[]; readonly sources?: readonly SourceStatus[] }

/** Works without a running process; clocks and readings are seen by one alone. */
export const lookAround = async (tools: Tools, opened: Opened): Promise<readonly Mark[]> => {
  const running = (await opened.runningStatus()) as Running | null;
  const { fromSources } = await tools.wantedAndApplied();
  return radarOf({ registry: opened.registry, own: opened.certificates.map(({ what, notAfter }): OwnEnd => ({ what, notAfter })), clocks: running?.clocks ?? [], readings: running?.fetches ?? [], sources: running?.sources ?? [], fetched: new Set(fromSources), feedValidity: opened.feedValidity, now: tools.now() });
};

const day = (instant: Instant): string => new Date(instant).toISOString().slice(0, 10);
const kinds: Readonly<Record<MarkKind, string>> = { 'signing-certificate': 'signing', 'encryption-certificate': 'encryption', 'metadata': 'metadata', 'clock': 'clock', 'reading': 'reading', 'source': 'source', 'our-certificate': 'ours' };
const factsOf = ({ kind, what, end, days, seconds }: Mark): TemplateFacts => ({
  what: what.replace(/^service /, 'tjänsten ').replace(/^idp /, 'identitetsleverantören ').replace(/^party /, 'läsaren hos '), end: end === null ? '' : day(end), days: String(Math.abs(days ?? 0)), past: days !== null && days < 0, ahead: seconds !== null && seconds < 0, seconds: String(Math.abs(seconds ?? 0)),
  ...Object.fromEntries(Object.entries(kinds).map(([name, fact]) => [`is_${fact}`, name === kind])),
});

/** One letter a party, in Swedish, to the contact of its file; what is ours gets none. */
export const lettersFor = (marks: readonly Mark[], registry: Registry, { name, operator, email, phone }: { readonly name: string; readonly operator: string; readonly email: string; readonly phone: string }): readonly Letter[] => {
  const template = readFileSync(new URL('radar-mail.sv.txt', import.meta.url), 'utf8');
  return [...registry.parties.values()].flatMap((party): Letter[] => {
    const mine = marks.filter((mark) => mark.party === party.id);
    if (mine.length === 0) return [];
    const nearest = Math.min(...mine.flatMap(({ days }) => days ?? []));
    const subject = nearest < 0 ? `${name}: något har gått ut` : Number.isFinite(nearest) ? `${name}: något går ut om ${String(nearest)} dagar` : `${name}: en klocka går fel`;
    return [{ party: party.id, to: party.support.email, subject, text: renderTemplate(template, { party: party.displayName, our: name, operator, email, phone, marks: mine.map(factsOf) }) }];
  });
};
