/** HTTP-POST: a form field with the message in base64 [SAMLBind §3.5]. */
import { fail } from '../../core/errors.ts';
import type { PostForm } from '../../core/http-types.ts';
import { checkRelayState, classifyParameter, decodeBase64, decodeFormText, parameterOf, type BindingLimits, type BoundMessage, type MessageKind } from './message.ts';

export const postLimits: BindingLimits = { maxEncoded: 512 * 1024, maxXml: 256 * 1024 };

/** Fields of a parsed form: an array is a repeated field. `rawQuery` is the query of the same request, which must not speak SAML. */
export interface FormRequest { readonly fields: Readonly<Record<string, unknown>>; readonly rawQuery?: string }

const MAX_BODY = 1024 * 1024;
const MAX_FIELDS = 64;
/** Fields of a raw `application/x-www-form-urlencoded` body, decoded once; a repeated field is an array, for `readPost` to refuse. */
export const formFields = (body: string): Record<string, string | string[]> => {
  if (body.length > MAX_BODY) fail('binding.too-large', `form of more than ${MAX_BODY} characters`);
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  const pieces = body.split('&', MAX_FIELDS + 1);
  if (pieces.length > MAX_FIELDS) fail('binding.parameter', `form of more than ${MAX_FIELDS} fields`);
  for (const piece of pieces) {
    if (piece === '') continue;
    const equals = piece.indexOf('=');
    const name = decodeFormText(equals === -1 ? piece : piece.slice(0, equals));
    const value = equals === -1 ? '' : decodeFormText(piece.slice(equals + 1));
    const earlier = fields[name];
    fields[name] = earlier === undefined ? value : [...(typeof earlier === 'string' ? [earlier] : earlier), value];
  }
  return fields;
};

const fieldOf = (fields: Readonly<Record<string, unknown>>, name: string): string | null => {
  if (!Object.hasOwn(fields, name)) return null;
  const value = fields[name];
  return typeof value === 'string' ? value : fail('binding.parameter', 'a parameter of SAML is repeated', { parameter: name });
};

const redirectOnly = ['SigAlg', 'Signature', 'SAMLEncoding'];
const checkNames = ({ fields, rawQuery = '' }: FormRequest): void => {
  for (const name of Object.keys(fields)) {
    if (classifyParameter(name) === 'ours' && redirectOnly.includes(name)) fail('binding.parameter', 'a parameter of the Redirect binding in a form', { parameter: name }); // threats B25
  }
  if (rawQuery === '') return;
  if (rawQuery.split('&').some((piece) => classifyParameter(piece.split('=', 1)[0] ?? '') === 'ours')) fail('binding.parameter', 'parameters of SAML in the address of a form');
};

/** Lines may be broken [RFC 2045 §6.8]; no other character is skipped. */
const withoutLineBreaks = (text: string): string => (text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, '') : text);

/** Reads a message from a form. Errors: `binding.parameter`, `binding.encoding`, `binding.too-large`, `binding.relay-state`. */
export const readPost = (request: FormRequest, limits: BindingLimits = postLimits): BoundMessage => {
  const asked = fieldOf(request.fields, 'SAMLRequest');
  const answered = fieldOf(request.fields, 'SAMLResponse');
  const encoded = asked ?? answered ?? fail('binding.parameter', 'no SAMLRequest and no SAMLResponse in the form');
  if (encoded.length > limits.maxEncoded) fail('binding.too-large', `message of more than ${limits.maxEncoded} characters`);
  checkNames(request);
  if (asked !== null && answered !== null) fail('binding.parameter', 'exactly one of SAMLRequest and SAMLResponse must be there');
  const relayState = fieldOf(request.fields, 'RelayState');
  const xml = decodeBase64(withoutLineBreaks(encoded));
  if (xml.length > limits.maxXml) fail('binding.too-large', `message of more than ${limits.maxXml} bytes`);
  return { binding: 'post', kind: asked === null ? 'response' : 'request', xml, relayState: relayState === null ? null : checkRelayState(relayState), signature: null };
};

/** The form that carries a message through the browser. */
export const writePost = (endpoint: string, message: { readonly kind: MessageKind; readonly xml: string; readonly relayState?: string | null }): PostForm => {
  const encoded = Buffer.from(message.xml).toString('base64');
  const { relayState } = message;
  return { kind: 'post-form', action: endpoint, fields: { [parameterOf[message.kind]]: encoded, ...(relayState === undefined || relayState === null ? {} : { RelayState: relayState }) } };
};
