/**
 * Shapes that make other parsers slow beyond measure, near the cap of a megabyte: each is refused, or read, in linear time. A quadratic
 * reader would not end within the time that a test is given.
 */
import { describe, expect, it } from 'vitest';
import { canonicalise, defaultLimits, readXml, type XmlProfile } from '../../src/saml/xml/index.ts';
import type { ErrorCode } from '../../src/core/error-catalogue.ts';
import { refusedWith } from '../fixtures/refused.ts';

const MEGABYTE = defaultLimits.maxBytes - 100;
const filled = (piece: string, size = MEGABYTE): string => piece.repeat(Math.floor(size / piece.length));
const numbered = (count: number, piece: (at: number) => string): string => Array.from({ length: count }, (_none, at) => piece(at)).join('');

describe('A05: refused', () => {
  it.each<[string, string, ErrorCode, XmlProfile?]>([
    ['nested without end', filled('<a>'), 'xml.limit'],
    ['nested with a namespace each', numbered(20_000, (at) => `<a xmlns:p${at}="urn:${at}">`), 'xml.limit'],
    ['attributes without end', `<a ${numbered(50_000, (at) => `a${at}="" `)}/>`, 'xml.limit'],
    ['the same attribute without end', `<a ${filled('a="" ', 900_000)}/>`, 'xml.limit'],
    ['declarations without end', `<a ${numbered(30_000, (at) => `xmlns:p${at}="urn:x" `)}/>`, 'xml.limit'],
    ['siblings without end', `<r>${filled('<a/>')}</r>`, 'xml.limit'],
    ['one long text', `<r>${filled('x')}</r>`, 'xml.limit'],
    ['one long value', `<r a="${filled('x')}"/>`, 'xml.limit'],
    ['references without end', `<r>${filled('&#x41;')}</r>`, 'xml.limit'],
    ['an ampersand that never ends', `<r>&${filled('x', 500_000)}</r>`, 'xml.entity'],
    ['ampersands without semicolons', `<r>${filled('&', 500_000)}</r>`, 'xml.entity'],
    ['a tag that never ends', `<r ${filled(' ')}`, 'xml.malformed'],
    ['quotes that never end', `<r a="${filled('\'')}`, 'xml.malformed'],
    ['an instruction that never ends', `<r><?x ${filled('?')}`, 'xml.malformed', 'metadata'],
    ['comments that begin and never end', `<r>${filled('<!--')}`, 'xml.malformed', 'metadata'],
    ['CDATA that begins and never ends', `<r>${filled('<![CDATA[')}`, 'xml.malformed', 'metadata'],
    ['brackets in text', `<r>${filled(']]')}></r>`, 'xml.limit', 'metadata'],
    ['end tags without start', `<r>${filled('</a>')}`, 'xml.malformed'],
    ['open angles', filled('<'), 'xml.malformed'],
    ['an XML declaration that never ends', `<?xml ${filled(' ')}?><r/>`, 'xml.malformed'],
  ])('%s', (_name, text, code, profile = 'message') => { refusedWith(code, () => readXml(Buffer.from(text), profile)); });
});

describe('A05: read, and canonicalised', () => {
  it.each<[string, string, XmlProfile?]>([
    ['as many siblings as may be', `<r>${'<a/>'.repeat(19_000)}</r>`],
    ['as deep as may be, over and over', `<r>${('<a>'.repeat(60) + '</a>'.repeat(60)).repeat(300)}</r>`],
    ['as many namespaces as may be, used everywhere', `<r ${numbered(60, (at) => `xmlns:p${at}="urn:${at}" `)}>${numbered(15_000, (at) => `<p${at % 60}:a/>`)}</r>`],
    ['namespaces that change on every element', `<r>${numbered(15_000, (at) => `<p:a xmlns:p="urn:${at}"/>`)}</r>`],
    ['texts parted by comments', `<r>${'a<!---->'.repeat(60_000)}</r>`, 'metadata'],
    ['texts parted by CDATA', `<r>${'a<![CDATA[b]]>'.repeat(40_000)}</r>`, 'metadata'],
    ['instructions beside instructions', `<r>${'<?x y?>'.repeat(100_000)}</r>`, 'metadata'],
    ['lines without end', `<r>${'\n<a/>'.repeat(19_000)}</r>`],
    ['references', `<r>${'&#x41;'.repeat(80_000)}</r>`],
    ['carriage returns', `<r>${'\r'.repeat(400_000)}</r>`],
  ])('%s', (_name, text, profile = 'message') => { expect(canonicalise(readXml(Buffer.from(text), profile)).length).toBeGreaterThan(1000); });
});
