/** Keys of a role descriptor: by use, never by what the certificate says about dates or issuers [SAMLMeta §2.4.1.1, MetaIOP §2.5]. */
import { X509Certificate } from 'node:crypto';
import { namespaces } from '../names.ts';
import { trimXmlSpace } from '../messages/shape.ts';
import { attributeOf, childElements, onlyChild, type XmlElement } from '../xml/index.ts';
import type { Fault } from './fault.ts';
import { trimmedText } from './reading.ts';
import type { PublishedEncryptionKey, PublishedKey } from './service-metadata.ts';

const { md, ds } = namespaces;
const MIN_RSA_BITS = 2048;
const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

const parseCertificate = (element: XmlElement, fault: Fault): PublishedKey => {
  // Line breaks, also as carriage returns that came through character references, say nothing in base64.
  const base64 = trimmedText(element, fault).replace(/[ \t\r\n]+/g, '');
  const der = Buffer.from(base64, 'base64');
  if (base64 === '' || der.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, '')) return fault(element, 'is not base64', 'paste the certificate without the BEGIN and END lines');
  const certificate = certificateOf(der) ?? fault(element, 'is not an X.509 certificate', 'paste the certificate in base64 of its DER form');
  const { publicKey: key } = certificate;
  const details = key.asymmetricKeyDetails ?? {};
  const strong = key.asymmetricKeyType === 'ec' ? curves.has(details.namedCurve ?? '') : (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') && (details.modulusLength ?? 0) >= MIN_RSA_BITS;
  if (!strong) fault(element, 'holds a key that is too weak or of another kind', 'use RSA with at least 2048 bits, or EC on P-256, P-384 or P-521'); // [SC-DP §8]
  return { key, certificate: der.toString('base64'), notAfter: certificate.validToDate.getTime() };
};
const certificateOf = (der: Buffer): X509Certificate | null => {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
};

const keyOf = (descriptor: XmlElement, fault: Fault): PublishedKey => {
  const info = onlyChild(descriptor, ds, 'KeyInfo') ?? fault(descriptor, 'has no KeyInfo', 'put the certificate in ds:KeyInfo/ds:X509Data/ds:X509Certificate');
  const keys = childElements(info, ds, 'X509Data').flatMap((data) => childElements(data, ds, 'X509Certificate')).map((certificate) => parseCertificate(certificate, fault));
  const [first] = keys;
  if (first === undefined) return fault(descriptor, 'has no X509Certificate', 'put the key in a certificate, which may be self-signed');
  if (keys.some(({ key }) => !key.equals(first.key))) fault(descriptor, 'holds certificates of several keys', 'write one KeyDescriptor per key, and leave issuers out');
  return first;
};

const encryptionWishes = (descriptor: XmlElement): { methods: string[]; digests: string[] } => {
  const elements = childElements(descriptor, md, 'EncryptionMethod');
  const algorithm = (element: XmlElement): string[] => {
    const value = attributeOf(element, 'Algorithm');
    return value === undefined ? [] : [trimXmlSpace(value)];
  };
  return { methods: elements.flatMap(algorithm), digests: elements.flatMap((element) => childElements(element, ds, 'DigestMethod')).flatMap(algorithm) };
};

export interface RoleKeys { readonly signing: readonly PublishedKey[]; readonly encryption: readonly PublishedEncryptionKey[] }
/** A KeyDescriptor without `use` serves both [SAMLMeta §2.4.1.1]; every key of a use counts, not only the last. */
export const roleKeys = (role: XmlElement, fault: Fault, note: (sentence: string) => void): RoleKeys => {
  const signing: PublishedKey[] = [];
  const encryption: PublishedEncryptionKey[] = [];
  for (const descriptor of childElements(role, md, 'KeyDescriptor')) {
    const use = attributeOf(descriptor, 'use');
    if (use !== undefined && use !== 'signing' && use !== 'encryption') fault(descriptor, 'use is neither signing nor encryption', 'write one of them, or leave use out when the key serves both');
    const key = keyOf(descriptor, fault);
    if (use !== 'encryption') signing.push(key);
    if (use === 'signing') continue;
    if (key.key.asymmetricKeyType === 'rsa') encryption.push({ ...key, ...encryptionWishes(descriptor) });
    else if (use === 'encryption') note('The encryption key is not RSA and cannot be used: answers leave unencrypted unless encryption is required.');
  }
  return { signing, encryption };
};
