/** Characters and names of XML 1.0 (fifth edition) and Namespaces in XML 1.0, in the two ways in which text is held. */
import { fail } from '../../core/errors.ts';

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';
export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/**
 * Text is held decoded in a tree, and octet by octet (each octet one character, so that places in it are places in the file) in a
 * stream. All markup of XML is ASCII, so both are cut in the same places; where they differ, this table says how.
 */
export interface Alphabet {
  /** Outside Char [XML §2.2]; malformed UTF-8 and lone surrogates are gone before. */
  readonly illegal: RegExp;
  readonly decode: (held: string) => string;
  readonly fromCodePoint: (code: number) => string;
  /** The same text, without the chunk of a stream that it was cut from. */
  readonly keep: (held: string) => string;
}
export const characters: Alphabet = {
  // eslint's rule against control characters is about typing errors; these are the rule itself.
  illegal: new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]'),
  decode: (held) => held,
  fromCodePoint: (code) => String.fromCodePoint(code),
  keep: (held) => held,
};
export const octets: Alphabet = {
  illegal: new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]|\\u00ef\\u00bf[\\u00be\\u00bf]'),
  decode: (held) => Buffer.from(held, 'latin1').toString('utf8'),
  fromCodePoint: (code) => (code < 0x80 ? String.fromCharCode(code) : Buffer.from(String.fromCodePoint(code)).toString('latin1')),
  keep: (held) => Buffer.from(held, 'latin1').toString('latin1'),
};

const start =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const ncName = `[${start}][${start}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`;
const anyName = new RegExp(`^${ncName}(?::${ncName})?$`, 'u');
const anyNcName = new RegExp(`^${ncName}$`, 'u');
const plainName = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;

/** 1: may stand in a name. Everything beyond ASCII is looked at in `qualifiedName`. */
const inName = new Uint8Array(128).map((_none, code) => (/[\w.:-]/.test(String.fromCharCode(code)) ? 1 : 0));
/** Where the characters of a name end. */
export const nameEnd = (text: string, at: number): number => {
  let end = at;
  for (let code = text.charCodeAt(end); code >= 128 || inName[code] === 1; code = text.charCodeAt(end)) end += 1;
  return end;
};
/** [XMLNames §4] the name, or a refusal. */
export const qualifiedName = (name: string, { decode }: Alphabet): string => (plainName.test(name) || anyName.test(decode(name)) ? name : fail('xml.malformed', 'not a qualified name'));
export const isNcName = (name: string, { decode }: Alphabet): boolean => anyNcName.test(decode(name));

/** White space of XML [XML §2.3]. */
export const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
export const spaceEnd = (text: string, at: number): number => {
  let end = at;
  while (isSpace(text.charCodeAt(end))) end += 1;
  return end;
};
export const isBlank = (text: string): boolean => spaceEnd(text, 0) === text.length;
/** [XML §2.11] */
export const lineEnds = (raw: string): string => (raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw);
