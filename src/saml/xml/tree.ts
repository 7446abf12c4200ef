/** The immutable tree that the reader builds, and the few ways to look at it. There is no `//`: every look-up names its parent. */
import { fail } from '../../core/errors.ts';
import type { NamespaceScope } from './scope.ts';

export interface XmlAttribute { readonly namespace: string; readonly prefix: string; readonly localName: string; readonly value: string }
/** A processing instruction of a metadata document: canonicalisation writes it, nothing else looks at it. */
export interface XmlInstruction { readonly content: string; /** Index of the child before which it stands. */ readonly before: number }
export interface XmlElement {
  readonly namespace: string;
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
  readonly instructions: readonly XmlInstruction[];
  /** Namespaces in scope here. Needed for PrefixList and for reading what was encrypted here. */
  readonly scope: NamespaceScope;
  /** 1-based line of the start tag, for people who mend files. */
  readonly line: number;
}
/** message: nothing but elements and text. metadata: comments, instructions, CDATA and a BOM too. service-reply: metadata without instructions. */
export type XmlProfile = 'message' | 'metadata' | 'service-reply';

export const isElement = (child: XmlElement | string): child is XmlElement => typeof child !== 'string';
export const elementsOf = (parent: XmlElement): readonly XmlElement[] => parent.children.filter(isElement);
export const childElements = (parent: XmlElement, namespace: string, localName: string): readonly XmlElement[] =>
  elementsOf(parent).filter((child) => child.namespace === namespace && child.localName === localName);
/** Errors: `saml.schema` when it is repeated. */
export const onlyChild = (parent: XmlElement, namespace: string, localName: string): XmlElement | undefined => {
  const found = childElements(parent, namespace, localName);
  return found.length > 1 ? fail('saml.schema', `${parent.localName}: ${localName} appears more than once`) : found[0];
};
/** Value of an attribute without prefix. */
export const attributeOf = (element: XmlElement, localName: string): string | undefined =>
  element.attributes.find((attribute) => attribute.namespace === '' && attribute.localName === localName)?.value;
/** All of its text, as signed. Errors: `saml.schema` when there are elements in it. */
export const textOf = (element: XmlElement): string =>
  element.children.every((child) => typeof child === 'string') ? element.children.join('') : fail('saml.schema', `${element.localName}: elements where text belongs`);
