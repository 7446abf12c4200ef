/** One certificate, read once: DER structure by der.ts, keys and signatures by node:crypto. RDNs are found by type, never by position. */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { BrygganError, fail } from '../core/errors.ts';
import type { Instant } from '../core/ports.ts';
import { bitString, booleanOf, childrenOf, context, expectTag, oidOf, onlyDer, serialHex, smallInteger, tags, textOf, timeOf, type Der } from './der.ts';

export interface NameAttribute { readonly oid: string; readonly value: string }
export interface Extension { readonly oid: string; readonly critical: boolean; readonly value: Buffer }
export type KeyUsage = 'digitalSignature' | 'nonRepudiation' | 'keyEncipherment' | 'dataEncipherment' | 'keyAgreement' | 'keyCertSign' | 'cRLSign' | 'encipherOnly' | 'decipherOnly';
export interface Certificate {
  readonly der: Buffer;
  readonly fingerprint: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly issuerDer: Buffer;
  readonly subjectDer: Buffer;
  /** RFC 4514 text: last RDN first. */
  readonly issuerName: string;
  readonly subjectName: string;
  /** In DER order. */
  readonly subject: readonly NameAttribute[];
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly publicKey: KeyObject;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** null = the extension is absent. */
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly policies: readonly string[];
  readonly isAuthority: boolean;
  readonly pathLength: number | null;
  readonly subjectKeyId: string | null;
  readonly authorityKeyId: string | null;
  /** SEIS card number, the same in every certificate of a card; not an identity. */
  readonly cardNumber: string | null;
  isSignedBy(key: KeyObject): boolean;
}
export const oids = {
  keyUsage: '2.5.29.15', extendedKeyUsage: '2.5.29.37', basicConstraints: '2.5.29.19', certificatePolicies: '2.5.29.32', subjectKeyId: '2.5.29.14', authorityKeyId: '2.5.29.35',
  clientAuth: '1.3.6.1.5.5.7.3.2', anyExtendedKeyUsage: '2.5.29.37.0', anyPolicy: '2.5.29.32.0', cardNumber: '1.2.752.34.2.1',
  serialNumber: '2.5.4.5', commonName: '2.5.4.3', surname: '2.5.4.4', givenName: '2.5.4.42', organisation: '2.5.4.10',
} as const;
const MAX_BYTES = 65_536;
const MAX_RSA_BITS = 8192;
const usages: readonly KeyUsage[] = ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'];
const shortNames: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '2.5.4.4': 'SN', '2.5.4.5': 'serialNumber', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.10': 'O', '2.5.4.11': 'OU', '2.5.4.12': 'T', '2.5.4.42': 'GN', '0.9.2342.19200300.100.1.25': 'DC' };

