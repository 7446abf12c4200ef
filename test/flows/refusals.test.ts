/** Each odd card and each person who may not in: own page, own code, an audit line, and the twin that gets in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, type CertificateEntry } from '../../certs-dev/set.ts';
import type { ErrorCode } from '../../src/core/error-catalogue.ts';
import { askingService, goOn, logIn, pickCommission, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import type { RecordedEvent } from '../../src/audit/model.ts';
import type { Visit } from '../fixtures/user-agent.ts';

const simple = askingService({ name: 'simple', wants: ['employeeHsaId!', 'givenName', 'surname'] });
const commission = askingService({ name: 'commission', wants: ['employeeHsaId!', 'commissionHsaId!'] });
const set = developmentSet();
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [simple.files, commission.files] }); });
afterAll(() => bryggan.stop());

const errorOf = (visit: Visit): string | undefined => /data-error="([^"]*)"/.exec(visit.body)?.[1];
const newLines = async (work: () => Promise<void>): Promise<readonly RecordedEvent[]> => {
  const before = bryggan.audit().length;
  await work();
  return bryggan.audit().slice(before);
};
/** The card host sees this card; nobody is logged in, the page and the trail say why. */
const refusesCard = async (card: CertificateEntry | null, code: ErrorCode, text: string): Promise<void> => {
  const agent = bryggan.agentFor(card);
  const lines = await newLines(async () => {
    const page = await logIn(agent, bryggan, simple);
    expect([page.step, errorOf(page)]).toEqual(['card-failed', text]);
    expect(page.links.length).toBeGreaterThan(0);
  });
  expect(lines.filter(({ type }) => type === 'card.refused')).toMatchObject([{ code, service: simple.id }]);
  expect(lines.some(({ type }) => type === 'login.succeeded')).toBe(false);
  expect((await agent.go(`${bryggan.baseUrl}/me`)).step).not.toBe('me');
};
const accepts = async (card: CertificateEntry): Promise<void> => {
  const lines = await newLines(async () => { expect(receivedFrom(await logIn(bryggan.agentFor(card), bryggan, simple)).status).toEqual(['Success']); });
  expect(lines.filter(({ type }) => type === 'login.succeeded')).toHaveLength(1);
};

const people: readonly (readonly [person: string, code: ErrorCode, text: string])[] = [
  ['ingrid-soder', 'card.revoked', 'card-revoked'],
  ['jonas-falk', 'card.expired', 'card-expired'],
  ['kerstin-moberg', 'card.not-yet-valid', 'card-not-yet-valid'],
  ['leo-wallin', 'card.level-unknown', 'card-level-unknown'],
  ['mona-lund', 'card.issuer-unknown', 'card-issuer-unknown'],
  ['oskar-renberg', 'card.signature-certificate', 'card-signature'],
];
const oddOnes: readonly (readonly [odd: string, code: ErrorCode, text: string])[] = [
  ['key-usage-encipherment', 'card.signature-certificate', 'card-signature'],
  ['key-usage-none', 'card.signature-certificate', 'card-signature'],
  ['eku-server', 'card.path', 'card-issuer-unknown'],
  ['policy-unknown', 'card.level-unknown', 'card-level-unknown'],
  ['policy-none-level-none', 'card.level-unknown', 'card-level-unknown'],
  ['id-missing', 'card.identifier', 'card-unreadable'],
  ['id-twice', 'card.identifier', 'card-unreadable'],
  ['id-twice-in-one-rdn', 'card.identifier', 'card-unreadable'],
  ['id-person-number-from-hsa-issuer', 'card.identifier', 'card-unreadable'],
  ['id-hsa-from-person-issuer', 'card.identifier', 'card-unreadable'],
  ['id-check-digit', 'card.identifier', 'card-unreadable'],
  ['id-reserve-number', 'card.identifier', 'card-unreadable'],
  ['extension-unknown-critical', 'card.path', 'card-issuer-unknown'],
  ['leaf-is-authority', 'card.path', 'card-issuer-unknown'],
  ['issuer-impostor', 'card.issuer-unknown', 'card-issuer-unknown'],
  ['issuer-unlisted', 'card.issuer-unknown', 'card-issuer-unknown'],
  ['issuer-function', 'card.issuer-unknown', 'card-issuer-unknown'],
  ['issuer-mobile', 'card.issuer-unknown', 'card-issuer-unknown'],
];
const harmless = ['eku-none', 'policy-none', 'policy-lower', 'policy-two', 'policy-only', 'id-in-common-name', 'subject-title', 'subject-directory-attributes', 'subject-letters', 'subject-reversed', 'subject-multi-valued', 'user-names', 'hash-sha256', 'extension-unknown'];

