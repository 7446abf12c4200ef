/** Small readers that every part of a metadata document shares. They believe the schema's order but insist on what is used. */
import type { Locale, LocalisedText } from '../../core/locale.ts';
import { isLocale } from '../../core/locale.ts';
import { trimXmlSpace } from '../messages/shape.ts';
import { namespaces } from '../names.ts';
import { attributeOf, childElements, onlyChild, type XmlElement } from '../xml/index.ts';
import type { Fault } from './fault.ts';

/** Text without white space at its ends; metadata is often indented. */
export const trimmedText = (element: XmlElement, fault: Fault): string =>
  trimXmlSpace(element.children.map((child) => (typeof child === 'string' ? child : fault(element, 'holds elements where text belongs', 'write plain text'))).join(''));
export const booleanOf = (element: XmlElement, name: string, fault: Fault): boolean => {
  const value = trimXmlSpace(attributeOf(element, name) ?? 'false');
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : fault(element, `${name} is not true or false`, `write ${name}="true" or leave it out`);
};
export const indexOf = (element: XmlElement, fault: Fault): number => {
  const value = trimXmlSpace(attributeOf(element, 'index') ?? '');
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : fault(element, 'index is missing or not a number from 0 to 65535', 'give every endpoint its own index, beginning with 1');
};

const languageOf = (element: XmlElement): string | undefined => element.attributes.find((attribute) => attribute.namespace === namespaces.xml && attribute.localName === 'lang')?.value;
/** Primary language: `sv` also for `sv-SE`. */
export const primaryLanguage = (element: XmlElement): string | null => languageOf(element)?.toLowerCase().split('-', 1)[0] ?? null;

/** Texts in our languages from children that carry xml:lang; a text without language counts for both. */
export const localised = (elements: readonly XmlElement[], fault: Fault): Partial<LocalisedText> => {
  const texts: Partial<Record<Locale, string>> = {};
  for (const element of elements) {
    const text = trimmedText(element, fault);
    if (text === '') continue;
    const language = primaryLanguage(element);
    if (language === null) { texts.sv ??= text; texts.en ??= text; }
    else if (isLocale(language)) texts[language] ??= text;
  }
  return texts;
};

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);
/** An endpoint's address, kept letter for letter since it is compared as a string [SC-DP §5.4.2]: https, or http on this machine. */
export const endpointUrl = (element: XmlElement, attribute: string, fault: Fault): string => {
  const value = attributeOf(element, attribute) ?? fault(element, `${attribute} is missing`, 'write the absolute address of the endpoint');
  const url = URL.parse(value);
  if (url === null || value.length > 2048 || /[\s\\<>"]/.test(value)) return fault(element, `${attribute} is not an absolute address`, 'write https://host/path without white space');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopbackHosts.has(url.hostname))) return fault(element, `${attribute} does not use https`, 'serve the endpoint over https');
  if (url.hash !== '' || url.username !== '' || url.password !== '') return fault(element, `${attribute} holds a fragment or credentials`, 'write the address without them');
  return value;
};

/** Elements below `parent`/md:Extensions with this name. */
export const extensionsOf = (parent: XmlElement, namespace: string, localName: string): readonly XmlElement[] => {
  const extensions = onlyChild(parent, namespaces.md, 'Extensions');
  return extensions === undefined ? [] : childElements(extensions, namespace, localName);
};
