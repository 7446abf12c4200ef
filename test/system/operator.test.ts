/**
 * A municipality's operator at the command line of a running Bryggan under review: adds a service from its metadata, sees the plan, applies
 * it, its nurse logs in; rolls its certificate; breaks it and goes back. docs/operations/metadata.md shows this walk.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askingService, isAnswer, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { keyDescriptor, testKey } from '../fixtures/saml.ts';

const service = askingService({ name: 'hemtjanst', party: 'ale' });
const file = (name: string): string => join(bryggan.root, name);
const live = (): string => file('metadata/services/ale/hemtjanst.xml');
let bryggan: Bryggan;
const run = async (...args: readonly string[]) => bryggan.command(args);
const planned = async (): Promise<string> => /--version (\S+)/.exec((await run('plan')).output)?.[1] ?? '';
const held = (): number => bryggan.audit().filter(({ type }) => type === 'registry.held').length;

beforeAll(async () => {
  bryggan = await startBryggan({ services: [askingService({ name: 'standing' }).files], broker: (broker) => { broker.set('reload', 'review'); } });
  writeFileSync(file('from-the-supplier.xml'), service.files.xml);
});
afterAll(() => bryggan.stop());

describe('a new service', () => {
  it('is refused with file, line and fix when its metadata is broken; nothing is written', async () => {
    writeFileSync(file('broken.xml'), service.files.xml.replace('HTTP-POST', 'HTTP-PSOT'));
    const { code, output } = await run('service', 'add', 'ale/hemtjanst', '--metadata', file('broken.xml'));
    expect(code).toBe(1);
    expect(output).toMatch(/hemtjanst\.xml:\d+.*HTTP-POST.*fix: /s);
    expect((await run('plan')).output).toContain('Nothing would change.');
  });
  it('is added from its metadata, waits, is applied as it was planned, and its nurse logs in', async () => {
    const added = await run('service', 'add', 'ale/hemtjanst', '--metadata', file('from-the-supplier.xml'), '--federation', 'inera');
    expect(added).toMatchObject({ code: 0 });
    expect(added.output).toContain('! ale/hemtjanst: is new: Tjänsten hemtjanst, https://hemtjanst.service.example/saml, follows inera (users of ale)');
    expect((await run('plan')).code).toBe(1);
    const before = await service.start(bryggan.agentFor('anna-berglund'), bryggan);
    expect(isAnswer(before)).toBe(false);
    const applied = await run('apply', '--version', await planned(), '--by', 'anna');
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.output).toMatch(/Applied: version \S{12} serves\./);
    expect(receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, service)).status).toEqual(['Success']);
    expect(bryggan.audit().findLast(({ type }) => type === 'registry.applied')).toMatchObject({ facts: { by: 'anna', added: ['ale/hemtjanst'] } });
    expect((await run('plan')).output).toContain('Nothing would change.');
  });
  it('cannot be added twice, nor under a party that does not exist', async () => {
    expect((await run('service', 'add', 'ale/hemtjanst', '--metadata', file('from-the-supplier.xml'))).output).toContain('exists');
    expect((await run('service', 'add', 'nowhere/x', '--metadata', file('from-the-supplier.xml'))).code).toBe(1);
  });
});

describe('its certificate', () => {
  it('a new one beside the old needs nobody', async () => {
    writeFileSync(live(), service.files.xml.replace('</md:KeyDescriptor>', `</md:KeyDescriptor>${keyDescriptor(testKey('its next').certificate, 'signing')}`));
    await until('it is taken', () => bryggan.audit().some(({ type, facts }) => type === 'registry.applied' && JSON.stringify(facts['changes']).includes('adds a signing key')), () => bryggan.log().slice(-2000));
    expect(receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, service)).status).toEqual(['Success']);
  });
  it('one in the place of both waits; the old one serves meanwhile; a plan that is no longer true is refused', async () => {
    const before = held();
    writeFileSync(live(), service.files.xml.replace(/<md:KeyDescriptor.*?<\/md:KeyDescriptor>/s, keyDescriptor(testKey('a stranger').certificate, 'signing')));
    await until('it waits', () => held() > before, () => bryggan.log().slice(-2000));
    const { output } = await run('plan');
    expect(output).toContain('replaces its signing key without overlap');
    expect(receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, service)).status).toEqual(['Success']);
    expect((await run('apply', '--version', 'AAAAAAAAAAAA')).output).toContain('no longer those of that plan');
    expect((await run('doctor')).output).toContain('changed files wait for a person');
  });
});

describe('a mistake', () => {
  it('that was applied is rolled back in one word, and the files wait until they are mended', async () => {
    expect((await run('apply', '--version', await planned(), '--by', 'anna')).code).toBe(0);
    expect(isAnswer(await service.start(bryggan.agentFor('anna-berglund'), bryggan))).toBe(false);
    const back = await run('rollback', '--by', 'erik');
    expect(back.code).toBe(0);
    expect(back.output).toContain('Applied: version');
    expect(receivedFrom(await logIn(bryggan.agentFor('anna-berglund'), bryggan, service)).status).toEqual(['Success']);
    expect((await run('rollback', '--list')).output).toMatch(/erik.*\n.*anna.*without overlap/);
    expect(bryggan.audit().findLast(({ type }) => type === 'registry.rolled-back')).toMatchObject({ facts: { by: 'erik' } });
  });
  it('a service that is removed is refused once that is applied', async () => {
    rmSync(file('from-the-supplier.xml'));
    expect((await run('service', 'remove', 'ale/hemtjanst')).output).toContain('logins from https://hemtjanst.service.example/saml are refused');
    expect((await run('apply', '--by', 'anna')).code).toBe(0);
    expect(isAnswer(await service.start(bryggan.agentFor('anna-berglund'), bryggan))).toBe(false);
    expect((await run('service', 'remove', 'ale/hemtjanst')).code).toBe(2);
  });
});
