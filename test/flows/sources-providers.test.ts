/** A party's IdP whose metadata a federation publishes: believed by the key of the list and within its own file's limits, as long as the list has it (threats F01, F06, F08). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { entity, list, publisher, signed, startPublisher, type Publisher } from '../federation/sources/stage.ts';
import { askingService, goOn, LOA, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { until } from '../fixtures/ports.ts';
import { EMPLOYEE_HSA_ID, testKey, type TestKey } from '../fixtures/saml.ts';
import { idpKey, requestAt, upstreamAnswer, upstreamFiles, UPSTREAM_ID, UPSTREAM_SSO, type AnswerParts } from '../fixtures/upstream-idp.ts';
import type { UserAgent, Visit } from '../fixtures/user-agent.ts';
import { serviceXml } from '../parties/tree.ts';

const PERSON = 'SE2120001355-DEV1005';
const OTHERS = 'SE2321000131-DEV1001';
const HOUR = 3_600_000;
const nextKey = testKey('the key after it');
const service = askingService({ name: 'alfa', party: 'goteborg', yaml: 'methods: [organisation]\n' });
const settings = `metadataFrom: { source: feed, entityId: '${UPSTREAM_ID}' }\ntrust:\n  levels: { '${LOA.three}': loa3 }\n  highestLevel: loa3\n  hsaIdPrefixes: [SE2120001355-]\n`;
/** Each is good for longer than the one before: a list that ends before its predecessor is an old one. */
let hours = 240;
const published = (entities: readonly string[], key: TestKey = publisher): string => signed(list([...entities, entity('other'), entity('third')], Date.now() + (hours += 1) * HOUR), key);
const bare = (xml: string): string => xml.replace(/^<\?xml[^>]*>\s*/, '');
const provider = (key = idpKey()): string => bare(upstreamFiles({ key }).xml);

let feed: Publisher;
let bryggan: Bryggan;
beforeAll(async () => {
  feed = await startPublisher();
  feed.serve('/all.xml', published([provider()]));
  bryggan = await startBryggan({
    services: [service.files],
    prepare: ({ root }) => {
      writeFileSync(join(root, 'publisher.crt'), `-----BEGIN CERTIFICATE-----\n${publisher.certificate.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`);
      const edit = (name: string, change: (document: ReturnType<typeof parseDocument>) => void): void => {
        const path = join(root, 'config', name);
        const document = parseDocument(readFileSync(path, 'utf8'));
        change(document);
        writeFileSync(path, String(document));
      };
      edit('federation.yaml', (document) => { document.set('sources', document.createNode([{ id: 'feed', kind: 'aggregate', url: `${feed.base}/all.xml`, certificateFiles: ['publisher.crt'], parties: ['goteborg'] }])); });
      edit('methods.yaml', (document) => { document.addIn(['methods'], document.createNode({ id: 'organisation', kind: 'upstream' })); });
      mkdirSync(join(root, 'metadata/identity-providers/goteborg'), { recursive: true });
      writeFileSync(join(root, 'metadata/identity-providers/goteborg/adfs.yaml'), settings);
    },
  });
  await bryggan.command(['metadata', 'fetch', 'feed']);
  await until('the IdP is offered', async () => (await start(bryggan.agentFor(null))).url.origin === new URL(UPSTREAM_SSO).origin);
});
afterAll(async () => {
  await bryggan.stop();
  await feed.stop();
});

const start = async (agent: UserAgent): Promise<Visit> => goOn(agent, await service.start(agent, bryggan));
const logIn = async (parts: Partial<AnswerParts> = {}, agent = bryggan.agentFor(null)): Promise<Visit> => {
  const { request, relayState } = requestAt(await start(agent));
  const acs = `${bryggan.baseUrl}/upstream/saml/acs`;
  const xml = upstreamAnswer({ now: Date.now(), acs, audience: `${bryggan.baseUrl}/upstream/saml/metadata`, inResponseTo: request.id, classRef: LOA.three, attributes: { [EMPLOYEE_HSA_ID]: [PERSON] }, ...parts });
  const body = new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: relayState ?? '' }).toString();
  return goOn(agent, await agent.go(acs, { method: 'POST', from: new URL(UPSTREAM_SSO), body }));
};
const refusal = async (parts: Partial<AnswerParts>): Promise<string | null | undefined> => {
  expect((await logIn(parts)).step).toBe('card-failed');
  return bryggan.audit().filter(({ type }) => type === 'upstream.refused').at(-1)?.code;
};
const applied = (): number => bryggan.audit().filter(({ type }) => type === 'registry.applied').length;
/** What is published now, fetched; `serves`: it changes the registry. */
const publish = async (xml: string, serves: boolean): Promise<number> => {
  const before = applied();
  feed.serve('/all.xml', xml);
  const { code } = await bryggan.command(['metadata', 'fetch', 'feed']);
  if (serves) await until('what was fetched serves', () => Promise.resolve(applied() > before), () => bryggan.log().slice(-2000));
  return code;
};

it('the twin: its person logs in; another party’s is refused, whoever published it', async () => {
  expect(receivedFrom(await logIn()).attributes['employeeHsaId']).toEqual([PERSON]);
  expect(await refusal({ attributes: { [EMPLOYEE_HSA_ID]: [OTHERS] } })).toBe('upstream.person');
});
it('a list signed by somebody else brings no key', async () => {
  expect(await publish(published([provider(nextKey)], testKey('thief')), false)).toBe(1);
  expect(await refusal({ key: nextKey })).toBe('upstream.signature');
  expect(receivedFrom(await logIn()).status).toEqual(['Success']);
});
it('an entity of the same name that is a service brings no key either', async () => {
  await publish(published([bare(serviceXml(UPSTREAM_ID))]), false);
  expect(await refusal({ key: testKey('registry') })).toBe('upstream.signature');
  expect(receivedFrom(await logIn()).status).toEqual(['Success']);
});
it('a new key of the list is believed, and the old one no longer', async () => {
  await publish(published([provider(nextKey)]), true);
  expect(receivedFrom(await logIn({ key: nextKey })).status).toEqual(['Success']);
  expect(await refusal({ key: idpKey() })).toBe('upstream.signature');
});
it('gone from the list it is asked no more, and sessions that began there answer no longer', async () => {
  const agent = bryggan.agentFor(null);
  expect(receivedFrom(await logIn({ key: nextKey }, agent)).status).toEqual(['Success']);
  const [held, waiting] = [requestAt(await start(bryggan.agentFor(null))), bryggan.agentFor(null)];
  await publish(published([]), true);
  expect(receivedFrom(await start(agent)).status[0]).toBe('Responder');
  const acs = `${bryggan.baseUrl}/upstream/saml/acs`;
  const xml = upstreamAnswer({ now: Date.now(), acs, audience: `${bryggan.baseUrl}/upstream/saml/metadata`, inResponseTo: held.request.id, classRef: LOA.three, attributes: { [EMPLOYEE_HSA_ID]: [PERSON] }, key: nextKey });
  await waiting.go(acs, { method: 'POST', from: new URL(UPSTREAM_SSO), body: new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString('base64'), RelayState: held.relayState ?? '' }).toString() });
  expect(bryggan.audit().filter(({ type }) => type === 'upstream.refused').at(-1)?.code).toBe('upstream.disabled');
});
