/**
 * The help desk's card test: a page, a handle for the card host, and nothing kept in between. The handle names the party and the
 * language, ends soon and is signed, so that a card host shows results only to those who came from the page.
 */
import { fail } from '../core/errors.ts';
import type { PartyId } from '../core/ids.ts';
import { isLocale, type Locale } from '../core/locale.ts';
import { equalSecrets, hmac } from '../core/secrets.ts';
import type { Party } from '../parties/model.ts';
import { checkPace } from './1-accept.ts';
import type { FlowReply, LoginPorts } from './context.ts';
import { bareFrame, pageContent, reply } from './frame.ts';

const PREFIX = 'test-';
const HANDLE_SECONDS = 300;
const ADDRESS = '/card-test';

/** A party that has switched it on. Errors: `web.not-found`. */
const testingParty = (id: string, ports: LoginPorts): Party => {
  const party = ports.registry.current().parties.get(id as PartyId);
  return party?.cardTest === true && party.enabled ? party : fail('web.not-found', 'no card test for such a party');
};
export const cardTestAddress = (party: PartyId): string => `${ADDRESS}/${party}`;

/** GET /card-test/<party> */
export const showCardTest = (id: string, ports: LoginPorts): FlowReply => {
  const party = testingParty(id, ports);
  const starts = party.methods.flatMap((method) => ports.methods.get(method) ?? []).filter(({ kind }) => kind === 'certificate')
    .map((method) => ({ startUrl: `${cardTestAddress(party.id)}/${method.id}`, label: method.names ?? null }));
  return reply(pageContent({ kind: 'card-test', partyName: party.displayName, starts }), { ...bareFrame(ports), support: party.support });
};

/** GET /card-test/<party>/<method>: to the card host, with a handle. */
export const startCardTest = async (id: string, methodId: string, browser: { readonly address: string; readonly locale: Locale }, ports: LoginPorts): Promise<string> => {
  const party = testingParty(id, ports);
  const method = party.methods.includes(methodId) ? ports.methods.get(methodId) : undefined;
  if (method?.kind !== 'certificate') return fail('web.not-found', 'no such way to read a card');
  await checkPace(browser.address, ports);
  const end = Math.floor(ports.clock.now() / 1000) + HANDLE_SECONDS;
  return method.startUrl(`${PREFIX}${party.id}.${sealOf(party.id, end, browser.locale, ports)}`);
};
const sealOf = (party: string, end: number, locale: Locale, ports: LoginPorts): string => `${end.toString(36)}_${locale}_${hmac(ports.settings.secret, 'card-test', party, String(end), locale)}`;

export const isCardTest = (handle: string): boolean => handle.startsWith(PREFIX);
/** Whose test a handle belongs to. Errors: `login.unknown` for one that we never gave out, `login.over` for one that has ended, `web.not-found` where it is switched off by now. */
export const openCardTest = (handle: string, ports: LoginPorts): { readonly party: Party; readonly locale: Locale } => {
  const [name = '', seal = ''] = handle.slice(PREFIX.length).split('.', 2);
  const [text = '', locale = ''] = seal.split('_', 2);
  const end = Number.parseInt(text, 36);
  if (!isLocale(locale) || !Number.isSafeInteger(end) || !equalSecrets(seal, sealOf(name, end, locale, ports))) return fail('login.unknown', 'a handle of the card test that was not made here');
  if (end * 1000 <= ports.clock.now()) return fail('login.unknown', 'a handle of the card test that has ended');
  return { party: testingParty(name, ports), locale };
};
