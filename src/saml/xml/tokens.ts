/**
 * The one tokenizer, for trees (reader.ts) and for streams (aggregate.ts): which documents are well-formed and allowed is decided
 * here and nowhere else. Owns the rules of the three profiles, the caps, one root, unique IDs. Each character is looked at a
 * bounded number of times, whatever the document looks like.
 */
import { fail } from '../../core/errors.ts';
import { resolveText } from './entities.ts';
import type { XmlLimits } from './limits.ts';
import { isBlank, isNcName, isSpace, lineEnds, spaceEnd, type Alphabet } from './names.ts';
import type { NamespaceScope } from './scope.ts';
import { StartTagReader, type StartTag } from './start-tag.ts';
import type { XmlProfile } from './tree.ts';

/** Whoever reads the tokens. `at` and `end` are places in the text given to `read`. */
export interface TokenSink {
  startTag(tag: StartTag, at: number, end: number): void;
  endTag(tag: StartTag, at: number, end: number): void;
  /** Inside the root; references resolved, line ends read, CDATA too. */
  text(value: string): void;
  /** Inside the root, where the profile lets it pass: `target` or `target data`. */
  instruction(content: string): void;
}
export interface TokenRules { readonly profile: XmlProfile; readonly caps: XmlLimits; readonly alphabet: Alphabet; /** Namespaces around the document: of a slice of a larger one. */ readonly scope: NamespaceScope }

const DECLARATION = /^xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([\w.-]+)"|'([\w.-]+)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*$/;
const LONGEST_DECLARATION = 256;
const INCOMPLETE = -1;

export class Tokenizer {
  private readonly sink: TokenSink;
  private readonly rules: TokenRules;
  private readonly tags: StartTagReader;
  private readonly open: StartTag[] = [];
  private readonly ids = new Set<string>();
  private elements = 0;
  private rootSeen = false;
  private begun = false;
  /** Where the token begins that is read now. */
  place = 0;
  constructor(sink: TokenSink, rules: TokenRules) {
    this.sink = sink;
    this.rules = rules;
    this.tags = new StartTagReader(rules.caps, rules.alphabet);
  }

  /** Reads every complete token from `at` on and returns where it stopped. With `last`, what is incomplete is refused. Errors: `xml.*`. */
  read(text: string, from: number, last: boolean): number {
    let at = from;
    for (;;) {
      this.place = at;
      const next = text.indexOf('<', at);
      if (next < 0 && !last) return this.wait(text, at);
      const end = next < 0 ? text.length : next;
      if (end > at) this.characters(text.slice(at, end));
      this.place = end;
      if (next < 0) return this.finish(end);
      const after = this.markup(text, next, last);
      if (after === INCOMPLETE) return last ? fail('xml.malformed', 'markup without end') : this.wait(text, next);
      at = after;
      this.begun = true;
    }
  }

  private wait(text: string, at: number): number {
    return text.length - at > 2 * this.rules.caps.maxTextLength ? fail('xml.limit', `a token longer than ${2 * this.rules.caps.maxTextLength}`) : at;
  }

  private finish(end: number): number {
    if (this.open.length > 0) fail('xml.malformed', 'an element is not closed');
    return this.rootSeen ? end : fail('xml.malformed', 'no element at all');
  }

  private checkLength(length: number): void {
    if (length > this.rules.caps.maxTextLength) fail('xml.limit', `text longer than ${this.rules.caps.maxTextLength}`);
  }

  private characters(raw: string): void {
    this.begun = true;
    this.checkLength(raw.length);
    if (this.open.length > 0) return this.sink.text(resolveText(raw, this.rules.alphabet));
    if (!isBlank(raw)) fail(this.rootSeen ? 'xml.multiple-roots' : 'xml.malformed', 'text outside the root element'); // [XML §2.8]
  }

  private markup(text: string, at: number, last: boolean): number {
    const second = text.charCodeAt(at + 1);
    if (second === 0x2f) return this.endTag(text, at);
    if (second === 0x21) return this.declarationLike(text, at, last);
    if (second === 0x3f) return this.instruction(text, at);
    if (Number.isNaN(second) || (!last && !tagIsComplete(text, at))) return INCOMPLETE;
    return this.startTag(text, at);
  }

  private startTag(text: string, at: number): number {
    const { caps, scope } = this.rules;
    const parent = this.open.at(-1);
    if (parent === undefined && this.rootSeen) return fail('xml.multiple-roots', 'a second root element (threats A06)');
    if (this.open.length >= caps.maxDepth) fail('xml.limit', `deeper than ${caps.maxDepth}`);
    this.elements += 1;
    if (this.elements > caps.maxElements) fail('xml.limit', `more than ${caps.maxElements} elements`);
    const tag = this.tags.read(text, at, parent?.scope ?? scope);
    this.noteIds(tag);
    this.rootSeen = true;
    const end = at + tag.length;
    this.sink.startTag(tag, at, end);
    if (tag.selfClosing) this.sink.endTag(tag, end, end);
    else this.open.push(tag);
    return end;
  }

