/**
 * Makes one certificate or one PKCS#12 file. Keys and signatures come from node:crypto, so RSA and EC keys are treated alike;
 * the structure is written with node-forge's ASN.1. What is odd on purpose is data of the caller (blueprint.ts).
 */
import { createCipheriv, createHash, createHmac, createPublicKey, pbkdf2Sync, randomBytes, sign, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import {
  bits, bigInteger, bmp, boolean, children, explicit, fromDer, implicit, implicitItems, integer, nothing, octets, oid, pem, printable, sequence, setOf, time, toDer, utf8, type Asn1,
} from './asn1.ts';

/** One RDN is a list of attributes; a Name is a list of RDNs in DER order. Values of C, serialNumber are PrintableString, others UTF8String. */
export interface NameAttribute { readonly type: keyof typeof attributeTypes; readonly value: string }
export type Name = readonly (readonly NameAttribute[])[];
export const attributeTypes = {
  CN: '2.5.4.3', SN: '2.5.4.4', serialNumber: '2.5.4.5', C: '2.5.4.6', L: '2.5.4.7', O: '2.5.4.10', T: '2.5.4.12', GN: '2.5.4.42',
} as const;
export type HashName = 'sha256' | 'sha384' | 'sha512';
export interface Extension { readonly id: string; readonly critical: boolean; readonly value: Asn1 }
export interface CertificatePlan {
  readonly subject: Name;
  readonly issuer: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
  readonly hash: HashName;
}

const nameAttribute = ({ type, value }: NameAttribute): Asn1 =>
  sequence(oid(attributeTypes[type]), type === 'C' || type === 'serialNumber' ? printable(value) : utf8(value));
export const name = (rdns: Name): Asn1 => sequence(...rdns.map((rdn) => setOf(...rdn.map(nameAttribute))));

const signatureAlgorithms: Readonly<Record<string, Readonly<Record<HashName, string>>>> = {
  rsa: { sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' },
  ec: { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
};
export const signatureAlgorithm = (key: KeyObject, hash: HashName): Asn1 => {
  const type = key.asymmetricKeyType ?? '';
  const id = signatureAlgorithms[type]?.[hash];
  if (id === undefined) throw new Error(`no signature algorithm for ${type} with ${hash}`);
  return type === 'rsa' ? sequence(oid(id), nothing()) : sequence(oid(id));
};
/** Signs a to-be-signed structure: certificate, CRL and OCSP answer have the same frame [RFC 5280 §4.1.1, §5.1.1]. */
export const signed = (tbs: Asn1, key: KeyObject, hash: HashName): Asn1 =>
  sequence(tbs, signatureAlgorithm(key, hash), bits(sign(hash, toDer(tbs), key)));

export const publicKeyInfo = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
/** Key identifier, method 1: SHA-1 of the subjectPublicKey's content [RFC 5280 §4.2.1.2]. */
export const keyIdentifier = (key: KeyObject): Buffer => {
  const bitString = children(fromDer(publicKeyInfo(key)))[1];
  const raw = Buffer.from(typeof bitString?.value === 'string' ? bitString.value : '', 'latin1');
  return createHash('sha1').update(raw.subarray(1)).digest();
};

const keyUsageBits = { digitalSignature: 0, nonRepudiation: 1, keyEncipherment: 2, keyAgreement: 4, keyCertSign: 5, cRLSign: 6 } as const;
export type KeyUsage = keyof typeof keyUsageBits;
const keyUsage = (usages: readonly KeyUsage[]): Asn1 => {
  const highest = Math.max(...usages.map((usage) => keyUsageBits[usage]));
  const octet = usages.reduce((sum, usage) => sum | (0x80 >> keyUsageBits[usage]), 0);
  return bits(Uint8Array.of(octet), 7 - highest);
};
const uri = (text: string): Asn1 => implicit(6, Buffer.from(text, 'ascii'));

/** The extensions used here, each by its clause of RFC 5280 §4.2. */
export const extension = {
  keyUsage: (...usages: readonly KeyUsage[]): Extension => ({ id: '2.5.29.15', critical: true, value: keyUsage(usages) }),
  extendedKeyUsage: (...ids: readonly string[]): Extension => ({ id: '2.5.29.37', critical: false, value: sequence(...ids.map(oid)) }),
  authority: (pathLength: number | null): Extension => ({ id: '2.5.29.19', critical: true, value: sequence(boolean(true), ...(pathLength === null ? [] : [integer(pathLength)])) }),
  subjectKey: (key: KeyObject): Extension => ({ id: '2.5.29.14', critical: false, value: octets(keyIdentifier(key)) }),
  authorityKey: (key: KeyObject): Extension => ({ id: '2.5.29.35', critical: false, value: sequence(implicit(0, keyIdentifier(key))) }),
  policies: (...ids: readonly string[]): Extension => ({ id: '2.5.29.32', critical: false, value: sequence(...ids.map((id) => sequence(oid(id)))) }),
  revocationLists: (...urls: readonly string[]): Extension => ({
    id: '2.5.29.31', critical: false, value: sequence(...urls.map((url) => sequence(explicit(0, implicitItems(0, uri(url)))))),
  }),
  authorityAccess: (ocspUrl: string, issuerUrl: string): Extension => ({
    id: '1.3.6.1.5.5.7.1.1', critical: false,
    value: sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), uri(ocspUrl)), sequence(oid('1.3.6.1.5.5.7.48.2'), uri(issuerUrl))),
  }),
  /** dNSName and iPAddress (four or sixteen octets). */
  alternativeNames: (dns: readonly string[], addresses: readonly Uint8Array[]): Extension => ({
    id: '2.5.29.17', critical: false, value: sequence(...dns.map((host) => implicit(2, Buffer.from(host, 'ascii'))), ...addresses.map((address) => implicit(7, address))),
  }),
  /** otherName UPN and rfc822Name, as some organisations put on their cards (facts: credentials §1.6). */
  userNames: (upn: string, mail: string): Extension => ({
    id: '2.5.29.17', critical: false, value: sequence(implicitItems(0, oid('1.3.6.1.4.1.311.20.2.3'), explicit(0, utf8(upn))), implicit(1, Buffer.from(mail, 'ascii'))),
  }),
  /** Address ranges are address and mask in one octet string [RFC 5280 §4.2.1.10]. */
  permittedNames: (dns: readonly string[], ranges: readonly Uint8Array[]): Extension => ({
    id: '2.5.29.30', critical: true,
    value: sequence(implicitItems(0, ...dns.map((host) => sequence(implicit(2, Buffer.from(host, 'ascii')))), ...ranges.map((range) => sequence(implicit(7, range))))),
  }),
  cardNumber: (digits: string): Extension => ({ id: '1.2.752.34.2.1', critical: false, value: printable(digits) }),
  directoryTitle: (title: string): Extension => ({ id: '2.5.29.9', critical: false, value: sequence(sequence(oid(attributeTypes.T), setOf(utf8(title)))) }),
  noOcspCheck: (): Extension => ({ id: '1.3.6.1.5.5.7.48.1.5', critical: false, value: nothing() }),
  unknown: (critical: boolean): Extension => ({ id: '2.999.752.66', critical, value: utf8('an extension that nobody knows') }),
};

