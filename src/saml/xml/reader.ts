/**
 * Bytes → immutable tree, for every document that is small enough to hold. Three profiles (DESIGN §3): *message* takes no comment,
 * CDATA, processing instruction or BOM; *metadata* drops comments and BOM, reads CDATA as text, and keeps instructions for
 * canonicalisation only [C14N §2.3]; *service-reply* is metadata without instructions. DOCTYPE in none, UTF-8 only, one root.
 */
import { fail, isBrygganError } from '../../core/errors.ts';
import { defaultLimits, type XmlLimits } from './limits.ts';
import { characters } from './names.ts';
import { documentScope, type NamespaceScope } from './scope.ts';
import type { StartTag } from './start-tag.ts';
import { Tokenizer, type TokenSink } from './tokens.ts';
import type { XmlElement, XmlInstruction, XmlProfile } from './tree.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BOM = '\uFEFF';

const decode = (bytes: Uint8Array): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    return fail('xml.encoding', 'not UTF-8'); // [XML §4.3.3]
  }
};

interface Draft { readonly children: (XmlElement | string)[]; instructions: XmlInstruction[] | null; text: string; readonly line: number }
const NO_INSTRUCTIONS: readonly XmlInstruction[] = Object.freeze([]);

class TreeBuilder implements TokenSink {
  root: XmlElement | undefined;
  private readonly source: string;
  private readonly maxTextLength: number;
  private readonly open: Draft[] = [];
  private line = 1;
  private newLine: number;
  constructor(source: string, maxTextLength: number) {
    this.source = source;
    this.maxTextLength = maxTextLength;
    this.newLine = source.indexOf('\n');
  }

  startTag(_tag: StartTag, at: number): void {
    for (; this.newLine >= 0 && this.newLine < at; this.newLine = this.source.indexOf('\n', this.newLine + 1)) this.line += 1;
    this.open.push({ children: [], instructions: null, text: '', line: this.line });
  }

  endTag({ namespace, prefix, localName, attributes, scope }: StartTag): void {
    const draft = this.open.pop();
    if (draft === undefined) return;
    flush(draft);
    const { children, instructions, line } = draft;
    const element: XmlElement = Object.freeze({
      namespace, prefix, localName, attributes, children: Object.freeze(children), instructions: instructions === null ? NO_INSTRUCTIONS : Object.freeze(instructions), scope, line,
    });
    const parent = this.open.at(-1);
    if (parent === undefined) this.root = element;
    else {
      flush(parent);
      parent.children.push(element);
    }
  }

  text(value: string): void {
    const draft = this.open.at(-1);
    if (draft === undefined) return;
    draft.text += value;
    if (draft.text.length > this.maxTextLength) fail('xml.limit', `text longer than ${this.maxTextLength}`);
  }

  instruction(content: string): void {
    const draft = this.open.at(-1);
    if (draft === undefined) return;
    flush(draft);
    (draft.instructions ??= []).push(Object.freeze({ content, before: draft.children.length }));
  }
}
const flush = (draft: Draft): void => {
  if (draft.text === '') return;
  draft.children.push(draft.text);
  draft.text = '';
};

/** 1-based. */
const lineAt = (text: string, place: number): number => text.slice(0, place).split('\n').length;

/** A slice of a larger document, with the namespaces around it. Errors: `xml.*`. */
export const readSlice = (bytes: Uint8Array, profile: XmlProfile, limits: Partial<XmlLimits>, scope: NamespaceScope): XmlElement => {
  const caps = { ...defaultLimits, ...limits };
  if (bytes.byteLength > caps.maxBytes) return fail('xml.too-large', `more than ${caps.maxBytes} bytes`);
  const text = decode(bytes);
  const hasBom = text.startsWith(BOM);
  if (hasBom && profile === 'message') return fail('xml.encoding', 'a byte order mark in a message');
  if (characters.illegal.test(text)) return fail('xml.illegal-character', 'a character that XML 1.0 forbids', { line: lineAt(text, text.search(characters.illegal)) }); // [XML §2.2]
  const builder = new TreeBuilder(text, caps.maxTextLength);
  const tokens = new Tokenizer(builder, { profile, caps, alphabet: characters, scope });
  try {
    tokens.read(text, hasBom ? 1 : 0, true);
  } catch (error) {
    return isBrygganError(error) ? fail(error.code, error.detail, { ...error.facts, line: lineAt(text, tokens.place) }, error) : fail('internal', 'the reader failed', {}, error);
  }
  return builder.root ?? fail('xml.malformed', 'no element at all');
};
/** Bytes → immutable tree. Errors: `xml.*`, each naming its rule, with the `line` where the broken token begins. */
export const readXml = (bytes: Uint8Array, profile: XmlProfile, limits: Partial<XmlLimits> = {}): XmlElement => readSlice(bytes, profile, limits, documentScope());
