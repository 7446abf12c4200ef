/**
 * The signature that BankID returns: an XML signature around what the app showed and our challenge. Answers the same question as
 * pki/cms.ts: did the key of this certificate sign exactly this challenge? What the elements are called is not public; it is
 * configuration (BankIdNames), and the check fails closed where the names do not fit.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { fail, isBrygganError } from '../../../core/errors.ts';
import { parseCertificate } from '../../../pki/index.ts';
import { attributeOf, canonicalise, childElements, elementsOf, onlyChild, readXml, textOf, verifyDetached, type XmlElement } from '../../../saml/xml/index.ts';

export interface BankIdNames {
  /** Element that holds what was signed, below Object. */
  readonly signedData: string;
  /** Element inside it that holds our challenge, in base64. */
  readonly challenge: string;
}
const DS = 'http://www.w3.org/2000/09/xmldsig#';
/** Where no prefixed namespace is in scope the two forms are the same octets; where one is, the digest does not fit and the answer is refused. */
const FORMS: ReadonlySet<string> = new Set(['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'http://www.w3.org/2001/10/xml-exc-c14n#']);
const DIGESTS: Readonly<Record<string, 'sha256' | 'sha384' | 'sha512'>> = { 'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256', 'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384', 'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512' };
const MAX_REFERENCES = 4;
const MAX_CERTIFICATES = 5;
const LIMITS = { maxBytes: 100_000 };

const refuse = (why: string, cause?: unknown): never => fail('mobile.credential', `signature: ${why}`, {}, cause);
const oneOf = (parent: XmlElement, name: string): XmlElement => onlyChild(parent, DS, name) ?? refuse(`${name} is missing`);
const octetsIn = (element: XmlElement): Buffer => {
  const text = textOf(element).replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : refuse(`${element.localName} is not base64`);
};
const algorithmOf = (element: XmlElement): string => attributeOf(element, 'Algorithm') ?? '';

const signatureIn = (field: string): XmlElement => {
  const text = field.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return refuse('not base64');
  const root = readXml(Buffer.from(text, 'base64'), 'service-reply', LIMITS);
  return root.namespace === DS && root.localName === 'Signature' ? root : refuse('the root is no Signature');
};
/** Whatever the tree makes impossible is a signature that is worth nothing. */
const strictly = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!isBrygganError(error) || error.code === 'mobile.credential') throw error;
    return refuse(error.detail, error);
  }
};
const certificatesOf = (signature: XmlElement): readonly Buffer[] => childElements(oneOf(oneOf(signature, 'KeyInfo'), 'X509Data'), DS, 'X509Certificate').slice(0, MAX_CERTIFICATES).map(octetsIn);
/** DER in base64, the person's first. Errors: `mobile.credential`. */
export const certificatesInSignature = (field: string): readonly string[] => strictly(() => {
  const found = certificatesOf(signatureIn(field)).map((der) => der.toString('base64'));
  return found.length === 0 ? refuse('no certificate in it') : found;
});

/** Every element once, by its Id; two of one name are none's [XMLDSig §4.4.3.2]. */
const byId = (root: XmlElement): ReadonlyMap<string, XmlElement> => {
  const found = new Map<string, XmlElement>();
  const visit = (element: XmlElement): void => {
    const id = attributeOf(element, 'Id');
    if (id !== undefined && found.has(id)) refuse('an Id twice');
    if (id !== undefined) found.set(id, element);
    for (const child of elementsOf(element)) visit(child);
  };
  visit(root);
  return found;
};
/** The element that a Reference covers, its digest checked. */
const covered = (reference: XmlElement, known: ReadonlyMap<string, XmlElement>): XmlElement => {
  const target = known.get((attributeOf(reference, 'URI') ?? '').replace(/^#/, '')) ?? refuse('a reference to nothing in it');
  const transforms = elementsOf(onlyChild(reference, DS, 'Transforms') ?? reference).filter(({ localName }) => localName === 'Transform');
  if (transforms.some((transform) => !FORMS.has(algorithmOf(transform)) || transform.children.some((child) => typeof child !== 'string'))) refuse('a transform that is not accepted');
  const hash = DIGESTS[algorithmOf(oneOf(reference, 'DigestMethod'))] ?? refuse('a digest algorithm that is not accepted');
  const [found, said] = [createHash(hash).update(canonicalise(target)).digest(), octetsIn(oneOf(reference, 'DigestValue'))];
  return found.length === said.length && timingSafeEqual(found, said) ? target : refuse('a signed element was changed');
};

/** As `checkPhoneSignature`; `challenge` is what was sent before it was written in base64. Errors: `mobile.credential`. */
export const checkBankIdSignature = (names: BankIdNames, now: () => number) => (field: string | null, challenge: string, der: Uint8Array): void => strictly(() => {
  const signature = signatureIn(field ?? refuse('missing'));
  const certificate = parseCertificate(der);
  // The key is that of the certificate whose path was checked, and of no other in the message.
  if (certificatesOf(signature)[0]?.equals(der) !== true) refuse('made with another certificate');
  const info = oneOf(signature, 'SignedInfo');
  if (!FORMS.has(algorithmOf(oneOf(info, 'CanonicalizationMethod')))) refuse('a canonical form that is not accepted');
  verifyDetached(algorithmOf(oneOf(info, 'SignatureMethod')), [certificate.publicKey], Buffer.from(canonicalise(info)), octetsIn(oneOf(signature, 'SignatureValue')), { now: now() });
  const references = childElements(info, DS, 'Reference');
  if (references.length > MAX_REFERENCES) refuse('too many references');
  const known = byId(signature);
  const [data, more] = references.map((reference) => covered(reference, known)).filter(({ localName }) => localName === names.signedData);
  if (data === undefined || more !== undefined) return refuse('does not cover what the app was asked to sign');
  const [text, second] = elementsOf(data).filter(({ localName }) => localName === names.challenge);
  if (text === undefined || second !== undefined) return refuse('does not hold our challenge');
  if (octetsIn(text).toString('utf8') !== challenge) return refuse('is for another challenge than ours');
});
