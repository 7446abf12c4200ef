/**
 * What may stand in a Signature: one SignedInfo with one Reference and the two transforms, one SignatureValue, perhaps a KeyInfo that
 * nobody reads [SAMLCore §5.4]. Trees and streams read signatures here.
 */
import { fail } from '../../core/errors.ts';
import { digestFor, signatureRow, type Circumstances, type Hash } from './algorithms.ts';
import { canonicalise } from './c14n.ts';
import { DS, EXCLUSIVE_C14N, isBlank } from './names.ts';
import { attributeOf, elementsOf, isElement, textOf, type XmlElement } from './tree.ts';

export interface SignatureParts {
  readonly algorithm: string;
  /** SignedInfo as it was signed. */
  readonly signedInfo: string;
  readonly value: Buffer;
  /** URI of the Reference. */
  readonly target: string;
  readonly hash: Hash;
  readonly digest: Buffer;
  /** PrefixList for what is signed. */
  readonly inclusivePrefixes: readonly string[];
}
const MAX_PREFIXES = 32;
const ENVELOPED = `${DS}enveloped-signature`;

export const isSignature = ({ namespace, localName }: { readonly namespace: string; readonly localName: string }): boolean => namespace === DS && localName === 'Signature';

/** The element's own children must be exactly these, in order; `?` may be missing. No text but white space between them. */
const shaped = (parent: XmlElement, names: readonly string[]): ReadonlyMap<string, XmlElement> => {
  const found = new Map<string, XmlElement>();
  const queue = [...elementsOf(parent)];
  if (parent.children.some((child) => !isElement(child) && !isBlank(child)) || parent.instructions.length > 0) return fail('signature.shape', `${parent.localName}: text between elements`);
  for (const wanted of names) {
    const name = wanted.replace('?', '');
    const [next] = queue;
    if (next?.namespace === DS && next.localName === name) {
      found.set(name, next);
      queue.shift();
    } else if (!wanted.endsWith('?')) return fail('signature.shape', `${parent.localName}: ${name} is missing or out of place`); // [XMLDSig §4]
  }
  return queue.length > 0 ? fail('signature.shape', `${parent.localName}: an element too many`) : found; // [SAMLCore §5.4.5] Object (threats B09), a second SignedInfo (B12) or Reference (B14)
};
const get = (parts: ReadonlyMap<string, XmlElement>, name: string): XmlElement => parts.get(name) ?? fail('signature.shape', `${name} is missing`);

/** Base64 as written by everybody: line breaks and blanks between, padding where due, unused bits zero (threats B22). */
const base64 = (element: XmlElement): Buffer => {
  if (element.instructions.length > 0 || element.children.some(isElement)) return fail('signature.shape', `${element.localName}: something else than base64`);
  const text = textOf(element).replace(/[ \t\n\r]+/g, '');
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : fail('signature.shape', `${element.localName}: not base64`);
};
const algorithmOf = (element: XmlElement): string => attributeOf(element, 'Algorithm') ?? fail('signature.shape', `${element.localName}: Algorithm is missing`);
const shown = (element: XmlElement): { readonly algorithm: string } => ({ algorithm: algorithmOf(element).slice(0, 120) });
const isEmpty = (element: XmlElement): boolean => element.children.every((child) => !isElement(child) && isBlank(child));

/** PrefixList of an exclusive canonicalisation, or a refusal of any other method (threats B17). */
const prefixesOf = (method: XmlElement): readonly string[] => {
  if (algorithmOf(method) !== EXCLUSIVE_C14N) return fail('signature.transform', 'a canonicalisation other than exclusive without comments', shown(method)); // [SAMLCore §5.4.3]
  if (isEmpty(method)) return [];
  const [list, more] = elementsOf(method);
  if (list?.namespace !== EXCLUSIVE_C14N || list.localName !== 'InclusiveNamespaces' || more !== undefined || !isEmpty(list)) return fail('signature.transform', 'something else than a PrefixList'); // [ExcC14N §4]
  const listed = (attributeOf(list, 'PrefixList') ?? '').split(/[ \t\n\r]+/, MAX_PREFIXES + 2).filter((prefix) => prefix !== '');
  // Every element is asked about every prefix: a long list is work for nothing.
  if (listed.length > MAX_PREFIXES) return fail('signature.transform', `a PrefixList of more than ${MAX_PREFIXES}`);
  return listed.map((prefix) => (prefix === '#default' ? '' : prefix));
};

const prefixesOfTransforms = (transforms: XmlElement): readonly string[] => {
  const steps = elementsOf(transforms);
  const [first, second] = steps;
  if (steps.length !== 2 || first === undefined || second === undefined || steps.some(({ namespace, localName }) => namespace !== DS || localName !== 'Transform')) return fail('signature.transform', 'not exactly two transforms'); // [SAMLCore §5.4.4]
  if (algorithmOf(first) !== ENVELOPED || !isEmpty(first)) return fail('signature.transform', 'the first transform is not enveloped-signature', shown(first));
  return prefixesOf(second);
};

/** Everything that the signature says, nothing of it believed yet. Errors: `signature.shape`, `signature.transform`, `signature.algorithm`. */
export const readSignature = (signature: XmlElement, circumstances: Circumstances): SignatureParts => {
  const parts = shaped(signature, ['SignedInfo', 'SignatureValue', 'KeyInfo?']);
  const signedInfo = get(parts, 'SignedInfo');
  const info = shaped(signedInfo, ['CanonicalizationMethod', 'SignatureMethod', 'Reference']);
  const method = get(info, 'SignatureMethod');
  const algorithm = algorithmOf(method);
  signatureRow(algorithm, circumstances);
  if (!isEmpty(method)) return fail('signature.algorithm', 'a signature method with parameters'); // threats B21: PSS with odd parameters
  const reference = get(info, 'Reference');
  const referenced = shaped(reference, ['Transforms', 'DigestMethod', 'DigestValue']);
  const digestMethod = get(referenced, 'DigestMethod');
  if (!isEmpty(digestMethod)) return fail('signature.algorithm', 'a digest method with parameters');
  return {
    algorithm,
    signedInfo: canonicalise(signedInfo, { inclusivePrefixes: prefixesOf(get(info, 'CanonicalizationMethod')) }),
    value: base64(get(parts, 'SignatureValue')),
    target: attributeOf(reference, 'URI') ?? '',
    hash: digestFor(algorithmOf(digestMethod), circumstances),
    digest: base64(get(referenced, 'DigestValue')),
    inclusivePrefixes: prefixesOfTransforms(get(referenced, 'Transforms')),
  };
};

/** [SAMLCore §5.4.2] the one Reference points at the ID of the signature's parent, and is followed nowhere (threats B16). */
export const checkTarget = ({ target }: SignatureParts, id: string | undefined): void => {
  if (id === undefined || id === '' || target !== `#${id}`) fail('signature.reference', 'the reference does not point at the parent of the signature');
};
