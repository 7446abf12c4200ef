/** Generated documents: our reading and our canonical form are those of libxml2, or we refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBrygganError } from '../../../src/core/errors.ts';
import { canonicalise, elementsOf, readXml, type XmlElement } from '../../../src/saml/xml/index.ts';
import { hasInstructions, libxmlCanonical, libxmlCanonicalChild, libxmlReading, ourReading } from '../../fixtures/libxml2.ts';
import { prefixLists, strangeDocuments, withoutInstructions } from '../../fixtures/xml-documents.ts';
import { mutants } from '../../fuzz/mutate.ts';

const read = (text: string | Buffer): XmlElement => readXml(Buffer.from(text), 'metadata');
const readOrRefuse = (text: Buffer): XmlElement | null => {
  try {
    return read(text);
  } catch (error) {
    if (isBrygganError(error) && error.code.startsWith('xml.')) return null;
    throw error;
  }
};
describe('threats A12: for every generated document', () => {
  it('we read what libxml2 reads', () => {
    fc.assert(fc.property(withoutInstructions, (text) => { expect(ourReading(read(text))).toEqual(libxmlReading(text)); }), { numRuns: 2000 });
  });
  it('our canonical form is that of libxml2, octet by octet, with any PrefixList', () => {
    fc.assert(fc.property(strangeDocuments, prefixLists, (text, list) => { expect(canonicalise(read(text), { inclusivePrefixes: list })).toBe(libxmlCanonical(text, list)); }), { numRuns: 2000 });
  });
  it('so is that of an element inside', () => {
    fc.assert(fc.property(strangeDocuments, prefixLists, (text, list) => {
      const [child] = elementsOf(read(text));
      fc.pre(child !== undefined);
      expect(canonicalise(child, { inclusivePrefixes: list })).toBe(libxmlCanonicalChild(text, list));
    }), { numRuns: 2000 });
  });
  it('a canonical form is its own canonical form', () => {
    fc.assert(fc.property(strangeDocuments, (text) => {
      const once = canonicalise(read(text));
      expect(canonicalise(read(once))).toBe(once);
    }), { numRuns: 1000 });
  });
});
it('where libxml2 writes something that is no XML: an ampersand in a namespace is escaped by us, as attributes are [C14N §2.3]', () => {
  const text = '<r xmlns="https://x.example/?a&amp;b"></r>';
  expect(canonicalise(read(text))).toBe(text);
  expect(libxmlCanonical(text)).toBe(text.replace('&amp;', '&'));
});
it('threats A12: broken in any way, a document is refused or read as libxml2 reads it', () => {
  fc.assert(fc.property(mutants(strangeDocuments), (bytes) => {
    const ours = readOrRefuse(bytes);
    if (ours === null) return;
    if (!hasInstructions(ours)) expect(ourReading(ours)).toEqual(libxmlReading(bytes));
    expect(canonicalise(ours)).toBe(libxmlCanonical(bytes));
  }), { numRuns: 3000 });
});
