/** The immutable tree that the reader builds, and the few ways to look at it. There is no `//`: every look-up names its parent. */
import { fail } from '../../core/errors.ts';

export interface XmlAttribute { readonly namespace: string; readonly prefix: string; readonly localName: string; readonly value: string }
export interface XmlElement {
  readonly namespace: string;
  readonly prefix: string;
  readonly localName: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | string)[];
  /** Namespaces in scope here, by prefix; `''` is the default one. Needed for PrefixList alone. */
  readonly scope: ReadonlyMap<string, string>;
  /** 1-based line of the start tag, for people who mend files. */
  readonly line: number;
}
export type XmlProfile = 'message' | 'metadata' | 'service-reply';

export const isElement = (child: XmlElement | string): child is XmlElement => typeof child !== 'string';
export const elementsOf = (parent: XmlElement): readonly XmlElement[] => parent.children.filter(isElement);
export const childElements = (parent: XmlElement, namespace: string, localName: string): readonly XmlElement[] =>
  elementsOf(parent).filter((child) => child.namespace === namespace && child.localName === localName);
export const onlyChild = (parent: XmlElement, namespace: string, localName: string): XmlElement | undefined => {
  const found = childElements(parent, namespace, localName);
  return found.length > 1 ? fail('saml.schema', `${parent.localName}: ${localName} appears more than once`) : found[0];
};
/** Value of an attribute without prefix. */
export const attributeOf = (element: XmlElement, localName: string): string | undefined =>
  element.attributes.find((attribute) => attribute.namespace === '' && attribute.localName === localName)?.value;
export const textOf = (element: XmlElement): string =>
  element.children.every((child) => typeof child === 'string') ? element.children.join('') : fail('saml.schema', `${element.localName}: elements where text belongs`);
