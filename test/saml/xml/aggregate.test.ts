/** The streaming verifier against the tree reader on the same octets, and what it refuses. Aggregates are signed by hand with node:crypto. */
import { createHash, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { AggregateVerifier, type AggregateIndex } from '../../../src/saml/xml/aggregate.ts';
import { aggregateLimits } from '../../../src/saml/xml/limits.ts';
import { attributeOf, canonicalise, childElements, readEntity, readXml, verifyAggregate, verifyEnveloped, type XmlElement } from '../../../src/saml/xml/index.ts';
import { refusedWith, rejectedWith } from '../../fixtures/refused.ts';
import { NOW, testKey } from '../../fixtures/saml.ts';
import { algorithm, DS, ENVELOPED, EXCLUSIVE, RSA_SHA256, SHA256, twoTransforms } from './hand-signed.ts';

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const key = testKey('federation');
const keys = [key.publicKey];
const directory = mkdtempSync(join(tmpdir(), 'bryggan-aggregate-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Parts { readonly open?: string; readonly content?: string; readonly before?: string; readonly prefixes?: string; readonly place?: (signature: string) => string; readonly uri?: string; readonly head?: string }
const entity = (name: string, inside = ''): string => `<md:EntityDescriptor entityID="https://${name}.example/saml">${inside}</md:EntityDescriptor>`;
const OPEN = `<md:EntitiesDescriptor xmlns:md="${MD}" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" ID="_all" Name="urn:federation" validUntil="2026-07-01T00:00:00Z">`;
const CONTENT = `\n  ${entity('a', '<mdui:Logo height="1" width=\'2\'/><!-- comment --><md:Extensions xmlns="urn:x"><y a="&lt;"/></md:Extensions>')}\n  ${entity('b', 'Räksmörgås 𝔘 <![CDATA[<&>]]> &#x41;')}\n<?pi data?>`;
/** Any text becomes a signed aggregate: what is hashed is its canonical form, made by the tree. */
const aggregate = ({ open = OPEN, content = CONTENT, before = '', prefixes, place = (text: string): string => text, uri = '#_all', head = '' }: Parts = {}): string => {
  const unsigned = readXml(Buffer.from(`${open}${before}${content}</md:EntitiesDescriptor>`), 'metadata', aggregateLimits);
  const inclusive = prefixes === undefined ? [] : prefixes.split(' ').map((prefix) => (prefix === '#default' ? '' : prefix));
  const digest = createHash('sha256').update(canonicalise(unsigned, { inclusivePrefixes: inclusive })).digest('base64');
  const transforms = prefixes === undefined ? twoTransforms : algorithm('Transform', ENVELOPED) + algorithm('Transform', EXCLUSIVE, `<ec:InclusiveNamespaces xmlns:ec="${EXCLUSIVE}" PrefixList="${prefixes}"></ec:InclusiveNamespaces>`);
  const info = (declared: string): string => `<ds:SignedInfo${declared}>${algorithm('CanonicalizationMethod', EXCLUSIVE)}${algorithm('SignatureMethod', RSA_SHA256)}<ds:Reference URI="${uri}"><ds:Transforms>${transforms}</ds:Transforms>${algorithm('DigestMethod', SHA256)}<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const value = sign('sha256', Buffer.from(info(` xmlns:ds="${DS}"`)), key.privateKey).toString('base64');
  return `${head}${open}${before}${place(`<ds:Signature xmlns:ds="${DS}">${info('')}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`)}${content}</md:EntitiesDescriptor>`;
};
const stream = (text: string | Buffer, size = 65_536, limits: Partial<typeof aggregateLimits> = {}): AggregateIndex => {
  const bytes = Buffer.from(text);
  const verifier = new AggregateVerifier(keys, { now: NOW }, { ...aggregateLimits, ...limits });
  for (let at = 0; at < bytes.length; at += size) verifier.push(bytes.subarray(at, at + size));
  return verifier.finish();
};
const tree = (text: string): XmlElement => {
  const document = readXml(Buffer.from(text), 'metadata', aggregateLimits);
  return verifyEnveloped(document, keys, { document, now: NOW }).element;
};
const namesIn = (root: XmlElement): readonly string[] => childElements(root, MD, 'EntityDescriptor').map((found) => attributeOf(found, 'entityID') ?? '');

describe('the stream says what the tree says', () => {
  const cases: readonly (readonly [string, Parts])[] = [
    ['a plain aggregate', {}],
    ['a declaration and white space around it', { head: '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made today -->\n<?style x?>' }],
    ['a byte order mark', { head: '\uFEFF' }],
    ['text before the signature', { before: '\n   ' }],
    ['a comment and an instruction before the signature', { before: '<!-- x --><?x y?>' }],
    ['a PrefixList', { prefixes: 'mdui xs', open: OPEN.replace(' ID=', ' xmlns:xs="http://www.w3.org/2001/XMLSchema" ID=') }],
    ['a PrefixList with #default', { prefixes: '#default mdui', open: OPEN.replace(' ID=', ' xmlns="urn:default" ID=') }],
    ['line ends of Windows', { content: CONTENT.replaceAll('\n', '\r\n') }],
    ['attributes in any order, in any namespace', { content: entity('a').replace('entityID', 'z="1" xml:lang="sv" b:c="2" xmlns:b="urn:b" a="3" entityID') }],
    ['> and quotes in attributes', { content: entity('a').replace('entityID', `z="a>b'c" y='d>"e' entityID`) }],
    ['names outside ASCII', { content: entity('a', '<räk ﬁ="1" 𐀀="2" xmlns:å="urn:a" å:ä="ö"/>') }],
    ['references to characters of every length', { content: entity('a', '<x a="&#x7f;&#x80;&#xff;&#x7ff;&#x800;&#xffff0;">&#x7f;&#x80;&#xff;&#x7ff;&#x800;&#xffff0; กÀ\u07ff\u0800\ud7ff\ue000\u{10000}\u{10ffff}</x>') }],
    ['an empty element that is an entity', { content: '<md:EntityDescriptor entityID="https://a.example/saml"/>' }],
    ['no entity at all', { content: '' }],
  ];
  it.each(cases)('%s, in chunks of any size', (_name, parts) => {
    const text = aggregate(parts);
    const root = tree(text);
    for (const size of [1, 2, 3, 7, 61, 1024, 65_536]) {
      const index = stream(text, size);
      expect(index.entries.map(({ entityId }) => entityId)).toEqual(namesIn(root));
      expect(index).toMatchObject({ keyIndex: 0, algorithm: RSA_SHA256, bytes: Buffer.byteLength(text) });
      expect(index.groups[0]?.attributes).toMatchObject({ ID: '_all', Name: 'urn:federation', validUntil: '2026-07-01T00:00:00Z' });
    }
  });
  it('groups in groups, each with its own attributes, and extensions that only look like entities', () => {
    const nested = `${entity('a')}<md:EntitiesDescriptor Name="inner" validUntil="2026-06-02T00:00:00Z">${entity('b', entity('hidden'))}</md:EntitiesDescriptor><md:Extensions>${entity('fake')}</md:Extensions>${entity('c')}`;
    const { entries, groups } = stream(aggregate({ content: nested }), 11);
    expect(entries.map(({ entityId, group }) => [entityId, group])).toEqual([['https://a.example/saml', 0], ['https://b.example/saml', 1], ['https://c.example/saml', 0]]);
    expect(groups.map(({ parent, attributes }) => [parent, attributes['Name']])).toEqual([[null, 'urn:federation'], [0, 'inner']]);
  });
  it('each entity lies where the index says, with the hash of its octets', () => {
    const bytes = Buffer.from(aggregate());
    for (const { start, end, sha256, entityId } of stream(bytes, 17).entries) {
      const octets = bytes.subarray(start, end);
      expect(octets.toString()).toMatch(/^<md:EntityDescriptor [^]*<\/md:EntityDescriptor>$/);
      expect(octets.toString()).toContain(entityId);
      expect(createHash('sha256').update(octets).digest('base64')).toBe(sha256);
    }
  });
});

describe('refused by the stream as by the tree', () => {
  const good = aggregate();
  it.each<[string, string, ErrorCode, ErrorCode?]>([
    ['a changed letter', good.replace('Räksmörgås', 'Raksmörgås'), 'signature.digest'],
    ['a changed entityID', good.replace('https://a.example', 'https://x.example'), 'signature.digest'],
    ['a changed validUntil', good.replace('2026-07', '2029-07'), 'signature.digest'],
    ['an entity more', good.replace('</md:EntitiesDescriptor>', `${entity('evil')}</md:EntitiesDescriptor>`), 'signature.digest'],
    ['an entity less', good.replace(/<md:EntityDescriptor entityID="https:\/\/b.*<\/md:EntityDescriptor>/, ''), 'signature.digest'],
    ['a changed instruction', good.replace('<?pi data?>', '<?pi date?>'), 'signature.digest'],
    ['a changed digest', good.replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA'), 'signature.invalid'],
    ['a changed signature', good.replace(/<ds:SignatureValue>..../, '<ds:SignatureValue>AAAA'), 'signature.invalid'],
    ['no signature', aggregate({ place: () => '' }), 'signature.missing'],
    ['two signatures', aggregate({ place: (signature) => signature + signature }), 'signature.shape'],
    ['a signature that is deeper', aggregate({ place: (signature) => `<md:Extensions>${signature}</md:Extensions>` }), 'signature.missing'],
    ['a reference to another ID', aggregate({ uri: '#_other' }), 'signature.reference'],
    ['a reference to the whole document', aggregate({ uri: '' }), 'signature.reference'],
    ['an Object in the signature', aggregate({ place: (signature) => signature.replace('</ds:Signature>', '<ds:Object/></ds:Signature>') }), 'signature.shape'],
    ['a DOCTYPE', `<!DOCTYPE x>${good}`, 'xml.doctype'],
    ['an entity of XML', good.replace('&#x41;', '&x;'), 'xml.entity'],
    ['a second root', `${good}<x/>`, 'xml.multiple-roots'],
    ['text behind the root', `${good}x`, 'xml.multiple-roots'],
    ['an end cut off', good.slice(0, -3), 'xml.malformed'],
    ['nothing', '', 'xml.malformed'],
    ['an ID that appears twice', good.replace('<md:EntityDescriptor ', '<md:EntityDescriptor ID="_all" '), 'xml.duplicate-id'],
    ['a prefix bound to nothing', good.replace('<mdui:Logo', '<nope:Logo'), 'xml.namespace'],
    ['a relative namespace', good.replace('xmlns="urn:x"', 'xmlns="x"'), 'xml.namespace'],
    ['a character that XML forbids', good.replace('𝔘', '\u0001'), 'xml.illegal-character'],
    ['U+FFFE', good.replace('𝔘', '\uFFFE'), 'xml.illegal-character'],
  ])('%s', (_name, text, code) => {
    for (const size of [1, 64, 65_536]) refusedWith(code, () => stream(text, size));
    refusedWith(code, () => tree(text));
    expect(stream(good).entries).toHaveLength(2);
  });
  it.each<[string, Buffer]>([
    ['a sequence cut short inside', Buffer.concat([Buffer.from(good.slice(0, good.indexOf('𝔘'))), Buffer.from([0xc3]), Buffer.from(good.slice(good.indexOf('𝔘') + 2))])],
    ['Latin-1', Buffer.from(good, 'latin1')],
    ['a sequence cut short at the end', Buffer.concat([Buffer.from(good), Buffer.from([0xe2, 0x82])])],
  ])('not UTF-8: %s', (_name, bytes) => {
    for (const size of [1, 64, 65_536]) refusedWith('xml.encoding', () => stream(bytes, size));
    refusedWith('xml.encoding', () => readXml(bytes, 'metadata'));
  });
  it('the key of somebody else, before the rest is read', () => {
    const verifier = new AggregateVerifier([testKey('stranger').publicKey], { now: NOW }, aggregateLimits);
    refusedWith('signature.invalid', () => verifier.push(Buffer.from(good)));
  });
});

describe('refused by the stream alone', () => {
  it('a signature that is not the first child [SAMLMeta §2.3.1]', () => { refusedWith('signature.missing', () => stream(aggregate({ before: entity('a') }))); });
  it('text before the signature', () => { refusedWith('signature.missing', () => stream(aggregate({ before: 'x' }))); });
  it('another root than EntitiesDescriptor', () => { refusedWith('saml.metadata', () => stream(`<md:EntityDescriptor xmlns:md="${MD}" entityID="urn:x"/>`)); });
  it('an entity without entityID', () => { refusedWith('saml.metadata', () => stream(aggregate({ content: '<md:EntityDescriptor></md:EntityDescriptor>' }))); });
  it.each<[string, Partial<typeof aggregateLimits>, string, ErrorCode]>([
    ['bytes', { maxBytes: 500 }, aggregate(), 'xml.too-large'],
    ['depth', { maxDepth: 3 }, aggregate(), 'xml.limit'],
    ['elements', { maxElements: 3 }, aggregate(), 'xml.limit'],
    ['a token without end', { maxTextLength: 600 }, aggregate().replace('𝔘', `<!-- ${'x'.repeat(3000)}`), 'xml.limit'],
    ['a text', { maxTextLength: 600 }, aggregate({ content: entity('a', 'x'.repeat(601)) }), 'xml.limit'],
  ])('more than the cap of %s, and within it not', (_name, limits, text, code) => {
    refusedWith(code, () => stream(text, 64, limits));
    expect(stream(aggregate(), 64).entries).toHaveLength(2);
  });
  it('a signature longer than 64 KB', () => {
    const long = aggregate({ place: (signature) => signature.replace('</ds:SignatureValue>', `</ds:SignatureValue><ds:KeyInfo>${'<x/>'.repeat(20_000)}</ds:KeyInfo>`) });
    for (const size of [64, 1024, 1_048_576]) refusedWith('xml.too-large', () => stream(long, size));
  });
  it.each<[string, string, string, ErrorCode]>([
    ['a signature', `${OPEN}<ds:Signature xmlns:ds="${DS}"><ds:KeyInfo>`, '<x/>', 'xml.too-large'],
    ['instructions before the signature', OPEN, '<?x y?>', 'signature.missing'],
    ['white space before the signature', OPEN, ' <!-- x -->', 'signature.missing'],
  ])('%s without end: refused while it comes, so that nothing is heaped up', (_name, begin, filler, code) => {
    const verifier = new AggregateVerifier(keys, { now: NOW }, aggregateLimits);
    verifier.push(Buffer.from(begin));
    const piece = Buffer.from(filler.repeat(Math.ceil(65_536 / filler.length)));
    refusedWith(code, () => { for (let pushed = 0; pushed < 20; pushed += 1) verifier.push(piece); });
  });
  it('tells the octet at which a broken token begins', () => {
    const text = aggregate().replace('&#x41;', '&x;');
    const { facts } = refusedWith('xml.entity', () => stream(text, 64));
    expect(Buffer.from(text).subarray(facts['octet'] as number).toString().startsWith(' &x;')).toBe(true);
  });
});

describe('from a file, in a worker', () => {
  const write = (name: string, text: string): string => { const path = join(directory, name); writeFileSync(path, text); return path; };
  it('verifies, indexes, and reads each entity with the namespaces around it', async () => {
    const text = aggregate();
    const path = write('good.xml', text);
    const index = await verifyAggregate(path, keys, { now: NOW });
    const inTree = childElements(tree(text), MD, 'EntityDescriptor');
    for (const [at, entry] of index.entries.entries()) {
      const signed = await readEntity(path, index, entry);
      expect(canonicalise(signed.element)).toBe(canonicalise(inTree[at]!));
    }
    expect(index.entries).toHaveLength(2);
  });
  it('refuses with the code of what is wrong', async () => {
    await rejectedWith('signature.digest', verifyAggregate(write('changed.xml', aggregate().replace('Räk', 'Rak')), keys, { now: NOW }));
    await rejectedWith('signature.invalid', verifyAggregate(write('good.xml', aggregate()), [testKey('stranger').publicKey], { now: NOW }));
    await rejectedWith('xml.too-large', verifyAggregate(write('good.xml', aggregate()), keys, { now: NOW, limits: { maxBytes: 100 } }));
    await rejectedWith('internal', verifyAggregate(join(directory, 'nobody.xml'), keys, { now: NOW }));
  });
  it('refuses an entity whose octets are not the verified ones, or are gone', async () => {
    const path = write('moving.xml', aggregate());
    const index = await verifyAggregate(path, keys, { now: NOW });
    expect((await readEntity(path, index, index.entries[1]!)).element.localName).toBe('EntityDescriptor');
    write('moving.xml', aggregate().replace('Räk', 'Rbk'));
    await rejectedWith('signature.digest', readEntity(path, index, index.entries[1]!));
    write('moving.xml', 'short');
    await rejectedWith('signature.digest', readEntity(path, index, index.entries[1]!));
  });
  it('is ended when nobody waits any more', async () => {
    const abort = new AbortController();
    const work = verifyAggregate(write('good.xml', aggregate()), keys, { now: NOW, signal: abort.signal });
    abort.abort();
    await expect(work).rejects.toThrow('ended');
    await expect(verifyAggregate(write('good.xml', aggregate()), keys, { now: NOW, signal: abort.signal })).rejects.toThrow('abort');
  });
});
