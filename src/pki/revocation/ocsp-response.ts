/** OCSP responses as structure [RFC 6960 §4.2]. Reads; whether the answer may be believed is decided in ocsp-verify.ts. */
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { childrenOf, context, expectTag, oidFrom, oidOf, onlyDer, serialHex, smallInteger, tags, timeOf, wholeOctets, type Der } from '../der.ts';
import { readExtensions, type ExtensionMap } from '../extensions.ts';
import { readName, type DistinguishedName } from '../names.ts';
import { oids } from '../oids.ts';
import { readSignatureScheme, type SignatureScheme } from '../signature.ts';

export interface CertId { readonly hash: string; readonly nameHash: Buffer; readonly keyHash: Buffer; readonly serial: string }
export interface SingleResponse {
  readonly certId: CertId;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Instant | null;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant | null;
}
export type ResponderId = { readonly kind: 'name'; readonly name: DistinguishedName } | { readonly kind: 'key'; readonly hash: Buffer };
export interface BasicResponse {
  readonly responder: ResponderId;
  readonly producedAt: Instant;
  readonly responses: readonly SingleResponse[];
  readonly nonce: Buffer | null;
  readonly signed: Buffer;
  readonly scheme: SignatureScheme;
  readonly signature: Buffer;
  /** DER, at most a few; hints for finding the responder's own certificate. */
  readonly certificates: readonly Buffer[];
}

const MAX_BYTES = 65_536;
const MAX_RESPONSES = 64;
const MAX_CERTIFICATES = 8;
const noExtensions: ExtensionMap = new Map();
const statusNames = ['successful', 'malformedRequest', 'internalError', 'tryLater', 'status 4', 'sigRequired', 'unauthorized'];

const oneInside = (wrapper: Der): Der => onlyDer(wrapper.content);
const generalizedTime = (element: Der | undefined): Instant => timeOf(expectTag(element, tags.generalizedTime, 'time'));
const extensionsIn = (wrapper: Der | undefined): ExtensionMap => (wrapper === undefined ? noExtensions : readExtensions(oneInside(wrapper), 'OCSP response'));
const refuseCritical = (extensions: ExtensionMap, understood: readonly string[]): void => {
  const unknown = [...extensions.values()].find(({ oid, critical }) => critical && !understood.includes(oid));
  if (unknown !== undefined) fail('pki.ocsp', 'a critical extension of the answer is not understood', { oid: unknown.oid }); // [RFC 6960 §4.4]
};
const readCertId = (element: Der | undefined): CertId => {
  const [algorithm, name, key, serial] = childrenOf(expectTag(element, tags.sequence, 'CertID'), 4);
  return {
    hash: oidOf(childrenOf(expectTag(algorithm, tags.sequence, 'hash algorithm'))[0]),
    nameHash: expectTag(name, tags.octetString, 'issuerNameHash').content, keyHash: expectTag(key, tags.octetString, 'issuerKeyHash').content,
    serial: serialHex(expectTag(serial, tags.integer, 'serial number').content),
  };
};
const readStatus = (element: Der | undefined): Pick<SingleResponse, 'status' | 'revokedAt'> => {
  switch (element?.tag) {
    case context(0, false): return { status: 'good', revokedAt: null };
    case context(1): return { status: 'revoked', revokedAt: generalizedTime(childrenOf(element)[0]) };
    case context(2, false): return { status: 'unknown', revokedAt: null };
    default: return fail('pki.ocsp', 'an answer without status');
  }
};
const readSingle = (element: Der): SingleResponse => {
  const [certId, status, thisUpdate, ...rest] = childrenOf(expectTag(element, tags.sequence, 'SingleResponse'), 8);
  const next = rest.find(({ tag }) => tag === context(0));
  refuseCritical(extensionsIn(rest.find(({ tag }) => tag === context(1))), []);
  return { certId: readCertId(certId), ...readStatus(status), thisUpdate: generalizedTime(thisUpdate), nextUpdate: next === undefined ? null : generalizedTime(oneInside(next)) };
};
const readResponder = (element: Der | undefined): ResponderId => {
  if (element?.tag === context(1)) return { kind: 'name', name: readName(expectTag(oneInside(element), tags.sequence, 'responder')) };
  if (element?.tag === context(2)) return { kind: 'key', hash: expectTag(oneInside(element), tags.octetString, 'responder key').content };
  return fail('pki.ocsp', 'an answer without responder');
};
const readNonce = (extensions: ExtensionMap): Buffer | null => {
  const extension = extensions.get(oids.ocspNonce);
  return extension === undefined ? null : expectTag(onlyDer(extension.value), tags.octetString, 'nonce').content;
};
const readBasic = (der: Buffer): BasicResponse => {
  const [data, algorithm, signature, certificates] = childrenOf(expectTag(onlyDer(der), tags.sequence, 'BasicOCSPResponse'), 4);
  const parts = [...childrenOf(expectTag(data, tags.sequence, 'ResponseData'), 5)];
  if (parts[0]?.tag === context(0) && smallInteger(oneInside(parts.shift() ?? parts[0])) !== 0) return fail('pki.ocsp', 'an answer of another version');
  const [responder, producedAt, responses, extensions] = parts;
  const read = extensionsIn(extensions === undefined ? undefined : expectTag(extensions, context(1), 'response extensions'));
  refuseCritical(read, [oids.ocspNonce]);
  return {
    responder: readResponder(responder), producedAt: generalizedTime(producedAt),
    responses: childrenOf(expectTag(responses, tags.sequence, 'responses'), MAX_RESPONSES).map(readSingle),
    nonce: readNonce(read), signed: expectTag(data, tags.sequence, 'ResponseData').raw,
    scheme: readSignatureScheme(expectTag(algorithm, tags.sequence, 'signature algorithm')), signature: wholeOctets(signature, 'signature'),
    certificates: certificates === undefined ? [] : childrenOf(expectTag(oneInside(expectTag(certificates, context(0), 'certificates')), tags.sequence, 'certificates'), MAX_CERTIFICATES).map(({ raw }) => raw),
  };
};
/** DER of an OCSPResponse → its basic response. Errors: `pki.ocsp` for every status but successful, `pki.der`. */
export const readOcspResponse = (bytes: Uint8Array): BasicResponse => {
  if (bytes.byteLength > MAX_BYTES) return fail('pki.ocsp', `an answer of more than ${MAX_BYTES} bytes`);
  const [status, body, more] = childrenOf(expectTag(onlyDer(bytes), tags.sequence, 'OCSPResponse'), 3);
  const code = smallInteger(expectTag(status, tags.enumerated, 'response status'));
  if (code !== 0) return fail('pki.ocsp', `the responder says ${statusNames[code] ?? `status ${code}`}`, { status: code });
  if (body === undefined || more !== undefined) return fail('pki.ocsp', 'an answer without content');
  const [type, content] = childrenOf(oneInside(expectTag(body, context(0), 'responseBytes')), 2);
  if (oidFrom(expectTag(type, tags.oid, 'response type').content) !== oids.ocspBasic) return fail('pki.ocsp', 'an answer of unknown type');
  return readBasic(expectTag(content, tags.octetString, 'response').content);
};