const extensionItem = ({ id, critical, value }: Extension): Asn1 => sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(toDer(value)));
/** Certificates of X.509 version 3 [RFC 5280 §4.1]. Returns DER. */
export const makeCertificate = (plan: CertificatePlan, subjectKey: KeyObject, issuerKey: KeyObject): Buffer => {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const tbs = sequence(
    explicit(0, integer(2)),
    bigInteger(serial),
    signatureAlgorithm(issuerKey, plan.hash),
    name(plan.issuer),
    sequence(time(plan.notBefore), time(plan.notAfter)),
    name(plan.subject),
    fromDer(publicKeyInfo(subjectKey)),
    explicit(3, sequence(...plan.extensions.map(extensionItem))),
  );
  return toDer(signed(tbs, issuerKey, plan.hash));
};

const bag = (id: string, value: Asn1, attributes: readonly Asn1[]): Asn1 => sequence(oid(id), explicit(0, value), ...(attributes.length === 0 ? [] : [setOf(...attributes)]));
const data = (bytes: Uint8Array): Asn1 => sequence(oid('1.2.840.113549.1.7.1'), explicit(0, octets(bytes)));
const ITERATIONS = 2048;
/** PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC [RFC 8018 §6.2]. */
const encryptedData = (plain: Uint8Array, password: string): Asn1 => {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256'), iv);
  const algorithm = sequence(oid('1.2.840.113549.1.5.13'), sequence(
    sequence(oid('1.2.840.113549.1.5.12'), sequence(octets(salt), integer(ITERATIONS), sequence(oid('1.2.840.113549.2.9'), nothing()))),
    sequence(oid('2.16.840.1.101.3.4.1.42'), octets(iv)),
  ));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return sequence(oid('1.2.840.113549.1.7.6'), explicit(0, sequence(integer(0), sequence(oid('1.2.840.113549.1.7.1'), algorithm, implicit(0, sealed)))));
};
/** Missing in the types of node-forge: password, salt, purpose (3 = MAC), iterations, length, hash [RFC 7292 appendix B.2]. */
interface DeriveKey { generateKey(...parts: readonly [string, forge.util.ByteStringBuffer, number, number, number, forge.md.MessageDigest]): forge.util.ByteStringBuffer }
export interface Pkcs12Plan { readonly key: KeyObject; readonly certificate: Buffer; readonly above: readonly Buffer[]; readonly label: string; readonly password: string }
/**
 * PKCS#12 with one key, its certificate and the certificates above it, sealed with `password` [RFC 7292].
 * `label` is the friendly name that a browser shows.
 */
export const makePkcs12 = ({ key, certificate, above, label, password }: Pkcs12Plan): Buffer => {
  const attributes = [
    sequence(oid('1.2.840.113549.1.9.20'), setOf(bmp(label))),
    sequence(oid('1.2.840.113549.1.9.21'), setOf(octets(createHash('sha1').update(certificate).digest()))),
  ];
  const certificateBag = (der: Buffer, own: readonly Asn1[]): Asn1 =>
    bag('1.2.840.113549.1.12.10.1.3', sequence(oid('1.2.840.113549.1.9.22.1'), explicit(0, octets(der))), own);
  const shrouded = fromDer(key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: password }));
  const safe = toDer(sequence(
    encryptedData(toDer(sequence(certificateBag(certificate, attributes), ...above.map((der) => certificateBag(der, [])))), password),
    data(toDer(sequence(bag('1.2.840.113549.1.12.10.1.2', shrouded, attributes)))),
  ));
  const salt = randomBytes(16);
  const macKey = (forge.pkcs12 as unknown as DeriveKey).generateKey(password, forge.util.createBuffer(salt.toString('latin1')), 3, ITERATIONS, 32, forge.md.sha256.create());
  const mac = createHmac('sha256', Buffer.from(macKey.getBytes(), 'latin1')).update(safe).digest();
  return toDer(sequence(
    integer(3),
    data(safe),
    sequence(sequence(sequence(oid('2.16.840.1.101.3.4.2.1'), nothing()), octets(mac)), octets(salt), integer(ITERATIONS)),
  ));
};
export const certificatePem = (der: Uint8Array): string => pem('CERTIFICATE', der);
