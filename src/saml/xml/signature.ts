/**
 * Checks one enveloped signature and returns what it covers. Shape first, cryptography last: exactly one Signature, one Reference
 * to the parent's ID, the two transforms, algorithms from the table, a key from the caller and never from KeyInfo. Only the
 * returned element may be read afterwards.
 */
import { createHash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import type { Branded } from '../../core/ids.ts';
import { digestHash, signatureRow, verifyDetached } from './algorithms.ts';
import { canonicalise } from './c14n.ts';
import { attributeOf, elementsOf, type XmlElement } from './tree.ts';

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = `${DS}enveloped-signature`;

export type SignedElement = Branded<{ readonly element: XmlElement; readonly algorithm: string; readonly keyIndex: number }, 'SignedElement'>;
export interface VerifyOptions { readonly document: XmlElement; readonly now: number }

const isSignature = (element: XmlElement): boolean => element.namespace === DS && element.localName === 'Signature';
export const isSigned = (element: XmlElement): boolean => elementsOf(element).some(isSignature);

/** The element's own children must be exactly these, in order; `?` may be missing. No text but white space between them. */
const shaped = (parent: XmlElement, names: readonly string[]): ReadonlyMap<string, XmlElement> => {
  const found = new Map<string, XmlElement>();
  const queue = [...elementsOf(parent)];
  if (parent.children.some((child) => typeof child === 'string' && /[^ \t\n\r]/.test(child))) return fail('signature.shape', `${parent.localName}: text between elements`);
  for (const wanted of names) {
    const name = wanted.replace('?', '');
    if (queue[0]?.namespace === DS && queue[0].localName === name) found.set(name, queue.shift() as XmlElement);
    else if (!wanted.endsWith('?')) return fail('signature.shape', `${parent.localName}: ${name} is missing or out of place`); // [XMLDSig §4]
  }
  return queue.length > 0 ? fail('signature.shape', `${parent.localName}: an element too many`) : found;
};
const get = (parts: ReadonlyMap<string, XmlElement>, name: string): XmlElement => parts.get(name) ?? fail('signature.shape', `${name} is missing`);
const base64 = (element: XmlElement): Buffer => {
  const text = element.children.map((child) => (typeof child === 'string' ? child : fail('signature.shape', `${element.localName}: elements where base64 belongs`))).join('').replace(/[ \t\n\r]/g, '');
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) && text !== '' ? Buffer.from(text, 'base64') : fail('signature.shape', `${element.localName}: not base64`);
};
const algorithmOf = (element: XmlElement): string => attributeOf(element, 'Algorithm') ?? fail('signature.shape', `${element.localName}: Algorithm is missing`);

/** PrefixList of an exclusive canonicalisation, or a refusal of any other method. */
const prefixesOf = (method: XmlElement): readonly string[] => {
  if (algorithmOf(method) !== EXCLUSIVE) return fail('signature.transform', 'a canonicalisation other than exclusive without comments', { algorithm: algorithmOf(method).slice(0, 120) });
  const [list, more] = elementsOf(method);
  if (list === undefined) return [];
  if (more !== undefined || list.namespace !== EXCLUSIVE || list.localName !== 'InclusiveNamespaces' || list.children.length > 0) return fail('signature.transform', 'something else than a PrefixList');
  return (attributeOf(list, 'PrefixList') ?? '').split(/[ \t\n\r]+/).filter((prefix) => prefix !== '').map((prefix) => (prefix === '#default' ? '' : prefix));
};

const checkTransforms = (transforms: XmlElement): readonly string[] => {
  const steps = elementsOf(transforms);
  const [first, second] = steps;
  if (steps.length !== 2 || first === undefined || second === undefined || steps.some(({ namespace, localName }) => namespace !== DS || localName !== 'Transform')) return fail('signature.transform', 'not exactly two transforms');
  if (algorithmOf(first) !== ENVELOPED || first.children.length > 0) return fail('signature.transform', 'the first transform is not enveloped-signature', { algorithm: algorithmOf(first).slice(0, 120) });
  return prefixesOf(second);
};

const checkDigest = (element: XmlElement, signature: XmlElement, reference: XmlElement): void => {
  const id = attributeOf(element, 'ID');
  // [SAMLCore §5.4.2] the one Reference points at the ID of the signature's parent.
  if (id === undefined || id === '' || attributeOf(reference, 'URI') !== `#${id}`) fail('signature.reference', 'the reference does not point at the parent of the signature');
  const parts = shaped(reference, ['Transforms', 'DigestMethod', 'DigestValue']);
  const inclusivePrefixes = checkTransforms(get(parts, 'Transforms'));
  const method = get(parts, 'DigestMethod');
  if (elementsOf(method).length > 0) fail('signature.algorithm', 'a digest method with parameters');
  const octets = canonicalise(element, { inclusivePrefixes, omit: signature });
  const digest = createHash(digestHash(algorithmOf(method))).update(octets).digest();
  const stated = base64(get(parts, 'DigestValue'));
  if (digest.length !== stated.length || !timingSafeEqual(digest, stated)) fail('signature.digest', 'the signed element was changed');
};

/** `element` with its signature verified. Errors: `signature.*`. */
export const verifyEnveloped = (element: XmlElement, keys: readonly KeyObject[], options: VerifyOptions): SignedElement => {
  const signatures = elementsOf(element).filter(isSignature);
  const [signature] = signatures;
  if (signature === undefined) return fail('signature.missing', `${element.localName} is not signed`);
  if (signatures.length > 1) return fail('signature.shape', 'more than one signature on an element'); // threats B15
  const parts = shaped(signature, ['SignedInfo', 'SignatureValue', 'KeyInfo?']);
  const signedInfo = get(parts, 'SignedInfo');
  const info = shaped(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']);
  const method = get(info, 'SignatureMethod');
  const algorithm = algorithmOf(method);
  signatureRow(algorithm);
  if (elementsOf(method).length > 0) return fail('signature.algorithm', 'a signature method with parameters'); // threats B21: PSS with odd parameters
  const octets = Buffer.from(canonicalise(signedInfo, { inclusivePrefixes: prefixesOf(get(info, 'CanonicalizationMethod')) }));
  checkDigest(element, signature, get(info, 'Reference'));
  const keyIndex = verifyDetached(algorithm, keys, octets, base64(get(parts, 'SignatureValue')), options);
  return { element, algorithm, keyIndex } as SignedElement;
};
