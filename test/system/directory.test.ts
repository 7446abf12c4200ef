/** Real directories behind a real Bryggan: hardened, in the environment production, with LDAP for people and HSA's services for the rest. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTools } from '../../src/app-tools.ts';
import { explain } from '../../src/admin/story.ts';
import { askingService, goOn, isAnswer, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { OwnPki, startProduction, type Production } from '../fixtures/production.ts';
import { organisationsOf } from '../contracts/stages/soap.ts';
import { complete, protectedPerson, twoPosts, world } from '../directory/world.ts';
import { LOGICAL_ADDRESS, startHsaSoap, type Simulator } from '../fakes/hsa-soap/simulator.ts';
import { BIND_DN, BIND_PASSWORD, ldifFor, startSlapd, type Slapd } from '../peers/slapd.ts';

const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'commissionHsaId', 'commissionRight', 'mail', 'personalPrescriptionCode', 'healthcareProfessionalLicense', 'systemRole'] });
const simple = askingService({ name: 'simple', wants: ['employeeHsaId!', 'organizationName', 'mail'] });
const named = askingService({ name: 'named', wants: ['employeeHsaId!', 'givenName', 'surname', 'mail', 'urn:userOrganizationName'] });
const pki = new OwnPki();
let slapd: Slapd;
let hsa: Simulator;
let production: Production | undefined;
const read = (path: string): string => readFileSync(path, 'utf8');

beforeAll(async () => {
  const [catalogue, service, client] = [pki.server('catalogue', 'localhost'), pki.functionPair('directory', 'serverAuth'), pki.functionPair('bryggan', 'clientAuth')];
  const functions = pki.authorityFile(pki.function, 'function-ca');
  slapd = await startSlapd(ldifFor(world), { files: { ...catalogue, clientAuthorityFile: functions } });
  hsa = await startHsaSoap(world, { cert: read(service.certificateFile), key: read(service.keyFile), ca: read(functions) });
  production = await startProduction(pki, {
    sources: {
      local: { kind: 'ldap', url: slapd.server.url, authorityFile: pki.authorityFile(pki.tls, 'tls-ca'), bindDn: BIND_DN, passwordFile: pki.write('ldap-password', BIND_PASSWORD), base: 'c=SE', commissions: 'none', providers: 'none' },
      hsa: { kind: 'soap', endpoints: [hsa.url], logicalAddress: LOGICAL_ADDRESS, searchBase: 'c=SE', authorityFile: functions, ...client, organisations: organisationsOf(world) },
    },
    layers: { precedence: { post: ['local'], commissions: ['hsa'], professional: ['hsa', 'local'], roles: ['hsa'] } },
  }, [journal.files, simple.files, named.files]);
}, 60_000);
afterAll(async () => {
  await production?.stop();
  await hsa.stop();
  await slapd.stop();
  pki.remove();
});
const running = (): Production => production ?? (() => { throw new Error('did not start'); })();
const agentWith = (kind: 'hsa-id' | 'personal-identity-number', identifier: string) => running().bryggan.agentFor(running().card(kind, identifier));

describe('hardened, in production: the catalogue for people over LDAPS, HSA’s services by function certificate for the rest', () => {
  it('somebody logs in; each kind of fact comes from its own source', async () => {
    const [{ hsaId, commissions: [commission] }] = complete.employments as never as [{ hsaId: string; commissions: [{ hsaId: string }] }];
    const received = receivedFrom(await logIn(agentWith('hsa-id', hsaId), running().bryggan, journal));
    expect(received.status).toEqual(['Success']);
    expect(received.attributes).toEqual({
      employeeHsaId: [hsaId], commissionHsaId: [commission.hsaId], commissionRight: ['Läsa;alla;SJF', 'Skriva;upp;VE'], mail: ['erik.sandstrom@vgr.example'],
      personalPrescriptionCode: ['9000027'], healthcareProfessionalLicense: ['LK', 'SJ'], systemRole: ['BIF;Spärradministratör'],
    });
    expect(hsa.asked.length).toBeGreaterThan(0);
    expect(hsa.violations).toEqual([]);
    expect(running().bryggan.audit().some(({ type, facts }) => type === 'service.started' && facts['environment'] === 'production')).toBe(true);
  });
  it('by personal identity number alone: all employments are found, and several lead to the choice', async () => {
    const agent = agentWith('personal-identity-number', twoPosts.personalIdentityNumber ?? '');
    const page = await logIn(agent, running().bryggan, simple);
    expect([page.step, page.text.includes('Västra Götalandsregionen'), page.text.includes('Göteborgs kommun')]).toEqual(['choose-employee', true, true]);
    const received = receivedFrom(await agent.submit(page, { button: ({ text }) => text.includes('Göteborgs kommun') }));
    expect([received.status, received.attributes['employeeHsaId']]).toEqual([['Success'], ['SE2120001355-TWO2']]);
  });
  it('once warm, logins ask nobody: fifty more of the same person, with the card and from the session', async () => {
    const card = running().card('hsa-id', complete.employments[0]?.hsaId ?? '');
    await logIn(running().bryggan.agentFor(card), running().bryggan, journal);
    const before = hsa.asked.length;
    const agent = running().bryggan.agentFor(card);
    for (let turn = 0; turn < 5; turn += 1) expect(isAnswer(await logIn(running().bryggan.agentFor(card), running().bryggan, journal))).toBe(true);
    expect(isAnswer(await logIn(agent, running().bryggan, journal))).toBe(true);
    for (let turn = 0; turn < 45; turn += 1) expect(isAnswer(await journal.start(agent, running().bryggan))).toBe(true);
    expect(hsa.asked.length).toBe(before);
  });
  it('a protected person logs in, unnamed: no name, number, place or mark in what is sent, logged, counted or explained (threats J08)', async () => {
    const { bryggan } = running();
    const agent = agentWith('hsa-id', protectedPerson.employments[0]?.hsaId ?? '');
    const own = await agent.go(`${bryggan.baseUrl}/me`);
    const page = await logIn(agent, bryggan, named);
    const told = bryggan.audit().filter(({ person }) => person === protectedPerson.employments[0]?.hsaId);
    const metrics = await (await fetch(`${bryggan.managementUrl}/metrics`)).text();
    const story = JSON.stringify(explain(bryggan.auditDirectory(), told.find(({ type }) => type === 'login.succeeded')?.reference ?? ''));
    for (const text of [own.text, page.text, receivedFrom(page).xml, JSON.stringify(told.map(({ facts }) => facts)), story, metrics, bryggan.log()]) expect(text.replaceAll('SE2321000131-PROTECTED', '')).not.toMatch(/Sandström|190112129911|protect|skydd/i);
    for (const text of [metrics, bryggan.log()]) expect(text).not.toContain('PROTECTED');
    expect(receivedFrom(page).attributes).toEqual({ employeeHsaId: [protectedPerson.employments[0]?.hsaId] });
    expect(story).toContain('givenName held-back not-entitled');
    const twin = receivedFrom(await logIn(agentWith('hsa-id', 'SE2321000131-CURRENT'), bryggan, named));
    expect(twin.attributes['surname']).toEqual(['Sandström']);
  });
  it('a protected person gets what every service may know', async () => {
    const received = receivedFrom(await logIn(agentWith('hsa-id', protectedPerson.employments[0]?.hsaId ?? ''), running().bryggan, journal));
    expect(received.attributes).toEqual({ employeeHsaId: [protectedPerson.employments[0]?.hsaId] });
  });
  it('the catalogue says nothing: the page comes all the same, and when it answers again the same login goes on', async () => {
    const agent = agentWith('hsa-id', 'SE2321000131-COORD');
    slapd.kill('SIGSTOP');
    onTestFinished(() => slapd.kill('SIGCONT'));
    const page = await logIn(agent, running().bryggan, simple, { relayState: 'kept' });
    expect([page.status, page.step]).toEqual([503, 'error']);
    slapd.kill('SIGCONT');
    const again = page.links.find(({ href }) => href.includes('/login/'))?.href ?? '';
    expect(receivedFrom(await goOn(agent, await agent.go(new URL(again, page.url).href, { from: page.url })))).toMatchObject({ status: ['Success'], relayState: 'kept' });
  });
  it('doctor watches the certificate that HSA knows us by', async () => {
    const opened = await createTools(running().bryggan.root).open();
    await opened.close();
    expect(opened.certificates.map(({ what }) => what)).toContain('directory hsa');
  });
  it('feigned people are nobody here', async () => {
    const page = await logIn(agentWith('hsa-id', 'SE2321000131-FEIGNED'), running().bryggan, journal);
    expect([page.step, receivedFrom(page).status]).toEqual(['error', ['Responder', 'RequestDenied']]);
    expect(running().bryggan.audit().at(-1)).toMatchObject({ type: 'login.refused', code: 'directory.person-unknown' });
  });
});
