/**
 * One strict reader for every incoming byte. Three profiles (DESIGN §3): *message* takes no comment, CDATA, processing instruction or BOM;
 * *metadata* drops comments, processing instructions and BOM and reads CDATA as text, as canonicalisation would; *service-reply* is
 * metadata without processing instructions. DOCTYPE in none, UTF-8 only, one root. Each token is looked at once: linear time.
 */
import { fail } from '../../core/errors.ts';
import { defaultLimits, type XmlLimits } from './limits.ts';
import { resolveText } from './entities.ts';
import { characters } from './names.ts';
import { readStartTag, type OpenTag } from './start-tag.ts';
import type { XmlElement, XmlProfile } from './tree.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const DECLARATION = /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/;

const decode = (bytes: Uint8Array, profile: XmlProfile): string => {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return fail('xml.encoding', 'not UTF-8');
  }
  if (text.startsWith('\uFEFF')) {
    if (profile === 'message') fail('xml.encoding', 'a byte order mark in a message');
    text = text.slice(1);
  }
  if (characters.illegal.test(text)) fail('xml.illegal-character', 'a character that XML 1.0 forbids'); // [XML §2.2]
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text; // [XML §2.11]
};

const skipDeclaration = (text: string): number => {
  const found = DECLARATION.exec(text);
  if (found === null) return 0;
  const encoding = (found[1] ?? found[2] ?? 'UTF-8').toUpperCase();
  return encoding === 'UTF-8' ? found[0].length : fail('xml.encoding', 'the XML declaration names another encoding than UTF-8');
};

interface Draft { readonly tag: OpenTag; readonly children: (XmlElement | string)[]; text: string; readonly line: number }

/** Bytes → immutable tree. Errors: `xml.*`, each naming its rule. */
export const readXml = (bytes: Uint8Array, profile: XmlProfile, limits: Partial<XmlLimits> = {}): XmlElement => {
  const caps = { ...defaultLimits, ...limits };
  if (bytes.byteLength > caps.maxBytes) return fail('xml.too-large', `more than ${caps.maxBytes} bytes`);
  return new Reader(decode(bytes, profile), profile, caps).read();
};

class Reader {
  private readonly text: string;
  private readonly profile: XmlProfile;
  private readonly caps: XmlLimits;
  private readonly open: Draft[] = [];
  private readonly ids = new Set<string>();
  private root: XmlElement | undefined;
  private elements = 0;
  private line = 1;
  private lineAt = 0;
  constructor(text: string, profile: XmlProfile, caps: XmlLimits) {
    this.text = text;
    this.profile = profile;
    this.caps = caps;
  }

  read(): XmlElement {
    const { text } = this;
    let at = skipDeclaration(text);
    while (at < text.length) {
      const next = text.indexOf('<', at);
      const end = next < 0 ? text.length : next;
      if (end > at) this.addText(text.slice(at, end));
      if (next < 0) break;
      at = this.readMarkup(next);
    }
    if (this.open.length > 0) fail('xml.malformed', 'an element is not closed');
    return this.root ?? fail('xml.malformed', 'no element at all');
  }

  private readMarkup(at: number): number {
    const second = this.text.charCodeAt(at + 1);
    if (second === 0x2f) return this.readEndTag(at);
    if (second === 0x21) return this.readDeclarationLike(at);
    if (second === 0x3f) return this.readInstruction(at);
    return this.readElement(at);
  }

  private until(mark: string, from: number, what: string): number {
    const end = this.text.indexOf(mark, from);
    return end < 0 ? fail('xml.malformed', `${what} without end`) : end;
  }

  private readDeclarationLike(at: number): number {
    const { text, profile } = this;
    if (text.startsWith('<!--', at)) {
      if (profile === 'message') fail('xml.comment', 'a comment in a message (threats A07)');
      const end = this.until('--', at + 4, 'comment');
      return text[end + 2] === '>' ? end + 3 : fail('xml.malformed', '-- inside a comment'); // [XML §2.5]
    }
    if (text.startsWith('<![CDATA[', at)) {
      if (profile === 'message') fail('xml.cdata', 'a CDATA section in a message (threats A09)');
      const end = this.until(']]>', at + 9, 'CDATA section');
      this.append(text.slice(at + 9, end));
      return end + 3;
    }
    return fail('xml.doctype', 'a document type or another declaration (threats A01)');
  }

