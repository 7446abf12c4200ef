/** HTTP-Redirect with DEFLATE [SAMLBind §3.4]. */
import type { KeyObject } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { bindings } from '../names.ts';
import { verifyDetached, type Signer } from '../xml/index.ts';
import { checkRelayState, classifyParameter, decodeBase64, decodeFormText, inflate, parameterOf, type BindingLimits, type BoundMessage, type DetachedSignature, type MessageKind } from './message.ts';

export const redirectLimits: BindingLimits = { maxEncoded: 32 * 1024, maxXml: 64 * 1024 };

interface Parameter { readonly index: number; readonly value: string }
type Parameters = ReadonlyMap<string, Parameter>;

const MAX_PARAMETERS = 32;
const splitQuery = (pieces: readonly string[]): Parameters => {
  if (pieces.length > MAX_PARAMETERS) fail('binding.parameter', `more than ${MAX_PARAMETERS} parameters`);
  const found = new Map<string, Parameter>();
  pieces.forEach((piece, index) => {
    const equals = piece.indexOf('=');
    const name = equals === -1 ? piece : piece.slice(0, equals);
    if (classifyParameter(name) === 'foreign') return;
    if (found.has(name)) fail('binding.parameter', 'a parameter of SAML is repeated', { parameter: name });
    found.set(name, { index, value: equals === -1 ? '' : piece.slice(equals + 1) });
  });
  return found;
};

const kindOf = (parameters: Parameters): MessageKind => {
  const request = parameters.has('SAMLRequest');
  if (request === parameters.has('SAMLResponse')) fail('binding.parameter', 'exactly one of SAMLRequest and SAMLResponse must be there');
  return request ? 'request' : 'response';
};

/**
 * Octets are the message, RelayState when there is one, and SigAlg, in this order and as the sender encoded them
 * [SAMLBind §3.4.4.1]. They must stand side by side in the query, so that what is verified is a slice of what came.
 */
const signatureOf = (pieces: readonly string[], parameters: Parameters, kind: MessageKind): DetachedSignature | null => {
  const algorithm = parameters.get('SigAlg');
  const signature = parameters.get('Signature');
  if (algorithm === undefined && signature === undefined) return null;
  if (algorithm === undefined || signature === undefined) return fail('binding.parameter', 'SigAlg and Signature belong together');
  const order = [parameters.get(parameterOf[kind]), parameters.get('RelayState'), algorithm, signature].flatMap((parameter) => (parameter === undefined ? [] : [parameter.index]));
  const first = order[0] ?? 0;
  if (order.some((index, place) => index !== first + place)) fail('binding.parameter', 'signed parameters must stand side by side in the order of the binding');
  return {
    algorithm: decodeFormText(algorithm.value),
    octets: Buffer.from(pieces.slice(first, signature.index).join('&'), 'latin1'),
    value: decodeBase64(decodeFormText(signature.value)),
  };
};

/**
 * Reads a message from the raw query: what stands after `?`, not decoded by anybody.
 * Errors: `binding.parameter`, `binding.encoding`, `binding.too-large`, `binding.relay-state`.
 */
export const readRedirect = (rawQuery: string, limits: BindingLimits = redirectLimits): BoundMessage => {
  if (rawQuery.length > limits.maxEncoded) fail('binding.too-large', `query of more than ${limits.maxEncoded} characters`);
  if (!/^[\x21-\x7e]*$/.test(rawQuery)) fail('binding.encoding', 'the query holds characters that must be percent-encoded');
  const pieces = rawQuery.split('&');
  const parameters = splitQuery(pieces);
  const kind = kindOf(parameters);
  const encoding = parameters.get('SAMLEncoding');
  if (encoding !== undefined && decodeFormText(encoding.value) !== bindings.deflateEncoding) fail('binding.parameter', 'SAMLEncoding other than DEFLATE'); // [SAMLBind §3.4.4]
  const relayState = parameters.get('RelayState');
  return {
    binding: 'redirect',
    kind,
    xml: inflate(decodeBase64(decodeFormText(parameters.get(parameterOf[kind])?.value ?? '')), limits.maxXml),
    relayState: relayState === undefined ? null : checkRelayState(decodeFormText(relayState.value)),
    signature: signatureOf(pieces, parameters, kind),
  };
};

/** Verifies the signature beside the message with the sender's keys, or fails with `signature.*`. */
export const verifyRedirect = (signature: DetachedSignature, keys: readonly KeyObject[], now: Instant): void => {
  verifyDetached(signature.algorithm, keys, signature.octets, signature.value, { now });
};

/** The address to send the browser to. `xml` carries no signature of its own [SAMLBind §3.4.4.1]; with a signer the query is signed. */
export const writeRedirect = async (endpoint: string, message: { readonly kind: MessageKind; readonly xml: string; readonly relayState?: string | null }, signer?: Signer): Promise<string> => {
  const parts = [`${parameterOf[message.kind]}=${encodeURIComponent(deflateRawSync(message.xml).toString('base64'))}`];
  if (message.relayState !== undefined && message.relayState !== null) parts.push(`RelayState=${encodeURIComponent(message.relayState)}`);
  if (signer !== undefined) {
    parts.push(`SigAlg=${encodeURIComponent(signer.algorithm)}`);
    const signature = await signer.sign(Buffer.from(parts.join('&'), 'latin1'));
    parts.push(`Signature=${encodeURIComponent(signature.toString('base64'))}`);
  }
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${parts.join('&')}`;
};
