/** A card logs a person in to a service, by both bindings; the next service is answered without asking. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, isAnswer, LOA, logIn, goOn, newRequestId, pickCommission, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';

const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'givenName', 'surname', 'commissionHsaId!'] });
const planering = askingService({ name: 'planering', party: 'boras', wants: ['employeeHsaId!', 'mail'] });
const simple = askingService({ name: 'simple' });
let bryggan: Bryggan;
beforeAll(async () => { bryggan = await startBryggan({ services: [journal, planering, simple].map(({ files }) => files) }); });
afterAll(() => bryggan.stop());

describe('a login', () => {
  it('by HTTP-Redirect: the answer goes to the service that asked, for its request, with its RelayState', async () => {
    const id = newRequestId();
    const received = receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, journal, { id, relayState: 'rs-1', levels: [LOA.three] }));
    expect(received).toMatchObject({ acs: journal.acs, relayState: 'rs-1', status: ['Success'], inResponseTo: id, level: LOA.three });
    expect(received.attributes).toMatchObject({ employeeHsaId: ['SE2321000131-DEV1001'], givenName: ['Anna'], surname: ['Berglund'] });
    expect(received.attributes['commissionHsaId']).toHaveLength(1);
  });
  it('by HTTP-POST: no cookie is read at /saml/sso, the code in the next address is used once, the answer is the same', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const id = newRequestId();
    const first = await journal.post(agent, bryggan, { id, relayState: 'rs-2' });
    expect(first.trail.some((address) => address.includes('/begin?code='))).toBe(true);
    expect(first.url.search).toBe('');
    expect(receivedFrom(await goOn(agent, first))).toMatchObject({ acs: journal.acs, relayState: 'rs-2', status: ['Success'], inResponseTo: id });
  });
  it('several commissions: the person chooses, the service gets the one chosen', async () => {
    const agent = bryggan.agentFor('erik-sandstrom');
    const page = await logIn(agent, bryggan, journal);
    expect(page.step).toBe('choose-commission');
    expect(page.forms.flatMap(({ buttons }) => buttons).filter(({ data }) => data['commission'] !== undefined)).toHaveLength(3);
    const chosen = new Set<string>();
    for (const index of [0, 1, 2]) {
      const other = bryggan.agentFor('erik-sandstrom');
      const received = receivedFrom(await pickCommission(other, await logIn(other, bryggan, journal), index));
      chosen.add(received.attributes['commissionHsaId']?.[0] ?? '');
    }
    expect(chosen.size).toBe(3);
  });
  it('a service that asks for no commission shows no choice to a person who has several', async () => {
    expect(receivedFrom(await logIn(bryggan.agentFor('erik-sandstrom'), bryggan, simple)).attributes['commissionHsaId']).toBeUndefined();
  });
});

describe('single sign-on', () => {
  it('a second service of another party is answered in the same request, without card, page or transaction', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, journal));
    const silent = await planering.start(agent, bryggan, { relayState: 'second' });
    expect(isAnswer(silent)).toBe(true);
    expect(silent.trail).toHaveLength(1);
    expect(receivedFrom(silent)).toMatchObject({ acs: planering.acs, relayState: 'second', status: ['Success'] });
    expect(Object.keys(receivedFrom(silent).attributes)).not.toContain('givenName');
  });
  it('by HTTP-POST too, after one redirect that may read cookies', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, journal));
    const silent = await planering.post(agent, bryggan);
    expect(receivedFrom(silent).status).toEqual(['Success']);
    expect(silent.trail.some((address) => address.includes('card.localhost'))).toBe(false);
  });
  it('every service knows the person by another transient name', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    const names = [receivedFrom(await logIn(agent, bryggan, journal)).nameId, receivedFrom(await planering.start(agent, bryggan)).nameId, receivedFrom(await simple.start(agent, bryggan)).nameId];
    expect(new Set(names).size).toBe(3);
  });
});