  /** One un-prefixed ID an element, unique in the document; look-alikes with a prefix are refused where signatures decide (threats B23). */
  private noteIds({ attributes }: StartTag): void {
    for (const { namespace, localName, value } of attributes) {
      if (localName.length !== 2 || localName.toLowerCase() !== 'id') continue;
      if (namespace !== '' && this.rules.profile === 'message') fail('xml.duplicate-id', 'an ID attribute with a prefix');
      if (localName !== 'ID' || namespace !== '') continue;
      if (this.ids.has(value)) fail('xml.duplicate-id', 'an ID appears twice'); // [XML §3.3.1]
      this.ids.add(this.rules.alphabet.keep(value));
    }
  }

  private endTag(text: string, at: number): number {
    const tag = this.open.at(-1);
    if (tag === undefined) return text.includes('>', at) ? fail('xml.malformed', 'an end tag that closes nothing') : INCOMPLETE;
    const nameAt = at + 2;
    const nameTo = nameAt + tag.name.length;
    if (text.length <= nameTo) return text.includes('>', at) ? fail('xml.malformed', 'an end tag that closes nothing') : INCOMPLETE;
    const close = spaceEnd(text, nameTo);
    if (!text.startsWith(tag.name, nameAt) || (close < text.length && text.charCodeAt(close) !== 0x3e)) return fail('xml.malformed', 'an end tag that closes nothing');
    if (close >= text.length) return INCOMPLETE;
    this.open.pop();
    this.sink.endTag(tag, at, close + 1);
    return close + 1;
  }

  private declarationLike(text: string, at: number, last: boolean): number {
    const { profile } = this.rules;
    if (!last && text.length - at < '<![CDATA['.length) return INCOMPLETE;
    if (text.startsWith('<!--', at)) {
      if (profile === 'message') fail('xml.comment', 'a comment in a message (threats A07)');
      const end = text.indexOf('--', at + 4);
      if (end < 0 || end + 2 >= text.length) return INCOMPLETE;
      this.checkLength(end - at);
      return text.charCodeAt(end + 2) === 0x3e ? end + 3 : fail('xml.malformed', '-- inside a comment'); // [XML §2.5]
    }
    if (!text.startsWith('<![CDATA[', at)) return fail('xml.doctype', 'a document type or another declaration (threats A01)');
    if (profile === 'message') fail('xml.cdata', 'a CDATA section in a message (threats A09)');
    if (this.open.length === 0) fail('xml.malformed', 'a CDATA section outside the root element');
    const end = text.indexOf(']]>', at + 9);
    if (end < 0) return INCOMPLETE;
    this.checkLength(end - at - 9);
    if (end > at + 9) this.sink.text(lineEnds(text.slice(at + 9, end)));
    return end + 3;
  }

  private instruction(text: string, at: number): number {
    const end = text.indexOf('?>', at + 2);
    if (end < 0) return INCOMPLETE;
    if (!this.begun && text.startsWith('xml', at + 2) && isSpace(text.charCodeAt(at + 5))) return this.xmlDeclaration(text.slice(at + 2, end), end + 2);
    // Another encoding than UTF-8 or a late declaration is caught by the name `xml` in any case [XML §2.6].
    if (this.rules.profile !== 'metadata') fail('xml.processing-instruction', 'a processing instruction (threats A08)');
    this.checkLength(end - at);
    const content = lineEnds(text.slice(at + 2, end));
    const space = content.search(/[ \t\n]/);
    const target = space < 0 ? content : content.slice(0, space);
    if (target.includes(':') || !isNcName(target, this.rules.alphabet) || target.toLowerCase() === 'xml') fail('xml.processing-instruction', 'a malformed or misplaced processing instruction'); // [XML §2.6]
    const data = space < 0 ? '' : content.slice(spaceEnd(content, space));
    if (this.open.length > 0) this.sink.instruction(data === '' ? target : `${target} ${data}`);
    return end + 2;
  }

  private xmlDeclaration(declaration: string, end: number): number {
    const found = declaration.length > LONGEST_DECLARATION ? null : DECLARATION.exec(declaration);
    if (found === null) return fail('xml.malformed', 'a malformed XML declaration'); // [XML §2.8]
    return (found[1] ?? found[2] ?? 'UTF-8').toUpperCase() === 'UTF-8' ? end : fail('xml.encoding', 'the XML declaration names another encoding than UTF-8');
  }
}

/** Is the `>` here that ends the tag? Quoted ones do not count. */
const tagIsComplete = (text: string, at: number): boolean => {
  let quote = 0;
  for (let place = at + 1; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === 0x3e) return true;
    else if (code === 0x22 || code === 0x27) quote = code;
  }
  return false;
};
