/** The reader: what each profile takes and refuses, each refusal beside a twin that is read. */
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { attributeOf, childElements, elementsOf, onlyChild, readXml, textOf, type XmlLimits, type XmlProfile } from '../../../src/saml/xml/index.ts';
import { lookUp } from '../../../src/saml/xml/scope.ts';
import { refusedWith } from '../../fixtures/refused.ts';

const profiles = ['message', 'metadata', 'service-reply'] as const;
const read = (text: string, profile: XmlProfile = 'message', limits: Partial<XmlLimits> = {}) => readXml(Buffer.from(text), profile, limits);

describe('reading', () => {
  it('gives elements, attributes and text with their namespaces', () => {
    const root = read('<a:r xmlns:a="urn:a" xmlns="urn:d" x="1" a:x="2"><b>ett &amp; två</b><a:c xml:lang="sv"/></a:r>');
    expect(root).toMatchObject({ namespace: 'urn:a', prefix: 'a', localName: 'r', line: 1 });
    expect(root.attributes).toMatchObject([{ namespace: '', localName: 'x', value: '1' }, { namespace: 'urn:a', localName: 'x', value: '2' }]);
    expect(attributeOf(root, 'x')).toBe('1');
    expect(textOf(onlyChild(root, 'urn:d', 'b')!)).toBe('ett & två');
    expect(childElements(root, 'urn:a', 'c')[0]?.attributes[0]).toMatchObject({ namespace: 'http://www.w3.org/XML/1998/namespace', localName: 'lang', value: 'sv' });
  });
  it('gives a tree that nobody can change', () => {
    const root = read('<r a="1"><b>x</b></r>');
    for (const part of [root, root.attributes, root.attributes[0], root.children, root.children[0], root.instructions]) expect(Object.isFrozen(part)).toBe(true);
  });
  it('tells the line of each start tag', () => {
    expect(elementsOf(read('<r>\n<b/>\n\n<c\n d="1"/><e/></r>')).map(({ line }) => line)).toEqual([2, 4, 5]);
  });
  it('resolves the five entities and character references once', () => {
    expect(textOf(read('<r>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x10FFFF;&amp;lt;</r>'))).toBe('<>&"\'AB\u{10FFFF}&lt;');
  });
  it('takes references to the first and last character of each range that XML allows, and to none beside them [XML §2.2]', () => {
    for (const code of [0x9, 0xa, 0xd, 0x20, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff]) expect(textOf(read(`<r>&#x${code.toString(16)};</r>`))).toBe(String.fromCodePoint(code));
    for (const code of [0x0, 0x8, 0xb, 0xc, 0xe, 0x1f, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x110000]) refusedWith('xml.illegal-character', () => read(`<r>&#${code};</r>`));
  });
  it('reads line ends and white space of attributes as XML says [XML §2.11, §3.3.3]', () => {
    expect(textOf(read('<r>a\r\nb\rc&#13;d</r>'))).toBe('a\nb\nc\rd');
    expect(attributeOf(read('<r a="a\r\nb\tc\nd&#10;e&#9;f"/>'), 'a')).toBe('a b c d\ne\tf');
  });
  it('keeps every letter, also outside the basic plane', () => {
    expect(textOf(read('<räksmörgås>𝔘nicode – å̈</räksmörgås>'))).toBe('𝔘nicode – å̈');
  });
  it('knows the scope of each element', () => {
    const [inner] = elementsOf(read('<r xmlns="urn:1" xmlns:p="urn:p"><i xmlns="" xmlns:p="urn:q"/></r>'));
    expect([lookUp(inner!.scope, ''), lookUp(inner!.scope, 'p'), lookUp(inner!.scope, 'q')]).toEqual(['', 'urn:q', undefined]);
    expect(inner!.namespace).toBe('');
  });
});

