/** Authorities for tests: certificates, lists and OCSP answers that are right unless one thing is asked to be wrong. EC keys, made once. */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bigInteger, bits, boolean, children, content, enumerated, explicit, fromDer, generalizedTime, implicit, implicitItems, integer, nothing, octets, oid, sequence, sequenceOf, time, toDer, type Asn1 } from '../../certs-dev/asn1.ts';
import { extension, makeCertificate, name, publicKeyInfo, signatureAlgorithm, signed, type Extension, type Name } from '../../certs-dev/certificate.ts';
import { parseCertificate, type Certificate } from '../../src/pki/certificate.ts';
import { oids } from '../../src/pki/oids.ts';

export const NOW = Date.UTC(2026, 10, 23, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const nameOf = (commonName: string): Name => [[{ type: 'C', value: 'SE' }], [{ type: 'O', value: 'Test' }], [{ type: 'CN', value: commonName }]];

export interface ListEntry { readonly serial: string; readonly at?: number; readonly reason?: number; readonly extensions?: readonly Asn1[] }
export interface ListPlan {
  readonly entries?: readonly ListEntry[];
  readonly number?: number | null;
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | null;
  /** BaseCRLNumber: makes it a delta. */
  readonly base?: number;
  /** Value of issuingDistributionPoint. */
  readonly scope?: Asn1;
  readonly freshest?: string;
  readonly extensions?: readonly Asn1[];
  readonly signer?: KeyObject;
  readonly issuer?: string;
  readonly version?: number | null;
}
export const extensionItem = (id: string, value: Asn1, critical = false): Asn1 => sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(toDer(value)));
const uriPoint = (url: string): Asn1 => sequence(sequence(explicit(0, implicitItems(0, implicit(6, Buffer.from(url))))));

export interface LeafPlan {
  readonly subject?: Name;
  readonly commonName?: string;
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Takes the place of the usual ones. */
  readonly extensions?: readonly Extension[];
  readonly more?: readonly Extension[];
  readonly signer?: KeyObject;
  readonly key?: KeyObject;
}
export interface AnswerPlan {
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly serial?: string;
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | null;
  readonly producedAt?: number;
  readonly nonce?: Buffer | null;
  /** Who answers; default: the authority itself. */
  readonly responder?: { readonly key: KeyObject; readonly der: Buffer; readonly byName?: Name };
  readonly certificates?: readonly Buffer[];
  readonly signer?: KeyObject;
  readonly hash?: 'sha1' | 'sha256';
  readonly singleExtensions?: readonly Asn1[];
  readonly extensions?: readonly Asn1[];
  readonly twice?: true;
}
export interface TestAuthority {
  readonly key: KeyObject;
  readonly der: Buffer;
  readonly certificate: Certificate;
  readonly subject: Name;
  issue(plan?: LeafPlan): { readonly der: Buffer; readonly certificate: Certificate; readonly key: KeyObject };
  list(plan?: ListPlan): Buffer;
  answer(serial: string, plan?: AnswerPlan): Buffer;
}
export interface AuthorityPlan { readonly parent?: TestAuthority; readonly key?: KeyObject; readonly pathLength?: number | null; readonly extensions?: readonly Extension[]; readonly more?: readonly Extension[]; readonly notBefore?: number; readonly notAfter?: number }

