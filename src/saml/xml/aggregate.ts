/**
 * Verifies a signed aggregate of metadata as a stream, in constant memory: octets of exclusive C14N go into the hash while they pass,
 * and each entity leaves a row that says where it lies. Same tokenizer, caps, ID rules and signature shape as for trees. Nothing of
 * the index may be used before `finish` has returned it. Does not own: files and threads (aggregate-file.ts).
 */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash as Hasher, type KeyObject } from 'node:crypto';
import { fail, isBrygganError } from '../../core/errors.ts';
import type { Branded } from '../../core/ids.ts';
import { verifyDetached, type Circumstances } from './algorithms.ts';
import { canonicalEnd, canonicalInstruction, canonicalTag, escapeText } from './c14n.ts';
import type { XmlLimits } from './limits.ts';
import { isBlank, octets } from './names.ts';
import { readSlice } from './reader.ts';
import { allBindings, documentScope, extend, nothingRendered, type Bindings, type NamespaceScope } from './scope.ts';
import { checkTarget, isSignature, readSignature, type SignatureParts } from './signature-shape.ts';
import { checkDigest } from './signature.ts';
import type { StartTag } from './start-tag.ts';
import { Tokenizer, type TokenSink } from './tokens.ts';

/** An EntitiesDescriptor: its un-prefixed attributes (validUntil, cacheDuration, Name) and the namespaces that entities in it inherit. */
export interface AggregateGroup { readonly parent: number | null; readonly attributes: Readonly<Record<string, string>>; readonly namespaces: Bindings }
/** Where an entity lies in the file (octets), in which group, and the SHA-256 of its octets there, so that a file that changes is noticed. */
export interface AggregateEntry { readonly entityId: string; readonly start: number; readonly end: number; readonly group: number; readonly sha256: string }
export type AggregateIndex = Branded<{
  readonly groups: readonly AggregateGroup[];
  readonly entries: readonly AggregateEntry[];
  readonly algorithm: string;
  readonly keyIndex: number;
  readonly bytes: number;
}, 'AggregateIndex'>;

const MD = 'urn:oasis:names:tc:SAML:2.0:metadata';
const BLOCK = 65_536;
const MAX_SIGNATURE = 65_536;
const BOM = '\u00ef\u00bb\u00bf';
/** Cut from the text that passes: from here on, until it is taken. */
interface Cut { from: number; earlier: string }

const unprefixed = ({ attributes }: StartTag): Readonly<Record<string, string>> =>
  Object.fromEntries(attributes.filter(({ prefix }) => prefix === '').map(({ localName, value }) => [octets.decode(localName), octets.decode(value)]));
const decoded = (scope: NamespaceScope): Bindings => allBindings(scope).map(octets.decode);
export const scopeOf = (namespaces: Bindings): NamespaceScope => extend(documentScope(), namespaces);

/** What passes through the hash: everything in the root but its Signature. */
class AggregateSink implements TokenSink {
  readonly groups: AggregateGroup[] = [];
  readonly entries: AggregateEntry[] = [];
  signature: (SignatureParts & { readonly keyIndex: number }) | undefined;
  private readonly keys: readonly KeyObject[];
  private readonly circumstances: Circumstances;
  private readonly rendered: NamespaceScope[] = [nothingRendered()];
  private inclusive: readonly string[] = [];
  private hash: Hasher | undefined;
  private out = '';
  private depth = 0;
  private root: StartTag | undefined;
  private signatureCut: Cut | undefined;
  private openGroups: number[] = [];
  private entity: { readonly entityId: string; readonly start: number; readonly hash: Hasher; from: number } | undefined;
  /** The text that the tokenizer reads now, and the octet of the file at which it begins. */
  private chunk = '';
  private base = 0;
  constructor(keys: readonly KeyObject[], circumstances: Circumstances) {
    this.keys = keys;
    this.circumstances = circumstances;
  }

  begin(chunk: string, base: number): void {
    this.chunk = chunk;
    this.base = base;
  }