describe('profiles (DESIGN §3)', () => {
  const cases: readonly (readonly [name: string, text: string, code: ErrorCode, takenBy: readonly XmlProfile[]])[] = [
    ['a comment', '<r>a<!-- x -->b</r>', 'xml.comment', ['metadata', 'service-reply']],
    ['a comment before the root', '<!-- x --><r>ab</r>', 'xml.comment', ['metadata', 'service-reply']],
    ['a comment behind the root', '<r>ab</r><!-- x -->', 'xml.comment', ['metadata', 'service-reply']],
    ['a CDATA section', '<r>a<![CDATA[b]]></r>', 'xml.cdata', ['metadata', 'service-reply']],
    ['a processing instruction', '<r>a<?x y?>b</r>', 'xml.processing-instruction', ['metadata']],
    ['a processing instruction before the root', '<?x y?><r>ab</r>', 'xml.processing-instruction', ['metadata']],
    ['a byte order mark', '\uFEFF<r>ab</r>', 'xml.encoding', ['metadata', 'service-reply']],
    ['an ID with a prefix', '<r xmlns:p="urn:p" p:ID="x">ab</r>', 'xml.duplicate-id', ['metadata', 'service-reply']],
    ['xml:id', '<r xml:id="x">ab</r>', 'xml.duplicate-id', ['metadata', 'service-reply']],
  ];
  it.each(profiles.flatMap((profile) => cases.map(([name, text, code, takenBy]) => [takenBy.includes(profile) ? 'takes' : 'refuses', profile, name, text, code] as const)))('%s in a %s: %s', (verdict, profile, _name, text, code) => {
    if (verdict === 'refuses') refusedWith(code, () => read(text, profile));
    // Nothing that is dropped splits a text: all of it is read, and only that.
    else expect(textOf(read(text, profile))).toBe('ab');
  });
  it('keeps instructions of metadata for canonicalisation, not as text', () => {
    expect(read('<r>a<?x  y z?>b</r>', 'metadata').instructions).toEqual([{ content: 'x y z', before: 1 }]);
  });
});