  private readInstruction(at: number): number {
    const end = this.until('?>', at + 2, 'processing instruction');
    if (this.profile !== 'metadata') fail('xml.processing-instruction', 'a processing instruction (threats A08)');
    const target = /^[^ \t\n?]*/.exec(this.text.slice(at + 2, Math.min(end, at + 130)))?.[0] ?? '';
    if (!characters.ncName.test(target) || target.toLowerCase() === 'xml') fail('xml.processing-instruction', 'a malformed or misplaced processing instruction'); // [XML §2.6]
    return end + 2;
  }

  private readElement(at: number): number {
    const parent = this.open.at(-1);
    if (parent === undefined && this.root !== undefined) return fail('xml.multiple-roots', 'a second root element (threats A06)');
    if (this.open.length >= this.caps.maxDepth) fail('xml.limit', `deeper than ${this.caps.maxDepth}`);
    this.elements += 1;
    if (this.elements > this.caps.maxElements) fail('xml.limit', `more than ${this.caps.maxElements} elements`);
    const tag = readStartTag(this.text, at, parent?.tag.scope ?? characters.rootScope, this.caps);
    this.noteIds(tag);
    const draft: Draft = { tag, children: [], text: '', line: this.lineOf(at) };
    this.open.push(draft);
    if (tag.selfClosing) this.close();
    return tag.end;
  }

  private lineOf(at: number): number {
    for (let next = this.text.indexOf('\n', this.lineAt); next >= 0 && next < at; next = this.text.indexOf('\n', this.lineAt)) {
      this.line += 1;
      this.lineAt = next + 1;
    }
    return this.line;
  }

  /** One un-prefixed ID an element, unique in the document; look-alikes with a prefix are refused where signatures decide (threats B23). */
  private noteIds(tag: OpenTag): void {
    for (const { namespace, localName, value } of tag.attributes) {
      if (localName.toLowerCase() !== 'id') continue;
      if (namespace !== '' && this.profile === 'message') fail('xml.duplicate-id', 'an ID attribute with a prefix');
      if (localName !== 'ID' || namespace !== '') continue;
      if (this.ids.has(value)) fail('xml.duplicate-id', 'an ID appears twice');
      this.ids.add(value);
    }
  }

  private readEndTag(at: number): number {
    const end = this.until('>', at, 'end tag');
    const name = this.text.slice(at + 2, end).replace(/[ \t\n]+$/, '');
    if (this.open.at(-1)?.tag.name !== name) fail('xml.malformed', 'an end tag that closes nothing');
    this.close();
    return end + 1;
  }

  private addText(raw: string): void {
    if (this.open.length > 0) this.append(resolveText(raw));
    else if (/[^ \t\n]/.test(raw)) fail(this.root === undefined ? 'xml.malformed' : 'xml.multiple-roots', 'text outside the root element');
  }

  private append(text: string): void {
    const draft = this.open.at(-1);
    if (draft === undefined) return fail('xml.malformed', 'text outside the root element');
    draft.text += text;
    if (draft.text.length > this.caps.maxTextLength) fail('xml.limit', `text longer than ${this.caps.maxTextLength}`);
  }

  private close(): void {
    const draft = this.open.pop();
    if (draft === undefined) return;
    flush(draft);
    const { namespace, prefix, localName, attributes, scope } = draft.tag;
    const element: XmlElement = Object.freeze({ namespace, prefix, localName, attributes, children: Object.freeze(draft.children), scope, line: draft.line });
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = element;
    else {
      flush(parent);
      parent.children.push(element);
    }
  }
}
const flush = (draft: Draft): void => {
  if (draft.text === '') return;
  draft.children.push(draft.text);
  draft.text = '';
};
