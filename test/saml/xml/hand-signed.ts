/**
 * Signed documents put together by hand: the text is written in canonical form here, hashed and signed by node:crypto alone, so that
 * nothing of the code under test makes them. Every piece can be replaced before signing, so that a test breaks one rule under a
 * signature that is otherwise right.
 */
import { createHash, constants, sign, type KeyObject } from 'node:crypto';
import { testKey } from '../../fixtures/saml.ts';

export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = `${DS}enveloped-signature`;
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
export const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol';

export interface SignedParts {
  readonly id?: string;
  readonly uri?: string;
  /** Hash of node:crypto for the digest, and what DigestMethod says. */
  readonly digest?: readonly [hash: string, uri: string];
  readonly signature?: readonly [hash: string, uri: string, padding?: 'pss'];
  readonly key?: KeyObject;
  /** Canonical text of each part, in place of the right one. */
  readonly canonicalisation?: string;
  readonly method?: string;
  readonly transforms?: string;
  readonly digestMethod?: string;
  /** Behind the Reference, in SignedInfo. */
  readonly moreInfo?: string;
  /** What is written where the base64 stands. */
  readonly digestValue?: (value: string) => string;
  readonly signatureValue?: (value: string) => string;
  /** In Signature, in front of SignedInfo and behind SignatureValue. */
  readonly before?: string;
  readonly after?: string;
  /** The whole Signature as it goes into the document. */
  readonly place?: (signature: string) => string;
  /** Canonical content of the root behind the signature. */
  readonly content?: string;
  readonly rootAttributes?: string;
}
export const algorithm = (name: string, uri: string, inside = ''): string => `<ds:${name} Algorithm="${uri}">${inside}</ds:${name}>`;
export const twoTransforms = algorithm('Transform', ENVELOPED) + algorithm('Transform', EXCLUSIVE);
const hashed = (hash: string, text: string): string => createHash(hash).update(text).digest('base64');

/** A Response that is signed; good unless told otherwise. */
export const signedDocument = (parts: SignedParts = {}): string => {
  const { id = '_r', uri = `#${id}`, digest = ['sha256', SHA256], signature = ['sha256', RSA_SHA256], key = testKey().privateKey, place = (text: string): string => text } = parts;
  const head = `<samlp:Response xmlns:samlp="${SAMLP}" ID="${id}"${parts.rootAttributes ?? ''}><saml:Issuer xmlns:saml="${SAML}">urn:example:issuer</saml:Issuer>`;
  const tail = `${parts.content ?? '<samlp:Status>granted</samlp:Status>'}</samlp:Response>`;
  const digestValue = hashed(digest[0], head + tail);
  const info = (declared: string): string =>
    `<ds:SignedInfo${declared}>${parts.canonicalisation ?? algorithm('CanonicalizationMethod', EXCLUSIVE)}${parts.method ?? algorithm('SignatureMethod', signature[1])}` +
    `<ds:Reference URI="${uri}"><ds:Transforms>${parts.transforms ?? twoTransforms}</ds:Transforms>${parts.digestMethod ?? algorithm('DigestMethod', digest[1])}` +
    `<ds:DigestValue>${(parts.digestValue ?? String)(digestValue)}</ds:DigestValue></ds:Reference>${parts.moreInfo ?? ''}</ds:SignedInfo>`;
  const padding = signature[2] === 'pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  const value = sign(signature[0], Buffer.from(info(` xmlns:ds="${DS}"`)), { key, dsaEncoding: 'ieee-p1363', ...padding }).toString('base64');
  const written = `<ds:Signature xmlns:ds="${DS}">${parts.before ?? ''}${info('')}<ds:SignatureValue>${(parts.signatureValue ?? String)(value)}</ds:SignatureValue>${parts.after ?? ''}</ds:Signature>`;
  return head + place(written) + tail;
};