describe.each(profiles)('well-formedness in every profile: %s', (profile) => {
  it('reads the twin', () => { expect(textOf(read('<?xml version="1.0" encoding="utf-8"?>\n<r a="1">x</r>\n', profile))).toBe('x'); });
  it.each<[string, string, ErrorCode]>([
    ['a DOCTYPE', '<!DOCTYPE r><r/>', 'xml.doctype'],
    ['a DOCTYPE in small letters', '<!doctype r><r/>', 'xml.doctype'],
    ['an entity declaration', '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>', 'xml.doctype'],
    ['an external entity', '<!DOCTYPE r SYSTEM "file:///etc/hostname"><r/>', 'xml.doctype'],
    ['a declaration inside', '<r><!ELEMENT r ANY></r>', 'xml.doctype'],
    ['an undeclared entity', '<r>&nbsp;</r>', 'xml.entity'],
    ['an entity named like something of JavaScript', '<r>&constructor;</r>', 'xml.entity'],
    ['a bare ampersand', '<r>a & b</r>', 'xml.entity'],
    ['a reference without end', '<r>&amp</r>', 'xml.entity'],
    ['a long reference', '<r>&#x0000000041;</r>', 'xml.entity'],
    ['a second root', '<r/><r/>', 'xml.multiple-roots'],
    ['text behind the root', '<r/>x', 'xml.multiple-roots'],
    ['text before the root', 'x<r/>', 'xml.malformed'],
    ['a reference outside the root', '&#32;<r/>', 'xml.malformed'],
    ['nothing', '', 'xml.malformed'],
    ['white space alone', ' \n', 'xml.malformed'],
    ['an element without end', '<r><a></r>', 'xml.malformed'],
    ['an element without end at the end', '<r>', 'xml.malformed'],
    ['crossed elements', '<r><a><b></a></b></r>', 'xml.malformed'],
    ['an end tag alone', '</r>', 'xml.malformed'],
    ['an end tag of another prefix', '<p:r xmlns:p="urn:p" xmlns:q="urn:p"></q:r>', 'xml.malformed'],
    ['an end tag with a longer name', '<r></rr>', 'xml.malformed'],
    ['an end tag with an attribute', '<r></r a="1">', 'xml.malformed'],
    ['markup without end', '<r', 'xml.malformed'],
    ['a slash inside a tag', '<r/x>', 'xml.malformed'],
    ['a slash before the end of a tag', '<r / ></r>', 'xml.malformed'],
    ['an attribute twice', '<r a="1" a="1"/>', 'xml.malformed'],
    ['an attribute twice by namespace', '<r xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:a="1"/>', 'xml.malformed'],
    ['an attribute without value', '<r a/>', 'xml.malformed'],
    ['an attribute without quotes', '<r a=1/>', 'xml.malformed'],
    ['an attribute without end', '<r a="1/>', 'xml.malformed'],
    ['attributes without space between', '<r a="1"b="2"/>', 'xml.malformed'],
    ['< in an attribute', '<r a="<"/>', 'xml.malformed'],
    [']]> in text', '<r>]]></r>', 'xml.malformed'],
    ['a name that begins with a digit', '<1r/>', 'xml.malformed'],
    ['a name with two colons', '<a:b:c xmlns:a="urn:a"/>', 'xml.malformed'],
    ['a name that ends with a colon', '<a: xmlns:a="urn:a"/>', 'xml.malformed'],
    ['space before the name', '< r/>', 'xml.malformed'],
    ['a name with a character that is none of a name', '<r×/>', 'xml.malformed'],
    ['a declaration of XML 1.1', '<?xml version="1.1"?><r/>', 'xml.malformed'],
    ['a declaration without version', '<?xml encoding="UTF-8"?><r/>', 'xml.malformed'],
    ['a namespace declared twice', '<r xmlns:p="urn:p" xmlns:p="urn:p"/>', 'xml.malformed'],
  ])('refuses %s', (_name, text, code) => { refusedWith(code, () => read(text, profile)); });
  it.each<[string, string]>([
    ['a prefix bound to nothing', '<p:r/>'],
    ['an attribute whose prefix is bound to nothing', '<r p:a="1"/>'],
    ['a prefix unbound', '<r xmlns:saml="urn:s"><a xmlns:saml=""/></r>'],
    ['xml bound anew', '<r xmlns:xml="urn:evil"/>'],
    ['another prefix for the xml namespace', '<r xmlns:p="http://www.w3.org/XML/1998/namespace"/>'],
    ['the xml namespace as default', '<r xmlns="http://www.w3.org/XML/1998/namespace"/>'],
    ['xmlns declared', '<r xmlns:xmlns="urn:x"/>'],
    ['the xmlns namespace bound', '<r xmlns:p="http://www.w3.org/2000/xmlns/"/>'],
    ['an element of prefix xmlns', '<xmlns:r/>'],
    ['an xml:xmlns attribute', '<r xml:xmlns="urn:x"/>'],
    ['an attribute xmlns with another prefix', '<r xmlns:p="urn:p" p:xmlns="urn:x"/>'],
    ['a relative namespace', '<r xmlns="a/b"/>'],
    ['a number as namespace', '<r xmlns:p="1"/>'],
  ])('refuses %s (threats A11, B18)', (_name, text) => { refusedWith('xml.namespace', () => read(text, profile)); });
  it('reads a default namespace that is taken back, and a namespace on two prefixes', () => {
    expect(read('<r xmlns="urn:a"><b xmlns=""/></r>', profile).namespace).toBe('urn:a');
    expect(read('<p:r xmlns:p="urn:p" xmlns:q="urn:p" p:a="1" q:b="1"/>', profile).attributes).toHaveLength(2);
  });
  it.each<[string, Buffer, ErrorCode]>([
    ['UTF-16 with mark', Buffer.from('\uFEFF<r/>', 'utf16le'), 'xml.encoding'],
    ['UTF-16 without mark', Buffer.from('<r/>', 'utf16le'), 'xml.illegal-character'],
    ['Latin-1', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r>å</r>', 'latin1'), 'xml.encoding'],
    ['ASCII that says Latin-1', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r/>'), 'xml.encoding'],
    ['ASCII that says UTF-7', Buffer.from('<?xml version="1.0" encoding="UTF-7"?><r>+ADw-</r>'), 'xml.encoding'],
    ['ASCII that says UTF-16', Buffer.from("<?xml version='1.0' encoding='UTF-16'?><r/>"), 'xml.encoding'],
    ['an overlong sequence', Buffer.from([0x3c, 0x72, 0x3e, 0xc0, 0xbc, 0x3c, 0x2f, 0x72, 0x3e]), 'xml.encoding'],
    ['a lone surrogate in UTF-8', Buffer.concat([Buffer.from('<r>'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('</r>')]), 'xml.encoding'],
    ['a sequence cut short', Buffer.concat([Buffer.from('<r>'), Buffer.from([0xc3]), Buffer.from('</r>')]), 'xml.encoding'],
    ['beyond the last code point', Buffer.concat([Buffer.from('<r>'), Buffer.from([0xf4, 0x90, 0x80, 0x80]), Buffer.from('</r>')]), 'xml.encoding'],
    ['NUL', Buffer.from('<r>\0</r>'), 'xml.illegal-character'],
    ['a control character', Buffer.from('<r a="\u0008"/>'), 'xml.illegal-character'],
    ['U+FFFE', Buffer.from('<r>\uFFFE</r>'), 'xml.illegal-character'],
    ['NUL as a reference', Buffer.from('<r>&#0;</r>'), 'xml.illegal-character'],
    ['a surrogate as a reference', Buffer.from('<r>&#xD800;</r>'), 'xml.illegal-character'],
    ['a reference beyond Unicode', Buffer.from('<r>&#x110000;</r>'), 'xml.illegal-character'],
  ])('refuses %s (threats A10)', (_name, bytes, code) => { refusedWith(code, () => readXml(bytes, profile)); });
  it('refuses a declaration that does not come first', () => {
    refusedWith('xml.processing-instruction', () => read(' <?xml version="1.0"?><r/>', profile));
    refusedWith('xml.processing-instruction', () => read('<r><?xml version="1.0"?></r>', profile));
  });
  it('takes what is called nearly so as often as it comes', () => {
    expect(elementsOf(read('<r Id="a"><b Id="a" id="a"/></r>', profile))).toHaveLength(1);
    if (profile !== 'message') expect(elementsOf(read('<r xmlns:p="urn:p" p:ID="a"><b p:ID="a" ID="a"/></r>', profile))).toHaveLength(1);
  });
  it('takes other short attributes with a prefix', () => { expect(read('<r xmlns:p="urn:p" p:ab="1" p:idx="2" p:i="3"/>', profile).attributes).toHaveLength(3); });
  it('refuses an ID that appears twice, and takes two different ones (threats B23)', () => {
    refusedWith('xml.duplicate-id', () => read('<r ID="a"><b ID="a"/></r>', profile));
    refusedWith('xml.duplicate-id', () => read('<r ID="a"><b ID="&#97;"/></r>', profile));
    expect(elementsOf(read('<r ID="a"><b ID="b"/></r>', profile))).toHaveLength(1);
  });
});

describe('metadata that is broken', () => {
  it.each<[string, string, ErrorCode]>([
    ['-- inside a comment', '<r><!-- a -- b --></r>', 'xml.malformed'],
    ['a comment that ends with three hyphens', '<r><!-- a ---></r>', 'xml.malformed'],
    ['a comment without end', '<r><!-- a', 'xml.malformed'],
    ['a CDATA section without end', '<r><![CDATA[x</r>', 'xml.malformed'],
    ['a CDATA section outside the root', '<![CDATA[ ]]><r/>', 'xml.malformed'],
    ['an instruction without end', '<r><?x </r>', 'xml.malformed'],
    ['an instruction without name', '<r><? x?></r>', 'xml.processing-instruction'],
    ['an instruction with a colon', '<r><?a:b x?></r>', 'xml.processing-instruction'],
    ['an instruction named XML', '<r><?XML x?></r>', 'xml.processing-instruction'],
  ])('%s is refused', (_name, text, code) => { refusedWith(code, () => read(text, 'metadata')); });
  it('the twins are read', () => {
    expect(textOf(read('<r><!-- a - b -->x<![CDATA[<&]]>y<?pi?></r>', 'metadata'))).toBe('x<&y');
  });
});

describe('caps, each with what just fits', () => {
  const attributes = (count: number): string => Array.from({ length: count }, (_none, at) => ` a${at}="1"`).join('');
  const namespaces = (count: number): string => Array.from({ length: count }, (_none, at) => ` xmlns:p${at}="urn:${at}"`).join('');
  const deep = (depth: number): string => '<r>'.repeat(depth) + '</r>'.repeat(depth);
  it.each<[string, Partial<XmlLimits>, string, string, ErrorCode]>([
    ['bytes', { maxBytes: 10 }, '<r>abc</r>', '<r>abcd</r>', 'xml.too-large'],
    ['bytes, not letters', { maxBytes: 10 }, '<r>abc</r>', '<r>ååå</r>', 'xml.too-large'],
    ['depth', {}, deep(64), deep(65), 'xml.limit'],
    ['elements', { maxElements: 3 }, '<r><a/><a/></r>', '<r><a/><a/><a/></r>', 'xml.limit'],
    ['attributes', {}, `<r${attributes(64)}/>`, `<r${attributes(65)}/>`, 'xml.limit'],
    ['attributes with declarations', {}, `<r${attributes(32)}${namespaces(32)}/>`, `<r${attributes(32)}${namespaces(33)}/>`, 'xml.limit'],
    ['namespaces in scope', { maxNamespaces: 12 }, `<r${namespaces(5)}><a${namespaces(5)}/></r>`, `<r${namespaces(5)}><a${namespaces(6)}/></r>`, 'xml.limit'],
    ['a text', { maxTextLength: 8 }, '<r>12345678</r>', '<r>123456789</r>', 'xml.limit'],
    ['a text in pieces', { maxTextLength: 8 }, '<r>1234<![CDATA[5678]]></r>', '<r>1234<![CDATA[56789]]></r>', 'xml.limit'],
    ['an attribute', { maxTextLength: 8 }, '<r a="1234567"/>', '<r a="123456789"/>', 'xml.limit'],
    ['a comment', { maxTextLength: 16 }, '<r><!--12345678--></r>', '<r><!--1234567890123456--></r>', 'xml.limit'],
    ['an instruction', { maxTextLength: 16 }, '<r><?x 12345678?></r>', '<r><?x 1234567890123456?></r>', 'xml.limit'],
  ])('of %s', (_name, limits, fits, over, code) => {
    expect(() => read(fits, 'metadata', limits)).not.toThrow();
    refusedWith(code, () => read(over, 'metadata', limits));
  });
  it('size comes before everything else', () => {
    refusedWith('xml.too-large', () => readXml(Buffer.alloc(1_048_577), 'message'));
  });
});

describe('a fault is told with its line', () => {
  const document = (broken: string): string => `<?xml version="1.0"?>\n<r>\n  <a/>\n  ${broken}\n</r>\n`;
  it.each<[string, string, number, ErrorCode]>([
    ['an attribute twice', '<b c="1" c="2"/>', 4, 'xml.malformed'],
    ['a prefix bound to nothing', '<p:b/>', 4, 'xml.namespace'],
    ['an undeclared entity', '<b>\n&nope;</b>', 4, 'xml.entity'],
    ['a character that XML forbids', '\n\u0001', 5, 'xml.illegal-character'],
    ['an element that is not closed', '<b>', 5, 'xml.malformed'],
    ['an ID twice', '<b ID="x"/>\n<b ID="x"/>', 5, 'xml.duplicate-id'],
  ])('%s', (_name, broken, line, code) => {
    expect(refusedWith(code, () => read(document(broken), 'metadata')).facts['line']).toBe(line);
  });
  it('and the twin is read', () => { expect(elementsOf(read(document('<b c="1"/>'), 'metadata'))).toHaveLength(2); });
});

describe('a fault is told in words', () => {
  it.each<[string, string]>([
    ['<r a/>', 'an attribute without value'],
    ['<r a=1/>', 'an attribute value without quotes'],
    ['<r a="1/>', 'an attribute value without end'],
    ['<r a="<"/>', '< in an attribute value'],
    ['<r a="1"b="2"/>', 'white space is missing between attributes'],
    ['<r><a></r>', 'an end tag that closes nothing'],
    ['<r>', 'an element is not closed'],
    ['', 'no element at all'],
    ['<r></r', 'markup without end'],
  ])('%s: %s', (text, detail) => { expect(refusedWith('xml.malformed', () => read(text)).detail).toBe(detail); });
});

describe('looking at a tree', () => {
  const root = read('<r xmlns:p="urn:p" p:x="prefixed"><a>1</a><a>2</a><p:a/><b>t<c/></b></r>');
  it('finds children only, by namespace and name', () => {
    expect(childElements(root, '', 'a').map(textOf)).toEqual(['1', '2']);
    expect(childElements(root, 'urn:p', 'a')).toHaveLength(1);
    expect(childElements(root, '', 'c')).toHaveLength(0);
  });
  it('refuses a repeated child where one is wanted', () => {
    refusedWith('saml.schema', () => onlyChild(root, '', 'a'));
    expect(onlyChild(root, 'urn:p', 'a')?.localName).toBe('a');
    expect(onlyChild(root, '', 'nobody')).toBeUndefined();
  });
  it('refuses elements where text belongs', () => {
    refusedWith('saml.schema', () => textOf(onlyChild(root, '', 'b')!));
    expect(textOf(childElements(root, '', 'a')[0]!)).toBe('1');
  });
  it('does not take an attribute with a prefix for one without', () => { expect(attributeOf(root, 'x')).toBeUndefined(); });
});
