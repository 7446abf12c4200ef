/** The help desk's card test on a real Bryggan: what each card is said to be, and that nothing comes of it. */
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { developmentSet, readFilePem } from '../../certs-dev/set.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import type { Visit } from '../fixtures/user-agent.ts';

let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan(); });
afterAll(() => bryggan.stop());

const verdictOf = (page: Visit): string | undefined => /data-verdict="([^"]+)"/.exec(page.body)?.[1];
type Card = Parameters<Bryggan['agentFor']>[0];
const tried = async (card: Card, headers: Record<string, string> = {}) => {
  const agent = bryggan.agentFor(card, { headers });
  const start = await agent.go(`${bryggan.baseUrl}/card-test/vgr`);
  const [link] = start.links.filter(({ href }) => href.includes('/card-test/vgr/'));
  return { agent, page: await agent.go(new URL(link?.href ?? '', bryggan.baseUrl).href) };
};

describe('the card test', () => {
  it('shows holder, issuer, level and revocation of a good card', async () => {
    const { page } = await tried('anna-berglund');
    expect([page.status, page.step, verdictOf(page)]).toEqual([200, 'card-test-result', 'good']);
    expect(page.text).toMatch(/SE2321000131-DEV1001/);
    expect(page.text).toMatch(/Inte spärrat/);
    expect(page.url.hostname).toMatch(/card\.localhost$/);
  });
  it('in English where the browser wishes it', async () => {
    const { page } = await tried('anna-berglund', { 'accept-language': 'en' });
    expect(page.text).toMatch(/This card works for logging in/);
  });
  const odd: readonly (readonly [string, string])[] = developmentSet().index.people.flatMap(({ id, tags }) => {
    const expected = { 'expired': 'card.expired', 'not-yet-valid': 'card.not-yet-valid', 'revoked': 'card.revoked', 'unknown-policy': 'card.level-unknown', 'wrong-issuer': 'card.issuer-unknown' } as Readonly<Record<string, string>>;
    return tags.flatMap((tag) => (expected[tag] === undefined ? [] : [[id, expected[tag]] as const]));
  });
  it.each(odd)('says of %s: %s, with what to do', async (person, code) => {
    const { page } = await tried(person);
    expect([page.status, verdictOf(page)]).toEqual([200, code]);
    expect(page.text).toMatch(/Gör så här/);
    // An expired or revoked card still comes from an authority of ours: only a stranger's is said not to.
    expect(/Finns inte på vår lista/.test(page.text)).toBe(code === 'card.issuer-unknown');
  });
  it('says so when no certificate was chosen', async () => {
    const { page } = await tried(null);
    expect(verdictOf(page)).toBe('card.none');
  });
  it('the last four digits of a personal identity number stay off the screen, and the number out of log and addresses', async () => {
    const number = /^serialNumber=(\d{12})$/m.exec(new X509Certificate(readFilePem(developmentSet().certificate('tomas-engvall').certFile)).subject)?.[1] ?? '';
    expect(number).toMatch(/^\d{12}$/);
    const { page } = await tried('tomas-engvall');
    expect(page.text).toContain(`${number.slice(0, 8)}-••••`);
    expect(page.body).not.toContain(number);
    expect([...page.trail, bryggan.log()].join(' ')).not.toContain(number);
  });
});

describe('nothing comes of it', () => {
  it('no cookie, no session, no line of a login', async () => {
    const before = bryggan.audit().length;
    const { agent, page } = await tried('anna-berglund');
    expect(verdictOf(page)).toBe('good');
    expect(await agent.jar.getCookieString(bryggan.baseUrl)).toBe('');
    expect(bryggan.audit().slice(before).filter(({ type }) => type.startsWith('login.') || type.startsWith('session.'))).toEqual([]);
  });
  it('a handle that was not given out here is refused, and one of a login does not lead here', async () => {
    const { page } = await tried('anna-berglund');
    const card = page.trail.find((address) => address.includes('/card/test-')) ?? '';
    const forged = card.replace(/_sv_(.)/, (_whole, first: string) => `_sv_${first === 'A' ? 'B' : 'A'}`);
    const agent = bryggan.agentFor('anna-berglund');
    expect((await agent.go(card)).status).toBe(200);
    expect((await agent.go(forged)).status).toBe(410);
    expect((await agent.go(card.replace('test-vgr', 'test-boras'))).status).toBe(410);
  });
  it('a party that has not switched it on has none', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    expect((await agent.go(`${bryggan.baseUrl}/card-test/vgr`)).status).toBe(200);
    for (const path of ['boras', 'nobody', 'vgr/none', 'boras/siths-card']) expect((await agent.go(`${bryggan.baseUrl}/card-test/${path}`)).status, path).toBe(404);
  });
});
