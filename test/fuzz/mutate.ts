/** Mutations that know what XML and SAML look like: pieces of markup put in, cut out, doubled, moved, renamed; octets changed. */
import fc from 'fast-check';

const pieces = [
  '<!---->', '<!--', '-->', '<![CDATA[', ']]>', '<![CDATA[]]>', '<?x y?>', '<?xml version="1.0"?>', '?>', '<!DOCTYPE x>', '<!DOCTYPE x [<!ENTITY e "v">]>', '&e;', '&amp;', '&#0;', '&#x1F;', '&#xD800;', '&#xFFFE;', '&#x10FFFF;', '&#x110000;', '&#13;', '&#x000000041;', '&', ';', '<', '>', '/>', '</', '"', '\'', '=',
  ' ', '\t', '\r', '\r\n', '\n', '\u0085', '\u2028', '\u00a0', '\u200b', '\uFEFF', '\u0000', '\u0001', '\uFFFF', '\uD800', ':', 'xmlns', ' xmlns=""', ' xmlns="urn:z"', ' xmlns:z="urn:z"', ' xmlns:z=""', ' xmlns:saml=""', ' xmlns:xml="urn:z"', ' xmlns:z="1"', ' xml:id="_x"', ' xml:xmlns="urn:z"', ' ID="_generated"', ' ID="_x"', ' z:ID="_x"', ' Id="_x"',
  '<x/>', '<x></x>', '<x>', '</x>', '<z:x/>', '<saml:Assertion ID="_x"/>', '<ds:Object/>', '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>', '\u{10000}', 'ö', '%', '#',
] as const;
/** Octets that are no UTF-8, or another encoding's. */
const octets = [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xfe, 0xff], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x00]] as const;

export interface Change { readonly kind: number; readonly at: number; readonly length: number; readonly to: number; readonly what: number }
const changes: fc.Arbitrary<Change> = fc.record({ kind: fc.nat(7), at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(60), to: fc.double({ min: 0, max: 1, noNaN: true }), what: fc.nat(10_000) });

/** Where markup begins or ends: the places where a change does most. */
const edges = (text: Buffer, share: number): number => {
  const near = Math.floor(share * text.length);
  const edge = text.subarray(near).findIndex((octet) => octet === 0x3c || octet === 0x3e || octet === 0x22 || octet === 0x20);
  return edge < 0 ? near : near + edge;
};
const elementAt = (text: string, from: number): string => {
  const found = /<([\w:.-]+)(?:\s[^<>]*)?(?:\/>|>[^<]*<\/\1>)/.exec(text.slice(from));
  return found?.[0] ?? '';
};
export const changed = (text: Buffer, { kind, at, length, to, what }: Change): Buffer => {
  const place = kind % 2 === 0 ? edges(text, at) : Math.floor(at * text.length);
  const put = (where: number, inside: Uint8Array, gone = 0): Buffer => Buffer.concat([text.subarray(0, where), inside, text.subarray(where + gone)]);
  switch (kind) {
    case 0: case 1: return put(place, Buffer.from(pieces[what % pieces.length] ?? ''));
    case 2: return put(place, Buffer.alloc(0), length);
    case 3: return put(place, Buffer.from([what % 256]), 1);
    case 4: return put(edges(text, to), text.subarray(place, place + length));
    case 5: return put(place, Uint8Array.from(octets[what % octets.length] ?? []), what % 2);
    case 6: return put(edges(text, to), Buffer.from(elementAt(text.toString('latin1'), place), 'latin1'));
    default: return Buffer.from(text.toString('latin1').replaceAll(elementAt(text.toString('latin1'), place) || '\0', ''), 'latin1');
  }
};
/** One to three changes to what is given. */
export const mutants = (good: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.tuple(good, fc.array(changes, { minLength: 1, maxLength: 3 })).map(([text, all]) => all.reduce(changed, Buffer.from(text)));
