/** `explain <reference>`: the story of one login from its audit lines, in the order in which it happened. */
import { actorOf } from '../core/error-catalogue.ts';
import { fail } from '../core/errors.ts';
import { findByReference } from '../audit/export.ts';
import type { RecordedEvent } from '../audit/model.ts';

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '–');
const sentences: Readonly<Record<string, (event: RecordedEvent) => string>> = {
  'login.authenticated': ({ facts }) => `somebody proved who they are: ${word(facts['method'])}, level ${word(facts['level'])}, certificate ${word(facts['certificateSerial'])} of ${word(facts['issuer'])}`,
  'login.succeeded': ({ facts }) => `answered ${facts['reused'] === true ? 'from the session, without a new login' : 'after a login'}, level ${word(facts['assurance'])}${facts['staleSince'] === undefined ? '' : `, with facts of ${word(facts['staleSince'])} because the directory was away`}${Array.isArray(facts['requesters']) ? `, for ${facts['requesters'].map(word).join(', ') || 'an application that was not named'}` : ''}; released: ${(facts['released'] as readonly string[] | undefined ?? []).join('; ') || 'nothing'}`,
  'login.refused': ({ code, facts }) => `refused: ${code ?? ''}. ${word(facts['detail'])}${facts['missing'] === undefined ? '' : `: ${word(facts['missing'])}`}`,
  'login.cancelled': ({ code }) => `ended by the person (${code ?? 'cancelled'})`,
  'card.refused': ({ code, facts }) => `the card was refused: ${code ?? ''}. ${word(facts['detail'])}`,
  'request.refused': ({ code, facts }) => `the request was refused: ${code ?? ''}. ${word(facts['detail'])}`,
};
const actors = { 'user': 'the person', 'organisation-it': "the person's organisation", 'service-owner': "the application's owner", 'operations': 'operations' } as const;

export const explain = (directory: string, reference: string) => {
  const events = findByReference(directory, reference);
  if (events.length === 0) return fail('command.usage', `no audit line has the reference ${reference.toUpperCase()}; it is the code on the person's page, three groups of three`);
  const code = events.at(-1)?.code ?? null;
  const actor = code === null ? null : actorOf(code);
  return {
    reference: reference.toUpperCase(), service: events.find(({ service }) => service !== null)?.service ?? null, person: events.find(({ person }) => person !== null)?.person ?? null,
    story: events.map((event) => ({ at: new Date(event.at).toISOString(), what: event.type, said: sentences[event.type]?.(event) ?? event.type })),
    whoMustAct: actor === null ? null : actors[actor],
  };
};
