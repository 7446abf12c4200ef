/** Exclusive canonicalisation against octets written down from the recommendations. */
import { describe, expect, it } from 'vitest';
import { canonicalise, elementsOf, readXml, type XmlElement } from '../../../src/saml/xml/index.ts';
import { byCodePoint } from '../../../src/saml/xml/c14n.ts';

const read = (text: string): XmlElement => readXml(Buffer.from(text), 'metadata');
const canonical = (text: string, inclusivePrefixes: readonly string[] = []): string => canonicalise(read(text), { inclusivePrefixes });
/** The first element inside, canonicalised alone. */
const inner = (text: string, inclusivePrefixes: readonly string[] = []): string => canonicalise(elementsOf(read(text))[0]!, { inclusivePrefixes });

describe('the form of elements [C14N §2.3]', () => {
  it.each<[string, string, string]>([
    ['empty elements get an end tag', '<r/>', '<r></r>'],
    ['white space in tags goes', '<r  a = "1"\n b=\'2\' ></r >', '<r a="1" b="2"></r>'],
    ['white space in tags of every kind goes', '<r\ta="1"\rb="2"\r\n\n\tc\t=\r"3"\t></r\t\r\n>', '<r a="1" b="2" c="3"></r>'],
    ['white space in content stays', '<r> \n <a/>\t</r>', '<r> \n <a></a>\t</r>'],
    ['declaration and text outside the root go', '<?xml version="1.0"?>\n<r/>\n', '<r></r>'],
    ['comments go and join what they parted', '<r>a<!-- x -->b<!-- y --><a/></r>', '<r>ab<a></a></r>'],
    ['CDATA becomes text', '<r><![CDATA[<a>&]]></r>', '<r>&lt;a&gt;&amp;</r>'],
    ['instructions stay', '<r><?x  y  z ?><a/><?x?></r>', '<r><?x y  z ?><a></a><?x?></r>'],
    ['references become characters', '<r a="&#x41;&quot;&apos;">&#x41;&quot;&apos;</r>', '<r a="A&quot;\'">A"\'</r>'],
    ['text is escaped', '<r>&amp;&lt;&gt;&#13;"\'</r>', '<r>&amp;&lt;&gt;&#xD;"\'</r>'],
    ['values are escaped, > is not', '<r a="&amp;&lt;>&#9;&#10;&#13;"/>', '<r a="&amp;&lt;>&#x9;&#xA;&#xD;"></r>'],
    ['line ends become one', '<r>a\r\nb\rc</r>', '<r>a\nb\nc</r>'],
    ['letters stay as they are', '<r å="ö">\u0065\u0301 𝔘</r>', '<r å="ö">\u0065\u0301 𝔘</r>'],
  ])('%s', (_name, text, expected) => { expect(canonical(text)).toBe(expected); });
});

describe('order', () => {
  it('puts namespaces by prefix, the default first, and attributes by namespace and name, those without namespace first', () => {
    expect(canonical('<b:r z="1" b:a="2" a:z="3" xmlns:b="urn:1" y="4" xmlns:a="urn:2" xmlns="urn:0"><x/></b:r>'))
      .toBe('<b:r xmlns:a="urn:2" xmlns:b="urn:1" y="4" z="1" b:a="2" a:z="3"><x xmlns="urn:0"></x></b:r>');
  });
  it('is by code point, not by UTF-16', () => {
    expect(byCodePoint('\uFB01', '\u{10000}')).toBeLessThan(0);
    expect(canonical('<r 𐀀="1" ﬁ="2"/>')).toBe('<r ﬁ="2" 𐀀="1"></r>');
  });
});

describe('namespaces [ExcC14N §3]', () => {
  it('are written where they are used first, and once below', () => {
    expect(canonical('<r xmlns:p="urn:p" xmlns:q="urn:q"><p:a><p:b/></p:a><p:c q:x="1"/></r>'))
      .toBe('<r><p:a xmlns:p="urn:p"><p:b></p:b></p:a><p:c xmlns:p="urn:p" xmlns:q="urn:q" q:x="1"></p:c></r>');
  });
  it('that nobody uses go', () => { expect(canonical('<r xmlns:p="urn:p" xmlns:e="urn:e"/>')).toBe('<r></r>'); });
  it('of an inner element are those of its surroundings that it uses', () => {
    expect(inner('<r xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q" xml:lang="sv"><p:a><b/></p:a></r>')).toBe('<p:a xmlns:p="urn:p"><b xmlns="urn:d"></b></p:a>');
  });
  it('that change below are written again, and again when they change back', () => {
    expect(canonical('<p:r xmlns:p="urn:1"><p:a xmlns:p="urn:2"><p:b xmlns:p="urn:1"/></p:a><p:c/></p:r>'))
      .toBe('<p:r xmlns:p="urn:1"><p:a xmlns:p="urn:2"><p:b xmlns:p="urn:1"></p:b></p:a><p:c></p:c></p:r>');
  });
  it('a default one is taken back only where one was written', () => {
    expect(canonical('<r xmlns="urn:d"><a xmlns=""><b/></a></r>')).toBe('<r xmlns="urn:d"><a xmlns=""><b></b></a></r>');
    expect(canonical('<r xmlns=""><a xmlns=""/></r>')).toBe('<r><a></a></r>');
    expect(inner('<r xmlns="urn:d"><a xmlns=""/></r>')).toBe('<a></a>');
  });
  it('xml is never declared', () => { expect(canonical('<r xml:lang="sv" xml:space="preserve"/>')).toBe('<r xml:lang="sv" xml:space="preserve"></r>'); });
});

describe('PrefixList [ExcC14N §4]', () => {
  it('writes a listed prefix at the apex though nobody uses it', () => {
    expect(inner('<r xmlns:xs="urn:xs"><a t="xs:string"/></r>', ['xs'])).toBe('<a xmlns:xs="urn:xs" t="xs:string"></a>');
    expect(inner('<r xmlns:xs="urn:xs"><a t="xs:string"/></r>')).toBe('<a t="xs:string"></a>');
  });
  it('writes it where it is declared, and once', () => {
    expect(canonical('<r><a xmlns:xs="urn:xs"><b/></a></r>', ['xs'])).toBe('<r><a xmlns:xs="urn:xs"><b></b></a></r>');
  });
  it('means the default namespace by #default', () => { expect(inner('<r xmlns="urn:d" xmlns:p="urn:p"><p:a/></r>', [''])).toBe('<p:a xmlns="urn:d" xmlns:p="urn:p"></p:a>'); });
  it('lists what is bound to nothing in vain, and xml too', () => { expect(canonical('<r/>', ['nobody', 'xml'])).toBe('<r></r>'); });
});

describe('what is left out', () => {
  it('is exactly the one element, with its content and without its surroundings', () => {
    const root = read('<r>a<s>x</s>b<s>y</s></r>');
    const [first] = elementsOf(root);
    expect(canonicalise(root, { omit: first! })).toBe('<r>ab<s>y</s></r>');
  });
  it('of an element that is left out no namespace stays', () => {
    const root = read('<r xmlns:p="urn:p"><p:s/><p:t/></r>');
    expect(canonicalise(root, { omit: elementsOf(root)[0]! })).toBe('<r><p:t xmlns:p="urn:p"></p:t></r>');
  });
});

it('canonical text canonicalises to itself', () => {
  const once = canonical('<b:r xmlns:b="urn:1" a="&#10;"><!-- --><c xmlns="urn:2" b:z="å"/>&gt;</b:r>');
  expect(canonical(once)).toBe(once);
});