  /** The text up to `stop` is read; what is being cut goes on in the next one, which begins at `stop`. */
  pause(stop: number): void {
    if (this.signatureCut !== undefined) {
      this.signatureCut = { from: 0, earlier: this.signatureCut.earlier + this.chunk.slice(this.signatureCut.from, stop) };
      if (this.signatureCut.earlier.length > MAX_SIGNATURE) fail('xml.too-large', `a signature longer than ${MAX_SIGNATURE}`);
    }
    if (this.entity === undefined) return;
    this.entity.hash.update(this.chunk.slice(this.entity.from, stop), 'latin1');
    this.entity.from = 0;
  }

  digest(): Buffer {
    this.flush();
    return this.hash?.digest() ?? fail('signature.missing', 'the aggregate is not signed');
  }

  startTag(tag: StartTag, at: number): void {
    this.depth += 1;
    if (this.depth === 1) return this.startRoot(tag);
    if (this.signatureCut !== undefined) return;
    if (this.depth === 2 && isSignature(tag)) {
      if (this.signature !== undefined) fail('signature.shape', 'more than one signature on an element'); // threats B15
      this.signatureCut = { from: at, earlier: '' };
      return;
    }
    if (this.signature === undefined) fail('signature.missing', 'the signature is not the first child of the aggregate'); // [SAMLMeta §2.3.1]
    // Entities and groups stand directly in a group; anything else of these names is somebody's extension.
    if (tag.namespace === MD && this.depth === this.openGroups.length + 1) this.note(tag, at);
    this.writeTag(tag);
  }

  endTag(tag: StartTag, _at: number, end: number): void {
    this.depth -= 1;
    if (this.signatureCut !== undefined) {
      if (this.depth === 1) this.endSignature(this.signatureCut, end);
      return;
    }
    this.rendered.pop();
    this.write(canonicalEnd(tag));
    if (this.depth === this.openGroups.length && this.entity !== undefined) this.endEntity(this.entity, end);
    else if (this.depth < this.openGroups.length) this.openGroups.pop();
  }

  text(value: string): void {
    if (this.signatureCut !== undefined) return;
    if (this.signature === undefined && !isBlank(value)) fail('signature.missing', 'text before the signature');
    this.write(escapeText(value));
  }

  instruction(content: string): void {
    if (this.signatureCut === undefined) this.write(canonicalInstruction(content));
  }

  /** How it is written depends on the PrefixList in the signature, which comes next. */
  private startRoot(tag: StartTag): void {
    if (tag.namespace !== MD || tag.localName !== 'EntitiesDescriptor') fail('saml.metadata', 'not an EntitiesDescriptor');
    this.root = tag;
    this.note(tag, 0);
  }

  private endSignature({ from, earlier }: Cut, end: number): void {
    const { root, circumstances } = this;
    this.signatureCut = undefined;
    if (root === undefined) return;
    const tree = readSlice(Buffer.from(earlier + this.chunk.slice(from, end), 'latin1'), 'metadata', { maxBytes: MAX_SIGNATURE }, scopeOf(decoded(root.scope)));
    const parts = readSignature(tree, circumstances);
    checkTarget(parts, unprefixed(root)['ID']);
    // A signature by nobody is refused before the many octets are hashed.
    const keyIndex = verifyDetached(parts.algorithm, this.keys, Buffer.from(parts.signedInfo), parts.value, circumstances);
    this.signature = { ...parts, keyIndex };
    this.inclusive = parts.inclusivePrefixes.map((prefix) => Buffer.from(prefix).toString('latin1'));
    this.hash = createHash(parts.hash);
    const before = this.out;
    this.out = '';
    this.writeTag(root);
    this.write(before);
  }

  private note(tag: StartTag, at: number): void {
    const group = this.openGroups.at(-1) ?? null;
    if (tag.localName === 'EntitiesDescriptor') {
      this.openGroups.push(this.groups.length);
      this.groups.push({ parent: group, attributes: unprefixed(tag), namespaces: decoded(tag.scope) });
    } else if (tag.localName === 'EntityDescriptor') {
      const entityId = unprefixed(tag)['entityID'] ?? fail('saml.metadata', 'an EntityDescriptor without entityID'); // [SAMLMeta §2.3.2]
      this.entity = { entityId, start: this.base + at, hash: createHash('sha256'), from: at };
    }
  }

