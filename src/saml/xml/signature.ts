/**
 * Checks one enveloped signature and returns what it covers. Shape first, cryptography last: exactly one Signature, one Reference
 * to the parent's ID, the two transforms, algorithms from the table, a key from the caller and never from KeyInfo. Only the
 * returned element may be read afterwards: it is the very object that was hashed (threats B11).
 */
import { createHash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { fail } from '../../core/errors.ts';
import type { Branded } from '../../core/ids.ts';
import type { Instant } from '../../core/ports.ts';
import { verifyDetached, type SignaturePolicy } from './algorithms.ts';
import { canonicalise } from './c14n.ts';
import { checkTarget, isSignature, readSignature, type SignatureParts } from './signature-shape.ts';
import { attributeOf, elementsOf, type XmlElement } from './tree.ts';

/** `keyIndex`: which of the caller's keys verified. */
export type SignedElement = Branded<{ readonly element: XmlElement; readonly algorithm: string; readonly keyIndex: number }, 'SignedElement'>;
export interface VerifyOptions {
  /** The root that the element came in; the element is it or one of its children (threats B02, B10). */
  readonly document: XmlElement;
  readonly now: Instant;
  readonly policy?: SignaturePolicy;
}

/** Is there a Signature directly inside? Says nothing about its worth. */
export const isSigned = (element: XmlElement): boolean => elementsOf(element).some(isSignature);

export const checkDigest = ({ digest }: SignatureParts, found: Buffer): void => {
  if (digest.length !== found.length || !timingSafeEqual(digest, found)) fail('signature.digest', 'the signed element was changed');
};

/** `element` with its signature verified. Errors: `signature.*`. */
export const verifyEnveloped = (element: XmlElement, keys: readonly KeyObject[], options: VerifyOptions): SignedElement => {
  if (element !== options.document && !options.document.children.includes(element)) return fail('signature.reference', 'neither the root nor a child of the root');
  const [signature, more] = elementsOf(element).filter(isSignature);
  if (signature === undefined) return fail('signature.missing', `${element.localName} is not signed`);
  if (more !== undefined) return fail('signature.shape', 'more than one signature on an element'); // threats B15
  const parts = readSignature(signature, options);
  checkTarget(parts, attributeOf(element, 'ID'));
  // The signature before the digest: nobody without a key makes us canonicalise a document.
  const keyIndex = verifyDetached(parts.algorithm, keys, Buffer.from(parts.signedInfo), parts.value, options);
  const octets = canonicalise(element, { inclusivePrefixes: parts.inclusivePrefixes, omit: signature });
  checkDigest(parts, createHash(parts.hash).update(octets).digest());
  return { element, algorithm: parts.algorithm, keyIndex } as SignedElement;
};