const serialBytes = (serial: string): Buffer => Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
const listOf = (plan: ListPlan, own: { readonly key: KeyObject; readonly subject: Name }): Buffer => {
  const thisUpdate = plan.thisUpdate ?? NOW;
  const nextUpdate = plan.nextUpdate === undefined ? thisUpdate + DAY : plan.nextUpdate;
  const entries = (plan.entries ?? []).map(({ serial, at, reason, extensions = [] }) => {
    const all = [...(reason === undefined ? [] : [extensionItem(oids.reasonCode, enumerated(reason))]), ...extensions];
    return sequence(bigInteger(serialBytes(serial)), time(new Date(at ?? NOW - DAY)), ...(all.length === 0 ? [] : [sequence(...all)]));
  });
  const extensions = [
    extensionItem(oids.authorityKeyId, extension.authorityKey(own.key).value),
    ...(plan.number === null ? [] : [extensionItem(oids.crlNumber, integer(plan.number ?? 1))]),
    ...(plan.base === undefined ? [] : [extensionItem(oids.deltaListIndicator, integer(plan.base), true)]),
    ...(plan.scope === undefined ? [] : [extensionItem(oids.issuingDistributionPoint, plan.scope, true)]),
    ...(plan.freshest === undefined ? [] : [extensionItem(oids.freshestList, uriPoint(plan.freshest))]),
    ...(plan.extensions ?? []),
  ];
  const signer = plan.signer ?? own.key;
  return toDer(signed(sequence(
    ...(plan.version === null ? [] : [integer(plan.version ?? 1)]), signatureAlgorithm(signer, 'sha256'), name(plan.issuer === undefined ? own.subject : nameOf(plan.issuer)), time(new Date(thisUpdate)),
    ...(nextUpdate === null ? [] : [time(new Date(nextUpdate))]), ...(entries.length === 0 ? [] : [sequenceOf(entries)]), explicit(0, sequence(...extensions)),
  ), signer, 'sha256'));
};
const keyBits = (key: KeyObject): Buffer => content(children(fromDer(publicKeyInfo(key)))[1]).subarray(1);
const hashOids = { sha1: oids.sha1, sha256: oids.sha256 } as const;
export const certId = (own: { readonly key: KeyObject; readonly subject: Name }, serial: string, hash: 'sha1' | 'sha256' = 'sha1'): Asn1 => {
  const digest = (bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();
  return sequence(sequence(oid(hashOids[hash]), nothing()), octets(digest(toDer(name(own.subject)))), octets(digest(keyBits(own.key))), bigInteger(serialBytes(serial)));
};
/** Response status other than successful [RFC 6960 §4.2.1]: 3 = tryLater, 6 = unauthorized. */
export const refusal = (status: number): Buffer => toDer(sequence(enumerated(status)));
const answerOf = (serial: string, plan: AnswerPlan, own: { readonly key: KeyObject; readonly subject: Name }): Buffer => {
  const thisUpdate = plan.thisUpdate ?? NOW;
  const nextUpdate = plan.nextUpdate === undefined ? thisUpdate + HOUR : plan.nextUpdate;
  const status = { good: () => implicit(0, Buffer.alloc(0)), revoked: () => implicitItems(1, generalizedTime(new Date(NOW - DAY)), explicit(0, enumerated(1))), unknown: () => implicit(2, Buffer.alloc(0)) }[plan.status ?? 'good']();
  const single = sequence(certId(own, plan.serial ?? serial, plan.hash), status, generalizedTime(new Date(thisUpdate)), ...(nextUpdate === null ? [] : [explicit(0, generalizedTime(new Date(nextUpdate)))]),
    ...(plan.singleExtensions === undefined ? [] : [explicit(1, sequence(...plan.singleExtensions))]));
  const extensions = [...(plan.nonce === undefined || plan.nonce === null ? [] : [extensionItem(oids.ocspNonce, octets(plan.nonce))]), ...(plan.extensions ?? [])];
  const responder = plan.responder ?? { key: own.key, der: null, byName: own.subject };
  const id = responder.byName === undefined ? explicit(2, octets(createHash('sha1').update(keyBits(responder.key)).digest())) : explicit(1, name(responder.byName));
  const data = sequence(id, generalizedTime(new Date(plan.producedAt ?? thisUpdate)), sequence(single, ...(plan.twice === true ? [single] : [])), ...(extensions.length === 0 ? [] : [explicit(1, sequence(...extensions))]));
  const [tbs, algorithm, signature] = children(signed(data, plan.signer ?? responder.key, 'sha256'));
  const certificates = plan.certificates ?? (responder.der === null ? [] : [responder.der]);
  const basic = sequence(tbs!, algorithm!, bits(content(signature).subarray(1)), ...(certificates.length === 0 ? [] : [explicit(0, sequence(...certificates.map(fromDer)))]));
  return toDer(sequence(enumerated(0), explicit(0, sequence(oid(oids.ocspBasic), octets(toDer(basic))))));
};

export const makeAuthority = (commonName: string, plan: AuthorityPlan = {}): TestAuthority => {
  const key = plan.key ?? newKey();
  const parentKey = plan.parent?.key ?? key;
  const subject = nameOf(commonName);
  const usual = [extension.authority(plan.pathLength ?? null), extension.keyUsage('keyCertSign', 'cRLSign'), extension.subjectKey(key), extension.authorityKey(parentKey)];
  const der = makeCertificate({
    subject, issuer: plan.parent?.subject ?? subject, hash: 'sha256', notBefore: new Date(plan.notBefore ?? NOW - 365 * DAY), notAfter: new Date(plan.notAfter ?? NOW + 365 * DAY),
    extensions: [...(plan.extensions ?? usual), ...(plan.more ?? [])],
  }, key, parentKey);
  const own = { key, subject };
  return {
    key, der, subject, certificate: parseCertificate(der),
    issue: (leaf = {}) => {
      const leafKey = leaf.key ?? newKey();
      const extensions = leaf.extensions ?? [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(oids.clientAuth), extension.subjectKey(leafKey), extension.authorityKey(key)];
      const issued = makeCertificate({
        subject: leaf.subject ?? nameOf(leaf.commonName ?? 'Leaf'), issuer: subject, hash: 'sha256', notBefore: new Date(leaf.notBefore ?? NOW - 30 * DAY), notAfter: new Date(leaf.notAfter ?? NOW + 30 * DAY),
        extensions: [...extensions, ...(leaf.more ?? [])],
      }, leafKey, leaf.signer ?? key);
      return { der: issued, certificate: parseCertificate(issued), key: leafKey };
    },
    list: (list = {}) => listOf(list, own),
    answer: (serial, answer = {}) => answerOf(serial, answer, own),
  };
};
/** A certificate for answering in the authority's name. */
export const makeResponder = (authority: TestAuthority, plan: LeafPlan = {}): { readonly key: KeyObject; readonly der: Buffer } => {
  const key = newKey();
  const usual = [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(oids.ocspSigning), extension.subjectKey(key), extension.authorityKey(authority.key), extension.noOcspCheck()];
  const { der } = authority.issue({ commonName: 'Responder', key, extensions: usual, ...plan });
  return { key, der };
};
