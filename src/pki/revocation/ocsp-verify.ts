/** May this OCSP answer be believed about this certificate, now? [RFC 6960 §3.2, §4.2.2; threats H10] */
import { createHash } from 'node:crypto';
import { BrygganError, fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { isSignedBy, parseCertificate, type Certificate } from '../certificate.ts';
import { oids } from '../oids.ts';
import { validatePath } from '../path/validate.ts';
import { signatureHolds } from '../signature.ts';
import { MAX_SKEW } from './held-lists.ts';
import { issuerHashes, keyOctets, type OcspQuestion } from './ocsp-request.ts';
import { readOcspResponse, type BasicResponse, type CertId, type ResponderId, type SingleResponse } from './ocsp-response.ts';

export interface OcspAnswer {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Instant | null;
  readonly thisUpdate: Instant;
  /** Until when it may be used; the responder's nextUpdate, or soon when it named none. */
  readonly until: Instant;
}
export interface OcspRules {
  readonly now: Instant;
  /** `theirs`: somebody else asked and handed the answer on, so its nonce is not ours. */
  readonly nonce: 'required' | 'if-answered' | 'theirs';
  /** Asked about a responder whose certificate does not say that it need not be checked [RFC 6960 §4.2.2.2.1]; from memory. */
  readonly responderStatus: (responder: Certificate) => 'good' | 'revoked' | 'unknown';
}
/** An answer without nextUpdate says that newer information is available all the time [RFC 6960 §4.2.2.1]. */
const AGE_WITHOUT_NEXT = 300_000;
/** However long an answer says that it lasts: who can replay it gains no more than this. */
const MAX_AGE = 7 * 86_400_000;

const hashes: Readonly<Record<string, 'sha1' | 'sha256'>> = { [oids.sha1]: 'sha1', [oids.sha256]: 'sha256' };
/** Same issuer, by name and key, and same serial number [RFC 6960 §3.2 (1)]. */
const isAbout = (certId: CertId, { issuer, serial }: OcspQuestion): boolean => {
  const hash = hashes[certId.hash];
  if (hash === undefined || certId.serial !== serial) return false;
  const { name, key } = issuerHashes(issuer, hash);
  return certId.nameHash.equals(name) && certId.keyHash.equals(key);
};
const isResponder = (certificate: Certificate, id: ResponderId): boolean =>
  id.kind === 'name' ? id.name.key === certificate.subjectDn.key : id.hash.equals(createHash('sha1').update(keyOctets(certificate)).digest());

const readable = (ders: readonly Buffer[]): readonly Certificate[] => ders.flatMap((der) => {
  // One that cannot be read cannot be the responder's; there may be others.
  try { return [parseCertificate(der)]; } catch { return []; }
});
/** Issued by the very authority that is asked about, for answering, and valid now [RFC 6960 §4.2.2.2]. */
const checkDelegate = (delegate: Certificate, issuer: Certificate, rules: OcspRules): void => {
  if (!isSignedBy(delegate, issuer)) fail('pki.ocsp', 'the responder was not appointed by the certificate’s own issuer');
  if (delegate.extendedKeyUsage?.includes(oids.ocspSigning) !== true) fail('pki.ocsp', 'the responder’s certificate is not for answering');
  if (delegate.keyUsage !== null && !delegate.keyUsage.has('digitalSignature')) fail('pki.ocsp', 'the responder’s key may not sign');
  const found = validatePath([issuer, delegate], { now: rules.now, keyPurpose: null, maxIntermediates: 0 });
  if (found !== null) fail('pki.ocsp', `the responder’s certificate does not hold: ${found.detail} [RFC 5280 ${found.clause}]`);
  if (!delegate.extensions.has(oids.ocspNoCheck) && rules.responderStatus(delegate) !== 'good') fail('pki.ocsp', 'the responder itself may be revoked');
};
const signerOf = (response: BasicResponse, issuer: Certificate, rules: OcspRules): Certificate => {
  if (isResponder(issuer, response.responder)) return issuer;
  const delegate = readable(response.certificates).find((certificate) => isResponder(certificate, response.responder)) ?? fail('pki.ocsp', 'the responder’s certificate is missing');
  checkDelegate(delegate, issuer, rules);
  return delegate;
};
const checkNonce = ({ nonce }: BasicResponse, asked: Buffer | null, rule: OcspRules['nonce']): void => {
  if (rule === 'theirs') return;
  if (nonce !== null && (asked === null || !nonce.equals(asked))) fail('pki.ocsp', 'the answer is to another question'); // [RFC 9654 §3.1]
  if (nonce === null && rule === 'required') fail('pki.ocsp', 'the answer does not repeat our nonce');
};
/** [RFC 6960 §3.2 (5)-(6), §4.2.2.1] */
const untilOf = (single: SingleResponse, producedAt: Instant, now: Instant): Instant => {
  if (single.thisUpdate > now + MAX_SKEW || producedAt > now + MAX_SKEW) return fail('pki.ocsp', 'the answer is from the future');
  if (single.nextUpdate !== null && single.nextUpdate < single.thisUpdate) return fail('pki.ocsp', 'the answer ends before it begins');
  const until = Math.min(single.nextUpdate ?? single.thisUpdate + AGE_WITHOUT_NEXT, single.thisUpdate + MAX_AGE);
  return now <= until ? until : fail('pki.ocsp', 'the answer is stale');
};

/** Errors: `pki.ocsp`: anything that keeps the answer from being believed. */
export const verifyOcspAnswer = (bytes: Uint8Array, question: OcspQuestion, rules: OcspRules): OcspAnswer => {
  try {
    const response = readOcspResponse(bytes);
    const mine = response.responses.filter(({ certId }) => isAbout(certId, question));
    const [single] = mine;
    if (single === undefined || mine.length > 1) return fail('pki.ocsp', 'the answer is not about this one certificate');
    const signer = signerOf(response, question.issuer, rules);
    if (!signatureHolds(response.scheme, response.signed, response.signature, signer.publicKey)) return fail('pki.ocsp', 'the answer’s signature does not hold');
    checkNonce(response, question.nonce, rules.nonce);
    return { status: single.status, revokedAt: single.revokedAt, thisUpdate: single.thisUpdate, until: untilOf(single, response.producedAt, rules.now) };
  } catch (error) {
    if (!(error instanceof BrygganError) || error.code === 'pki.ocsp') throw error;
    return fail('pki.ocsp', `not an answer that can be read: ${error.detail}`, {}, error);
  }
};
