/** The feeds as documents: who is in them, that others verify them, when they are signed anew, and that a fault leaves the ones before. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fail, toBrygganError } from '../../../src/core/errors.ts';
import { transformedId } from '../../../src/federation/publish/documents.ts';
import { frozenText } from '../../../src/federation/publish/frozen.ts';
import { verifyByOther } from '../../../src/federation/publish/second-opinion.ts';
import { getFeed, pemOf } from '../../../src/federation/publish/publisher.ts';
import { attributeOf, childElements, readXml, verifyEnveloped } from '../../../src/saml/xml/index.ts';
import { namespaces } from '../../../src/saml/names.ts';
import { testKey } from '../../fixtures/saml.ts';
import { feedOf, HOUR, metadataKey, ourselves, serviceCalled, stage } from './stage.ts';

const journal = serviceCalled('https://journal.example.se/saml');
const plan = serviceCalled('https://plan.example.se/saml');
const rootOf = (bytes: Buffer) => readXml(bytes, 'metadata');

describe('a published feed', () => {
  it('is signed by the metadata key, names its members, its own address and its end, and the zipped bytes are the same', async () => {
    const { publisher, now } = stage();
    expect(await publisher.refresh([feedOf('sambi', ourselves, journal)])).toEqual(['sambi']);
    const feed = publisher.find('sambi');
    const root = rootOf(feed?.document.bytes ?? Buffer.alloc(0));
    expect(verifyEnveloped(root, [metadataKey.publicKey], { document: root, now }).element).toBe(root);
    expect(attributeOf(root, 'Name')).toBe('https://login.example.se/metadata/sambi.xml');
    expect(attributeOf(root, 'validUntil')).toBe(new Date(now + 168 * HOUR).toISOString());
    expect(childElements(root, namespaces.md, 'EntityDescriptor').map((one) => attributeOf(one, 'entityID'))).toEqual([ourselves.entityId, journal.entityId]);
    expect(gunzipSync(feed?.document.gzip ?? Buffer.alloc(0))).toEqual(feed?.document.bytes);
  });
  it('has one document per entity, never wrapped, signed, by its id and by the id’s hash', async () => {
    const { publisher, now } = stage();
    await publisher.refresh([feedOf('sambi', ourselves, journal)]);
    const { entities } = publisher.find('sambi') ?? { entities: new Map<string, { bytes: Buffer }>() };
    const [byId, byHash] = [entities.get(journal.entityId), entities.get(transformedId(journal.entityId))];
    expect(byId?.bytes).toEqual(byHash?.bytes);
    const root = rootOf(byId?.bytes ?? Buffer.alloc(0));
    expect(root.localName).toBe('EntityDescriptor');
    expect(verifyEnveloped(root, [metadataKey.publicKey], { document: root, now }).element).toBe(root);
    expect(entities.get('https://plan.example.se/saml')).toBeUndefined();
  });
  it('the hash of an id is that of the test vector', () => {
    expect(transformedId('http://example.org/service')).toBe('{sha1}11d72e8cf351eb6c75c721e838f469677ab41bdb');
  });
  it('each feed stands alone: what is in one is not in another', async () => {
    const { publisher } = stage();
    await publisher.refresh([feedOf('sambi', ourselves, journal), feedOf('applications', ourselves)]);
    expect(publisher.find('applications')?.entities.get(journal.entityId)).toBeUndefined();
    expect(publisher.find('local-idps')).toBeUndefined();
  });
});

describe('when it is signed anew', () => {
  it('not while nothing changed; at half of its life; at once when its content changes', async () => {
    const world = stage();
    const { publisher } = world;
    await publisher.refresh([feedOf('sambi', ourselves)]);
    const first = publisher.find('sambi');
    world.now += 83 * HOUR;
    expect(await publisher.refresh([feedOf('sambi', ourselves)])).toEqual([]);
    expect(publisher.find('sambi')).toBe(first);
    expect(await publisher.refresh([feedOf('sambi', ourselves, journal)])).toEqual(['sambi']);
    world.now += 84 * HOUR;
    expect(await publisher.refresh([feedOf('sambi', ourselves, journal)])).toEqual(['sambi']);
    expect(publisher.find('sambi')?.validUntil).toBe(world.now + 168 * HOUR);
  });
  it('since when a member has been in it survives, and a newcomer has its own', async () => {
    const world = stage();
    const began = world.now;
    await world.publisher.refresh([feedOf('sambi', ourselves, journal)]);
    world.now += 100 * HOUR;
    await world.publisher.refresh([feedOf('sambi', ourselves, journal, plan)]);
    expect(world.publisher.find('sambi')?.members.map(({ since }) => since)).toEqual([began, began, world.now]);
    expect(world.kept[`sambi ${journal.entityId}`]).toBe(began);
  });
  it('a member that ends earlier ends the feed earlier, and is left out once it has ended; the others stay', async () => {
    const world = stage();
    const short = serviceCalled('https://short.example.se/saml', { validUntil: world.now + 2 * HOUR });
    await world.publisher.refresh([feedOf('sambi', ourselves, short)]);
    expect(world.publisher.find('sambi')?.validUntil).toBe(world.now + 2 * HOUR);
    world.now += 3 * HOUR;
    expect(world.publisher.find('sambi')).toBeUndefined();
    await world.publisher.refresh([feedOf('sambi', ourselves, short)]);
    expect(world.publisher.find('sambi')?.members.map(({ entityId }) => entityId)).toEqual([ourselves.entityId]);
  });
  it('"not now" is not "not here": a feed that is not signed yet, or has ended, is unavailable; one that is switched off or has no member is not found', async () => {
    const world = stage();
    const told = (): string => { try { return getFeed(world.publisher, 'sambi').id; } catch (error) { return toBrygganError(error).code; } };
    expect(told()).toBe('federation.unavailable');
    await world.publisher.refresh([feedOf('sambi', ourselves)]);
    expect(told()).toBe('sambi');
    world.now += 169 * HOUR;
    expect(told()).toBe('federation.unavailable');
    await world.publisher.refresh([feedOf('sambi')]);
    expect(told()).toBe('web.not-found');
    await world.publisher.refresh([feedOf('sambi', ourselves)]);
    expect(told()).toBe('sambi');
    await world.publisher.refresh([]);
    expect(told()).toBe('web.not-found');
  });
  it('what another implementation does not verify is not published: the one before serves, to its own end, and the fault is told', async () => {
    let good = true;
    const world = stage({ verify: async (...given) => (good ? verifyByOther(...given) : fail('federation.not-verified', 'no')) });
    await world.publisher.refresh([feedOf('sambi', ourselves)]);
    const first = world.publisher.find('sambi');
    good = false;
    expect(await world.publisher.refresh([feedOf('sambi', ourselves, journal)])).toEqual([]);
    expect(world.publisher.find('sambi')).toBe(first);
    expect(world.publisher.faults).toMatchObject([{ feed: 'sambi', detail: 'federation.not-verified: no' }]);
    world.now += 169 * HOUR;
    expect(world.publisher.find('sambi')).toBeUndefined();
    good = true;
    await world.publisher.refresh([feedOf('sambi', ourselves, journal)]);
    expect(world.publisher.faults).toEqual([]);
  });
});

describe('the second implementation', () => {
  const text = async (): Promise<string> => {
    const { publisher } = stage();
    await publisher.refresh([feedOf('sambi', ourselves)]);
    return String(publisher.find('sambi')?.document.bytes);
  };
  it('accepts what is good, and refuses it with one octet changed, without signature, or under another key', async () => {
    const good = await text();
    const pem = pemOf(metadataKey.certificate);
    await expect(verifyByOther(pem, [good])).resolves.toBeUndefined();
    for (const bad of [good.replace('transient', 'transienT'), good.replace(/<ds:Signature .*<\/ds:Signature>/s, ''), good.replace('<md:EntityDescriptor', '<!-- x --><md:EntityDescriptor')]) {
      await expect(verifyByOther(pem, [good, bad])).rejects.toMatchObject({ code: 'federation.not-verified', facts: { document: 1 } });
    }
    await expect(verifyByOther(pemOf(testKey('other').certificate), [good])).rejects.toMatchObject({ code: 'federation.not-verified' });
  });
});

describe('the frozen export', () => {
  it('is the same bytes whenever and in whatever order it is made, holds no time and no signature', () => {
    const one = frozenText(feedOf('sambi', ourselves, journal, plan));
    expect(frozenText(feedOf('sambi', plan, ourselves, journal))).toBe(one);
    expect(one).not.toMatch(/validUntil|cacheDuration| ID=|Signature/);
    expect(frozenText(feedOf('sambi', ourselves, journal))).not.toBe(one);
  });
});
