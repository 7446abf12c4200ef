/**
 * bindings: how a SAML message travels: HTTP-Redirect, HTTP-POST, SOAP [SAMLBind §3.2, §3.4, §3.5].
 * Owns parameters, base64, DEFLATE and their limits; the octets that a Redirect signature covers.
 * Does not own: what the message says (messages/), whether its sender may be believed (protocols/), HTTP itself.
 * Sizes are checked before work is done, every step is linear, and nothing is read twice (threats A03, A04, B25, K12).
 */
import { inflateRawSync } from 'node:zlib';
import { fail } from '../../core/errors.ts';

export type MessageKind = 'request' | 'response';
export const parameterOf: Readonly<Record<MessageKind, 'SAMLRequest' | 'SAMLResponse'>> = { request: 'SAMLRequest', response: 'SAMLResponse' };

/** Signature beside the message, as the Redirect binding has it; `octets` is a slice of the raw query, never rebuilt. */
export interface DetachedSignature { readonly algorithm: string; readonly octets: Buffer; readonly value: Buffer }
/** A message as it came, decoded once. Nothing in it has been verified. */
export interface BoundMessage {
  readonly binding: 'redirect' | 'post';
  readonly kind: MessageKind;
  readonly xml: Buffer;
  readonly relayState: string | null;
  readonly signature: DetachedSignature | null;
}
export interface BindingLimits {
  /** Characters of the raw query, or of the encoded message in a form field. */
  readonly maxEncoded: number;
  /** Bytes of XML after decoding. */
  readonly maxXml: number;
}

/** Profiles say 80 bytes [SAMLBind §3.4.3]; real services send whole addresses, so 1024 are carried, opaque. */
const MAX_RELAY_STATE_BYTES = 1024;
const controlCharacter = new RegExp(`[${String.fromCharCode(0)}-${String.fromCharCode(31)}${String.fromCharCode(127)}]`);

/** The same string that came in goes back out; what an HTML form cannot echo unchanged is refused (threats D14). */
export const checkRelayState = (text: string): string => {
  if (text.length > MAX_RELAY_STATE_BYTES || Buffer.byteLength(text) > MAX_RELAY_STATE_BYTES) fail('binding.relay-state', `RelayState is longer than ${MAX_RELAY_STATE_BYTES} bytes`);
  if (controlCharacter.test(text)) fail('binding.relay-state', 'RelayState holds a control character');
  return text;
};

/** Bytes of strict base64: right alphabet, right padding, no spare bits. Encoding again is the whole check, and linear. */
export const decodeBase64 = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  if (text.length === 0 || bytes.toString('base64') !== text) fail('binding.encoding', 'not strict base64');
  return bytes;
};

/** DEFLATE without zlib header [RFC 1951], stopped at the limit; bytes after the end of the stream are refused. */
export const inflate = (deflated: Buffer, maxXml: number): Buffer => {
  try {
    // `info` is missing from the type of the sync call: it returns the engine beside the buffer.
    const { buffer, engine } = inflateRawSync(deflated, { maxOutputLength: maxXml, info: true }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    if (engine.bytesWritten === deflated.length) return buffer;
  } catch (error) {
    if (error instanceof RangeError) return fail('binding.too-large', `message inflates to more than ${maxXml} bytes`);
    return fail('binding.encoding', 'not a complete DEFLATE stream');
  }
  return fail('binding.encoding', 'bytes after the end of the DEFLATE stream');
};

const exactNames = new Set(['SAMLRequest', 'SAMLResponse', 'SAMLEncoding', 'RelayState', 'SigAlg', 'Signature']);
/** `ours` is one of the six names of the bindings, `foreign` has nothing to do with SAML; look-alikes in another case or encoding are refused. */
export const classifyParameter = (rawName: string): 'ours' | 'foreign' => {
  if (exactNames.has(rawName)) return 'ours';
  const plain = decodeLeniently(rawName).trim().toLowerCase();
  if (plain.startsWith('saml') || /^(?:relaystate|sigalg|signature)(?![a-z0-9])/.test(plain)) fail('binding.parameter', 'a parameter that resembles those of SAML but is none');
  return 'foreign';
};

const decodeLeniently = (rawName: string): string => {
  try {
    return decodeURIComponent(rawName.replaceAll('+', ' '));
  } catch {
    return rawName;
  }
};

/** One decoding of form text: `+` is a space, percent sequences are UTF-8. */
export const decodeFormText = (raw: string): string => {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return fail('binding.encoding', 'malformed percent-encoding');
  }
};