  private endEntity({ entityId, start, hash, from }: NonNullable<AggregateSink['entity']>, end: number): void {
    hash.update(this.chunk.slice(from, end), 'latin1');
    this.entries.push({ entityId, start, end: this.base + end, group: this.openGroups.at(-1) ?? 0, sha256: hash.digest('base64') });
    this.entity = undefined;
  }

  private writeTag(tag: StartTag): void {
    const { text, rendered } = canonicalTag(tag, this.rendered.at(-1) ?? nothingRendered(), this.inclusive);
    this.rendered.push(rendered);
    this.write(text);
  }

  private write(text: string): void {
    this.out += text;
    if (this.out.length > BLOCK) this.flush();
  }

  private flush(): void {
    if (this.hash === undefined) {
      if (this.out.length > BLOCK) fail('signature.missing', 'too much before the signature');
      return;
    }
    this.hash.update(this.out, 'latin1');
    this.out = '';
  }
}

/** How many octets at the end belong to a character that goes on in the next chunk. */
const unfinished = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const octet = bytes[bytes.length - back] ?? 0;
    if (octet < 0x80) return 0;
    if (octet >= 0xc0) return back < (octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
};

export class AggregateVerifier {
  private readonly sink: AggregateSink;
  private readonly tokens: Tokenizer;
  private readonly maxBytes: number;
  private rest = '';
  private tail: Buffer = Buffer.alloc(0);
  /** Octets of the file before `rest`. */
  private base = 0;
  private bytes = 0;
  constructor(keys: readonly KeyObject[], circumstances: Circumstances, caps: XmlLimits) {
    this.sink = new AggregateSink(keys, circumstances);
    this.tokens = new Tokenizer(this.sink, { profile: 'metadata', caps, alphabet: octets, scope: documentScope() });
    this.maxBytes = caps.maxBytes;
  }

  /** Errors: `xml.*`, `signature.*`, `saml.metadata`. The chunk may be used again afterwards. */
  push(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.maxBytes) fail('xml.too-large', `more than ${this.maxBytes} bytes`);
    const bytes = Buffer.concat([this.tail, chunk]);
    const whole = bytes.length - unfinished(bytes);
    this.tail = bytes.subarray(whole);
    this.read(bytes.subarray(0, whole), false);
  }

  /** The index, now that every octet is proven. */
  finish(): AggregateIndex {
    this.read(this.tail, true);
    const { groups, entries, signature } = this.sink;
    if (signature === undefined) return fail('signature.missing', 'the aggregate is not signed');
    checkDigest(signature, this.sink.digest());
    const index: unknown = { groups, entries, algorithm: signature.algorithm, keyIndex: signature.keyIndex, bytes: this.bytes };
    return index as AggregateIndex;
  }

  private read(bytes: Buffer, last: boolean): void {
    if (!isUtf8(bytes)) fail('xml.encoding', 'not UTF-8'); // [XML §4.3.3]
    const fresh = bytes.toString('latin1');
    if (octets.illegal.test(fresh)) fail('xml.illegal-character', 'a character that XML 1.0 forbids'); // [XML §2.2]
    let text = this.rest + fresh;
    // Never cut in two: it is one character.
    if (this.base === 0 && text.startsWith(BOM)) {
      text = text.slice(BOM.length);
      this.base = BOM.length;
    }
    this.sink.begin(text, this.base);
    const stop = this.readTokens(text, last);
    this.sink.pause(stop);
    this.rest = text.slice(stop);
    this.base += stop;
  }

  private readTokens(text: string, last: boolean): number {
    try {
      return this.tokens.read(text, 0, last);
    } catch (error) {
      if (!isBrygganError(error)) throw error;
      return fail(error.code, error.detail, { ...error.facts, octet: this.base + this.tokens.place }, error);
    }
  }
}