/** [RFC 4514 §2.4] */
const escapeName = (value: string): string => value.replace(/[",+;<>\\]/g, '\\$&').replace(/^[ #]/, '\\$&').replace(/ $/, '\\ ');
const readName = (name: Der): { attributes: NameAttribute[]; text: string } => {
  const rdns = childrenOf(expectTag(name, tags.sequence, 'name')).map((rdn) =>
    childrenOf(expectTag(rdn, tags.set, 'RDN')).map((pair): NameAttribute => {
      const [type, value] = childrenOf(pair);
      return { oid: oidOf(expectTag(type, tags.oid, 'attribute type')), value: textOf(value ?? fail('pki.der', 'attribute without value')) };
    }));
  const text = rdns.toReversed().map((rdn) => rdn.map(({ oid, value }) => `${shortNames[oid] ?? oid}=${escapeName(value)}`).join('+')).join(',');
  return { attributes: rdns.flat(), text };
};

const readExtensions = (wrapper: Der | undefined): ReadonlyMap<string, Extension> => {
  const found = new Map<string, Extension>();
  if (wrapper === undefined) return found;
  for (const entry of childrenOf(onlyDer(wrapper.content))) {
    const parts = childrenOf(entry);
    const oid = oidOf(expectTag(parts[0], tags.oid, 'extension'));
    const critical = parts.length === 3 && parts[1] !== undefined ? booleanOf(parts[1]) : false;
    if (found.has(oid)) fail('pki.der', 'an extension appears twice'); // [RFC 5280 §4.2]
    found.set(oid, { oid, critical, value: expectTag(parts.at(-1), tags.octetString, 'extension value').content });
  }
  return found;
};
const readKeyUsage = (extension: Extension | undefined): ReadonlySet<KeyUsage> | null => {
  if (extension === undefined) return null;
  const { bytes } = bitString(onlyDer(extension.value));
  return new Set(usages.filter((_name, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
};
const readBasicConstraints = (extension: Extension | undefined): { isAuthority: boolean; pathLength: number | null } => {
  const parts = extension === undefined ? [] : childrenOf(onlyDer(extension.value));
  const isAuthority = parts[0]?.tag === tags.boolean && booleanOf(parts[0]);
  const length = parts.find(({ tag }) => tag === tags.integer);
  return { isAuthority, pathLength: length === undefined ? null : smallInteger(length) };
};
const keyIdIn = (extension: Extension | undefined, authority: boolean): string | null => {
  if (extension === undefined) return null;
  if (!authority) return onlyDer(extension.value).content.toString('hex');
  return childrenOf(onlyDer(extension.value)).find(({ tag }) => tag === context(0, false))?.content.toString('hex') ?? null;
};
const readCardNumber = (extension: Extension | undefined): string | null => {
  if (extension === undefined) return null;
  const value = onlyDer(extension.value);
  return value.tag === tags.printableString ? textOf(value) : null;
};

const parseTbs = (der: Buffer, x509: X509Certificate): Certificate => {
  const [tbs, outerAlgorithm] = childrenOf(expectTag(onlyDer(der), tags.sequence, 'certificate'));
  const parts = [...childrenOf(expectTag(tbs, tags.sequence, 'TBSCertificate'))];
  const version = parts[0]?.tag === context(0) ? smallInteger(onlyDer(parts.shift()?.content ?? Buffer.alloc(0))) : 0;
  const [serial, algorithm, issuer, validity, subject] = parts;
  if (algorithm === undefined || issuer === undefined || validity === undefined || subject === undefined || serial === undefined || outerAlgorithm === undefined) return fail('pki.der', 'a certificate with parts missing');
  if (!algorithm.raw.equals(outerAlgorithm.raw)) return fail('pki.der', 'two signature algorithms'); // [RFC 5280 §4.1.1.2]
  const wrapper = parts.find(({ tag }) => tag === context(3));
  if (wrapper !== undefined && version !== 2) return fail('pki.der', 'extensions in a certificate that is not version 3'); // [RFC 5280 §4.1.2.9]
  const extensions = readExtensions(wrapper);
  const [notBefore, notAfter] = childrenOf(validity).map(timeOf);
  const names = { issuer: readName(issuer), subject: readName(subject) };
  const policies = extensions.get(oids.certificatePolicies);
  const extended = extensions.get(oids.extendedKeyUsage);
  return {
    der, fingerprint: createHash('sha256').update(der).digest('hex'), serial: serialHex(serial),
    issuerDer: issuer.raw, subjectDer: subject.raw, issuerName: names.issuer.text, subjectName: names.subject.text, subject: names.subject.attributes,
    notBefore: notBefore ?? fail('pki.der', 'no validity'), notAfter: notAfter ?? fail('pki.der', 'no validity'),
    publicKey: x509.publicKey, extensions,
    keyUsage: readKeyUsage(extensions.get(oids.keyUsage)),
    extendedKeyUsage: extended === undefined ? null : childrenOf(onlyDer(extended.value)).map(oidOf),
    policies: policies === undefined ? [] : childrenOf(onlyDer(policies.value)).map((policy) => oidOf(expectTag(childrenOf(policy)[0], tags.oid, 'policy'))),
    ...readBasicConstraints(extensions.get(oids.basicConstraints)),
    subjectKeyId: keyIdIn(extensions.get(oids.subjectKeyId), false), authorityKeyId: keyIdIn(extensions.get(oids.authorityKeyId), true),
    cardNumber: readCardNumber(extensions.get(oids.cardNumber)),
    isSignedBy: (key) => x509.verify(key),
  };
};

/** DER → certificate. Errors: `card.unreadable`. */
export const parseCertificate = (der: Uint8Array): Certificate => {
  if (der.byteLength > MAX_BYTES) return fail('card.unreadable', `a certificate of more than ${MAX_BYTES} bytes`); // threats H12
  try {
    const bytes = Buffer.from(der);
    const x509 = new X509Certificate(bytes);
    const bits = x509.publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits > MAX_RSA_BITS) return fail('card.unreadable', `an RSA key of more than ${MAX_RSA_BITS} bits`);
    return parseTbs(bytes, x509);
  } catch (error) {
    if (error instanceof BrygganError && error.code === 'card.unreadable') throw error;
    return fail('card.unreadable', `not a certificate that can be read: ${error instanceof Error ? error.message : String(error)}`, {}, error);
  }
};
/** The one value of a subject attribute; a repeated one decides nothing (threats H08). */
export const subjectValue = (certificate: Certificate, oid: string): string | null => {
  const found = certificate.subject.filter((attribute) => attribute.oid === oid);
  return found.length === 1 ? (found[0]?.value ?? null) : null;
};
