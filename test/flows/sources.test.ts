/** A service that stands in a federation's list and in no file of ours: taken in by two operators, logged in to, kept while its list is attacked or away. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { entity, list, publisher, signed, startPublisher, type Publisher } from '../federation/sources/stage.ts';
import { askingService, isAnswer, logIn } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { testKey } from '../fixtures/saml.ts';

const service = askingService({ name: 'remiss', party: 'ale' });
const DAY = 86_400_000;
const feedWith = (days: number, key = publisher): string => signed(list([service.files.xml.replace(/^<\?xml[^>]*>\s*/, ''), entity('other')], Date.now() + days * DAY), key);
let feed: Publisher;
let bryggan: Bryggan;
beforeAll(async () => {
  feed = await startPublisher();
  feed.serve('/all.xml', feedWith(10));
  bryggan = await startBryggan({
    broker: (broker) => { broker.set('reload', 'review'); broker.set('secondPerson', true); },
    prepare: ({ root }) => {
      writeFileSync(join(root, 'publisher.crt'), `-----BEGIN CERTIFICATE-----\n${publisher.certificate.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`);
      const path = join(root, 'config', 'federation.yaml');
      const document = parseDocument(readFileSync(path, 'utf8'));
      document.set('sources', document.createNode([{ id: 'feed', kind: 'aggregate', url: `${feed.base}/all.xml`, certificateFiles: ['publisher.crt'], parties: ['ale'] }]));
      writeFileSync(path, String(document));
    },
  });
});
afterAll(async () => {
  await bryggan.stop();
  await feed.stop();
});
const run = (...args: readonly string[]) => bryggan.command(args);
const logsIn = async (): Promise<boolean> => isAnswer(await logIn(bryggan.agentFor('anna-berglund'), bryggan, service));
const metric = async (name: string): Promise<string | undefined> => (await (await fetch(`${bryggan.managementUrl}/metrics`)).text()).split('\n').find((one) => one.startsWith(name));

describe('a service that a federation publishes', () => {
  it('is fetched, named in a file, seen in the difference, ordered by two people, and then serves', async () => {
    expect(await run('metadata', 'fetch', 'feed')).toMatchObject({ code: 0, output: expect.stringMatching(/feed\s+ok\s+2/) as string });
    mkdirSync(join(bryggan.root, 'metadata/services/ale'), { recursive: true });
    writeFileSync(join(bryggan.root, 'metadata/services/ale/remiss.yaml'), `${service.files.yaml}\nmetadataFrom: { source: feed, entityId: '${service.entityId}' }\n`);
    await until('the change waits', () => bryggan.audit().some(({ type }) => type === 'registry.held'), () => bryggan.log().slice(-2000));
    const { code, output } = await run('metadata', 'diff');
    expect(output).toContain('! ale/remiss: is new');
    expect(code).toBe(1);
    expect((await run('apply', '--by', 'anna')).output).toContain('Another person must order it too');
    expect((await run('apply', '--by', 'anna')).output).toContain('Another person must order it too');
    expect((await run('apply', '--by', 'erik')).output).toContain('Applied');
    expect(await logsIn()).toBe(true);
    expect((await run('metadata', 'diff')).output).toContain('Nothing would change.');
  });
  it('a file that names a source which is not there, or which may not speak for its party, is found before anybody waits for it', async () => {
    const file = join(bryggan.root, 'metadata/services/ale/other.yaml');
    const add = (id: string, source: string) => run('service', 'add', id, '--from', source, '--entity', 'https://other.example.se/saml');
    expect(await add('ale/other', 'sambi')).toMatchObject({ code: 1, output: expect.stringContaining('metadataFrom.source is no row of sources in config/federation.yaml; fix: write one of feed') as string });
    expect(await add('vgr/other', 'feed')).toMatchObject({ code: 1, output: expect.stringContaining('may not speak for vgr') as string });
    expect(await run('service', 'add', 'ale/other', '--from', 'feed')).toMatchObject({ code: 2 });
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, "metadataFrom: { source: sambi, entityId: 'https://other.example.se/saml' }\n");
    expect(await run('check')).toMatchObject({ code: 1, output: expect.stringContaining('other.yaml: metadataFrom.source is no row of sources') as string });
    rmSync(file);
    expect((await run('check')).code).toBe(0);
  });
  it('a second one is added by a command, and the lint reads what its source gives', async () => {
    const entityId = /entityID="([^"]+)"/.exec(entity('other'))?.[1] ?? '';
    expect(await run('service', 'add', 'ale/other', '--from', 'feed', '--entity', entityId)).toMatchObject({ code: 0, output: expect.stringContaining('bryggan metadata fetch feed') as string });
    await until('it waits', async () => (await run('metadata', 'diff')).output.includes('! ale/other: is new'));
    expect((await run('metadata', 'lint')).output).toMatch(/ale\/other\.yaml: .*of what its source gives.*ask its publisher/);
    expect((await run('service', 'remove', 'ale/other')).code).toBe(0);
    expect((await run('metadata', 'diff')).output).toContain('Nothing would change.');
  });
  it('its removal would be one change, and is taken back by writing its file again', async () => {
    const file = join(bryggan.root, 'metadata/services/ale/remiss.yaml');
    const yaml = readFileSync(file);
    expect((await run('service', 'remove', 'ale/remiss')).output).toMatch(/! ale\/remiss: .*\n\n1 change, 1 of high risk/);
    writeFileSync(file, yaml);
    expect((await run('metadata', 'diff')).output).toContain('Nothing would change.');
  });
  it('goes on while its list is signed by somebody else, and operations are told', async () => {
    feed.serve('/all.xml', feedWith(11, testKey('thief')));
    const { code, output } = await run('metadata', 'fetch');
    expect(code).toBe(1);
    expect(output).toMatch(/feed\s+late\s+2/);
    expect((await run('doctor')).output).toMatch(/source feed\s+late: 2 entities.*refused: /);
    expect(await metric('bryggan_source_alarm')).toBe('bryggan_source_alarm{source="feed"} 1');
    expect(await metric('bryggan_source_entities')).toBe('bryggan_source_entities{source="feed"} 2');
    expect(await logsIn()).toBe(true);
  });
  it('and over a restart while its publisher is away', async () => {
    feed.routes.clear();
    await bryggan.kill9();
    await bryggan.restart();
    expect(await logsIn()).toBe(true);
    expect(await run('metadata', 'fetch', 'nobody')).toMatchObject({ code: 2, output: expect.stringContaining('no source nobody') as string });
    expect(await run('metadata', 'fetch', '--anyway')).toMatchObject({ code: 2, output: expect.stringContaining('name it') as string });
  });
});
