/** HSA slow, away, wrong or without a fact, seen through whole logins over real sockets: a clear page or a marked stale login, never a hang. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/admin/story.ts';
import { readDirectoryData } from '../../src/directory/hsa-file/data.ts';
import type { DirectoryPerson, Employment } from '../../src/directory/model.ts';
import { organisationsOf } from '../contracts/stages/soap.ts';
import { LOGICAL_ADDRESS, serverCa, startHsaSoap, type Misbehaviour, type Simulator } from '../fakes/hsa-soap/simulator.ts';
import { askingService, goOn, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { product, startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { freePorts, until } from '../fixtures/ports.ts';
import type { Visit } from '../fixtures/user-agent.ts';

const simple = askingService({ name: 'simple', wants: ['employeeHsaId!', 'givenName'] });
const prescriber = askingService({ name: 'prescriber', wants: ['employeeHsaId!', 'personalPrescriptionCode!'] });
const greedy = askingService({ name: 'greedy', wants: ['employeeHsaId!', 'personalIdentityNumber!'], yaml: 'release: { deny: [personalIdentityNumber] }\n' });
const traced = askingService({ name: 'traced', wants: ['employeeHsaId!', 'urn:oid:1.2.752.201.3.2'] });

/** The demo's people, as HSA's services would tell of them. */
const demoPeople = (): readonly DirectoryPerson[] => {
  const folder = join(product, 'config/directory-data');
  const reading = readDirectoryData(readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) })));
  if (!reading.ok) throw new Error('the demo people do not read');
  // A place in HSA's tree holds no parentheses.
  const plain = (post: Employment): Employment => ({ ...post, organisation: { ...post.organisation, name: post.organisation.name.replaceAll(/[()]/g, '') } });
  return reading.data.people.map((person) => ({ ...person, employments: person.employments.map(plain), asOf: 0, stale: false }));
};
const people = demoPeople();
let hsa: Simulator;
const startOn = (layers: object, endpoints: readonly string[] = [hsa.url]): Promise<Bryggan> => startBryggan({
  services: [simple.files, prescriber.files, greedy.files, traced.files],
  prepare: ({ root }) => {
    writeFileSync(join(root, 'hsa-authorities.pem'), serverCa());
    writeFileSync(join(root, 'config/directory.yaml'), stringify({
      sources: { hsa: { kind: 'soap', endpoints, logicalAddress: LOGICAL_ADDRESS, authorityFile: 'hsa-authorities.pem', certificateFile: 'certs-dev/functions/bryggan.crt.pem', keyFile: 'certs-dev/functions/bryggan.key.pem', timeoutMilliseconds: 1500, hedgeMilliseconds: 1500, organisations: organisationsOf(people) } },
      layers,
    }));
  },
});
/** Nothing is fresh: every login asks. */
const alwaysAsk = { lifetimes: { post: 0, commissions: 0, professional: 0, roles: 0 }, absenceSeconds: 0 };
const errorOf = (page: Visit): string | undefined => /data-error="([a-z-]+)"/.exec(page.body)?.[1];
const counterOf = async (bryggan: Bryggan, name: string): Promise<number> => {
  const text = await (await fetch(`${bryggan.managementUrl}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(name)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};
const lastLine = (bryggan: Bryggan) => bryggan.audit().findLast(({ type }) => type === 'login.succeeded' || type === 'login.refused');

beforeAll(async () => { hsa = await startHsaSoap(people); });
afterEach(() => { hsa.misbehave(null); });
afterAll(() => hsa.stop());

describe('HSA away or slow', () => {
  let bryggan: Bryggan;
  beforeAll(async () => { bryggan = await startOn({ ...alwaysAsk, staleSeconds: { loa2: 0, loa3: 3600 }, breaker: { failures: 1000 } }); });
  afterAll(() => bryggan.stop());

  it('the twin: everybody is there', async () => expect(receivedFrom(await logIn(bryggan.agentFor('lars-ohman'), bryggan, simple)).status).toEqual(['Success']));
  it.each<readonly [string, Misbehaviour]>([
    ['says nothing', { instead: 'silence' }], ['hangs up', { instead: 'drop' }], ['stops in the middle', { instead: 'cut' }], ['answers 503', { status: 503 }], ['refuses our certificate with 403', { status: 403 }],
  ])('HSA %s: the page says so and how to go on, the service hears of it, and the same login succeeds when HSA is back', async (_what, how) => {
    hsa.misbehave(how);
    // LoA2: nothing older serves here.
    const agent = bryggan.agentFor('gustav-bjork');
    const page = await logIn(agent, bryggan, simple, { relayState: 'kept' });
    expect([page.status, page.step, errorOf(page)]).toEqual([503, 'error', 'directory-away']);
    expect(receivedFrom(page).status).toEqual(['Responder']);
    expect(lastLine(bryggan)).toMatchObject({ type: 'login.refused', code: 'directory.unavailable' });
    hsa.misbehave(null);
    const again = page.links.find(({ href }) => href.includes('/login/'))?.href ?? '';
    expect(receivedFrom(await goOn(agent, await agent.go(new URL(again, page.url).href, { from: page.url })))).toMatchObject({ status: ['Success'], relayState: 'kept' });
  });
  it.each<readonly [string, Misbehaviour]>([
    ['goes on for ever', { instead: 'endless' }], ['answers about somebody else', { body: (right) => right.replaceAll(/(personHsaId>)[^<]+/g, '$1SE2321000131-DEV1001') }], ['answers with half a document', { body: (right) => right.slice(0, right.length / 2) }],
    ['answers with a DOCTYPE', { body: (right) => right.replace('<', '<!DOCTYPE x><') }], ['answers with HTML', { contentType: 'text/html' }],
  ])('HSA %s: refused, also where older facts are at hand (threats J03)', async (_what, how) => {
    const agent = bryggan.agentFor('amir-rostami');
    expect(receivedFrom(await logIn(agent, bryggan, simple)).status).toEqual(['Success']);
    hsa.misbehave(how);
    const page = await logIn(bryggan.agentFor('amir-rostami'), bryggan, simple);
    expect([page.status, errorOf(page), lastLine(bryggan)?.code]).toEqual([502, 'directory-away', 'directory.answer']);
  });
  it('a stale login is marked in the audit line and counted, and says since when; a fresh one is not (threats J05)', async () => {
    receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, simple));
    expect(lastLine(bryggan)?.facts).not.toHaveProperty('staleSince');
    const [stale, asked] = [await counterOf(bryggan, 'bryggan_stale_logins_total'), await counterOf(bryggan, 'bryggan_directory_events_total{source="hsa",event="stale"')];
    hsa.misbehave({ instead: 'drop' });
    expect(receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, simple)).status).toEqual(['Success']);
    expect(Date.parse(lastLine(bryggan)?.facts['staleSince'] as string)).toBeLessThanOrEqual(Date.now());
    expect(await counterOf(bryggan, 'bryggan_stale_logins_total')).toBe(stale + 1);
    expect(await counterOf(bryggan, 'bryggan_directory_events_total{source="hsa",event="stale"')).toBeGreaterThan(asked);
  });
  it('how old facts may be is the level’s: the same silence ends a login at LoA2 and not one at LoA3', async () => {
    for (const person of ['gustav-bjork', 'zeinab-said']) expect(receivedFrom(await logIn(bryggan.agentFor(person), bryggan, simple)).status).toEqual(['Success']);
    hsa.misbehave({ instead: 'drop' });
    expect(errorOf(await logIn(bryggan.agentFor('gustav-bjork'), bryggan, simple))).toBe('directory-away');
    expect(receivedFrom(await logIn(bryggan.agentFor('zeinab-said'), bryggan, simple)).status).toEqual(['Success']);
  });
  it('somebody who was never seen before is not let in by guess', async () => {
    hsa.misbehave({ instead: 'drop' });
    expect(errorOf(await logIn(bryggan.agentFor('ulla-brink'), bryggan, simple))).toBe('directory-away');
  });
  it('/me is there all the same', async () => {
    const agent = bryggan.agentFor('yasmin-noor');
    receivedFrom(await logIn(agent, bryggan, simple));
    hsa.misbehave({ instead: 'drop' });
    expect([(await agent.go(`${bryggan.baseUrl}/me`)).status, (await agent.go(`${bryggan.baseUrl}/me`)).step]).toEqual([200, 'me']);
  });
});

describe('a directory that failed several times in a row', () => {
  let bryggan: Bryggan;
  beforeAll(async () => { bryggan = await startOn({ ...alwaysAsk, breaker: { failures: 2, restSeconds: 2 } }); });
  afterAll(() => bryggan.stop());
  it('is left alone: nobody waits for it, one line tells operations; it is used again by itself', async () => {
    hsa.misbehave({ status: 503 });
    for (let turn = 0; turn < 2; turn += 1) expect(errorOf(await logIn(bryggan.agentFor('hanna-ekdahl'), bryggan, simple))).toBe('directory-away');
    const before = hsa.asked.length;
    expect(errorOf(await logIn(bryggan.agentFor('lars-ohman'), bryggan, simple))).toBe('directory-away');
    expect(hsa.asked.length).toBe(before);
    expect(bryggan.log().match(/"a directory failed several times/g)).toHaveLength(1);
    expect(await counterOf(bryggan, 'bryggan_directory_events_total{source="hsa",event="open"')).toBe(1);
    hsa.misbehave(null);
    await until('the directory is asked again', async () => receivedFrom(await logIn(bryggan.agentFor('lars-ohman'), bryggan, simple)).status[0] === 'Success');
    expect(bryggan.log()).toContain('a directory answers again');
  });
});

describe('HSA is there', () => {
  let bryggan: Bryggan;
  // The first address answers nobody: everything here comes by the second.
  beforeAll(async () => { bryggan = await startOn({}, [`https://localhost:${String((await freePorts(1))[0])}/vp`, hsa.url]); });
  afterAll(() => bryggan.stop());
  it('though its first address is not: nobody notices', async () => {
    expect(receivedFrom(await logIn(bryggan.agentFor('lars-ohman'), bryggan, simple)).status).toEqual(['Success']);
    expect(await counterOf(bryggan, 'bryggan_stale_logins_total')).toBe(0);
  });
  it('and has no value for a required fact: the page names the fact and sends to the person’s organisation, the service gets its profile’s failure', async () => {
    const page = await logIn(bryggan.agentFor('anna-berglund'), bryggan, prescriber);
    expect([page.status, errorOf(page)]).toEqual([403, 'required-missing']);
    expect(page.text).toContain('Det gäller: Förskrivarkod');
    expect(receivedFrom(page)).toMatchObject({ status: ['Responder', 'RequestDenied'], attributes: {} });
    const line = lastLine(bryggan);
    expect(line).toMatchObject({ code: 'release.required-missing', facts: { missing: 'personalPrescriptionCode (no value)' } });
    // What support reads when the person calls with the reference.
    const { story, whoMustAct } = explain(bryggan.auditDirectory(), line?.reference ?? '');
    expect([story.at(-1)?.said, whoMustAct]).toEqual(['refused: release.required-missing. the service requires what no source has a value for: personalPrescriptionCode (no value)', "the person's organisation"]);
  });
  it('nobody at a page (IsPassive): the profile’s failure goes straight to the service', async () => {
    const agent = bryggan.agentFor('anna-berglund');
    receivedFrom(await logIn(agent, bryggan, simple));
    const page = await prescriber.start(agent, bryggan, { attributes: { IsPassive: 'true' } });
    expect([page.step, receivedFrom(page).status]).toEqual(['on-the-way', ['Responder', 'RequestDenied']]);
  });
  it('the twin, who has one, gets in', async () => expect(receivedFrom(await logIn(bryggan.agentFor('erik-sandstrom'), bryggan, prescriber)).attributes['personalPrescriptionCode']).toHaveLength(1));
  it('but the service may not know what it requires: another page, which sends to the service’s owner', async () => {
    const page = await logIn(bryggan.agentFor('anna-berglund'), bryggan, greedy);
    expect([page.status, errorOf(page)]).toEqual([403, 'required-held-back']);
    expect(page.text).toContain('Det gäller: Personnummer');
    expect(receivedFrom(page).status).toEqual(['Responder', 'RequestDenied']);
    expect(lastLine(bryggan)).toMatchObject({ code: 'release.required-held-back', facts: { missing: 'personalIdentityNumber (service-deny)' } });
  });
  it('the same service while HSA is away: that page, not this one', async () => {
    hsa.misbehave({ instead: 'drop' });
    expect(errorOf(await logIn(bryggan.agentFor('erik-sandstrom', {}), bryggan, prescriber))).toBeUndefined();
    expect(errorOf(await logIn(bryggan.agentFor('viktor-ahl'), bryggan, prescriber))).toBe('directory-away');
  });
  it('transactionIdentifier is the reference of the login: what the service logs leads to our audit line', async () => {
    const received = receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, traced));
    expect(received.attributes['urn:oid:1.2.752.201.3.2']).toEqual([lastLine(bryggan)?.reference]);
  });
});