describe('a card that does not log in', () => {
  it.each(people)('%s: %s', (person, code, text) => refusesCard(set.certificate(person), code, text));
  it.each(oddOnes)('%s: %s', (odd, code, text) => refusesCard(set.odd(odd), code, text));
  it('no card at all: card.none', () => refusesCard(null, 'card.none', 'card-none'));
  it('the signature certificate of a good card; its authentication certificate is the twin', async () => {
    await refusesCard(set.certificate('anna-berglund', { use: 'signature' }), 'card.signature-certificate', 'card-signature');
    await accepts(set.certificate('anna-berglund', { use: 'authentication' }));
  });
  it('the good cards of which the odd ones are copies log in', async () => {
    for (const identifier of ['hsa-id', 'personal-identity-number'] as const) await accepts(set.certificate('anna-berglund', { identifier }));
  });
  it.each(harmless)('%s: odd, but no reason to refuse', (odd) => accepts(set.odd(odd)));
  it('after the refusal another card in the reader logs in, in the same login', async () => {
    let card: CertificateEntry = set.certificate('ingrid-soder');
    const agent = bryggan.agentFor(() => card);
    const failed = await logIn(agent, bryggan, simple, { relayState: 'kept' });
    expect(failed.step).toBe('card-failed');
    card = set.certificate('anna-berglund');
    const again = failed.links.find(({ href }) => href.includes('/method/'))?.href ?? '';
    expect(receivedFrom(await goOn(agent, await agent.go(new URL(again, failed.url).href, { from: failed.url })))).toMatchObject({ status: ['Success'], relayState: 'kept' });
  });
});

describe('a person who may not in', () => {
  const cases: readonly (readonly [string, ErrorCode, string, typeof simple])[] = [
    ['asa-hedlund', 'directory.person-unknown', 'person-unknown', simple],
    ['petra-vester', 'directory.organisation', 'person-elsewhere', simple],
    ['john-asplund', 'commission.none', 'commission-none', commission],
    ['peter-aberg', 'commission.none', 'commission-none', commission],
    ['karin-dahlin', 'commission.none', 'commission-none', commission],
    ['amir-rostami', 'commission.none', 'commission-none', commission],
    ['bo-lindh', 'commission.none', 'commission-none', commission],
  ];
  it.each(cases)('%s: %s, a page with help, the service is told only that it was denied', async (person, code, text, service) => {
    const lines = await newLines(async () => {
      const page = await logIn(bryggan.agentFor(person), bryggan, service);
      expect([page.status, page.step, errorOf(page)]).toEqual([403, 'error', text]);
      const told = receivedFrom(page);
      expect(told.status).toEqual(['Responder', 'RequestDenied']);
      expect(told.xml).not.toContain('Assertion ');
      expect(told.attributes).toEqual({});
    });
    expect(lines.filter(({ type }) => type === 'login.refused')).toMatchObject([{ code, service: service.id }]);
    expect(lines.some(({ type }) => type === 'login.succeeded')).toBe(false);
  });
  it('the page names the service desk of the person’s party, not of the service’s', async () => {
    const page = await logIn(bryggan.agentFor('john-asplund'), bryggan, commission);
    expect([page.step, page.text.includes('Borås Stad')]).toEqual(['error', true]);
  });
  it('their colleagues get in: no commission is no fault where none is asked for, an affiliate’s employee belongs to the party', async () => {
    for (const person of ['john-asplund', 'bo-lindh', 'rikard-tham']) expect(receivedFrom(await logIn(bryggan.agentFor(person), bryggan, simple)).status).toEqual(['Success']);
    expect(receivedFrom(await logIn(bryggan.agentFor('rikard-tham'), bryggan, commission)).status).toEqual(['Success']);
  });
  it('two posts and a card with a personal identity number: the person chooses the post', async () => {
    const agent = bryggan.agentFor(set.certificate('bo-lindh', { identifier: 'personal-identity-number' }));
    const page = await logIn(agent, bryggan, simple);
    expect(page.step).toBe('choose-employee');
    const received = receivedFrom(await goOn(agent, await agent.submit(page, { form: ({ action }) => action.endsWith('/employee') })));
    expect(received.attributes['employeeHsaId']?.[0]).toMatch(/-DEV103[12]$/);
  });
});

describe('a protected person', () => {
  it('logs in, and the name stands on no page, in no log line and in no metric', async () => {
    const agent = bryggan.agentFor('nils-hallman');
    const pages = [await simple.start(agent, bryggan)];
    pages.push(await goOn(agent, pages[0] as Visit), await agent.go(`${bryggan.baseUrl}/me`));
    expect(receivedFrom(pages[1] as Visit).status).toEqual(['Success']);
    for (const page of pages) expect(`${page.text} ${page.title}`, page.url.pathname).not.toMatch(/Nils|Hallman/);
    const metrics = await (await fetch(`${bryggan.managementUrl}/metrics`)).text();
    for (const text of [bryggan.log(), metrics]) expect(text).not.toMatch(/Nils|Hallman|DEV1014|190112129911/);
  });
  it('the ordinary twin is greeted by name', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    expect((await agent.go(`${bryggan.baseUrl}/me`)).text).toContain('Anna');
  });
  it('forty commissions are forty choices, and the last one counts', async () => {
    const agent = bryggan.agentFor('fatima-haddad');
    const page = await logIn(agent, bryggan, commission);
    expect(page.forms.flatMap(({ buttons }) => buttons).filter(({ data }) => data['commission'] !== undefined)).toHaveLength(40);
    expect(receivedFrom(await pickCommission(agent, page, 39)).status).toEqual(['Success']);
  });
});
