/**
 * Structure gate: a message may hold exactly the attributes and children that its schema allows, in the schema's order,
 * each as often as it allows (threats A13). What passes is read by name from `Parts`; nothing is looked up elsewhere.
 */
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { parseUtcDateTime } from '../../core/dates.ts';
import { namespaces } from '../names.ts';
import { textOf, type XmlElement } from '../xml/index.ts';

/** `?` at most one, `*` any number, `+` at least one, `1` exactly one. */
export type Occurs = '1' | '?' | '*' | '+';
export interface Shape {
  readonly name: string;
  readonly namespace: string;
  /** Un-prefixed attributes; a trailing `?` makes one optional. */
  readonly attributes: readonly string[];
  /** Children in the schema's order as [namespace, local name, occurs]. */
  readonly children: readonly (readonly [namespace: string, localName: string, occurs: Occurs])[];
}
export interface Parts {
  readonly element: XmlElement;
  /** Value of an attribute of the shape. */
  readonly attribute: (name: string) => string | undefined;
  readonly required: (name: string) => string;
  readonly only: (localName: string) => XmlElement | undefined;
  readonly all: (localName: string) => readonly XmlElement[];
}

const XML_SPACE = /^[ \t\r\n]*$/;
const wrong = (shape: Shape, problem: string): never => fail('saml.schema', `${shape.name}: ${problem}`, { element: shape.name });

const checkAttributes = (element: XmlElement, shape: Shape): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  for (const { namespace, localName, value } of element.attributes) {
    // Hints for validators say nothing about the message [XML Schema 1 §2.6.3]; xsi:type would change it.
    if (namespace === namespaces.xsi && (localName === 'schemaLocation' || localName === 'noNamespaceSchemaLocation')) continue;
    if (namespace !== '' || !(shape.attributes.includes(localName) || shape.attributes.includes(`${localName}?`))) wrong(shape, 'an attribute that the schema does not have');
    values.set(localName, value);
  }
  for (const name of shape.attributes) if (!name.endsWith('?') && !values.has(name)) wrong(shape, `attribute ${name} is missing`);
  return values;
};

const checkChildren = (element: XmlElement, shape: Shape): ReadonlyMap<string, readonly XmlElement[]> => {
  const found = new Map<string, XmlElement[]>();
  let place = 0;
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (!XML_SPACE.test(child)) wrong(shape, 'text between elements');
      continue;
    }
    const at = shape.children.findIndex(([namespace, localName]) => namespace === child.namespace && localName === child.localName);
    const rule = shape.children[at] ?? wrong(shape, 'a child that the schema does not have');
    if (at < place) wrong(shape, `child ${rule[1]} in the wrong order`);
    place = at;
    const list = found.get(rule[1]) ?? [];
    if (list.length > 0 && (rule[2] === '1' || rule[2] === '?')) wrong(shape, `child ${rule[1]} repeated`);
    list.push(child);
    found.set(rule[1], list);
  }
  for (const [, localName, occurs] of shape.children) if ((occurs === '1' || occurs === '+') && !found.has(localName)) wrong(shape, `child ${localName} is missing`);
  return found;
};

/** Checks one element against its shape, or fails with `saml.schema`. Local names within one shape are distinct. */
export const partsOf = (element: XmlElement, shape: Shape): Parts => {
  if (element.namespace !== shape.namespace || element.localName !== shape.name) wrong(shape, 'another element stands in its place');
  const values = checkAttributes(element, shape);
  const children = checkChildren(element, shape);
  return {
    element,
    attribute: (name) => values.get(name),
    required: (name) => values.get(name) ?? wrong(shape, `attribute ${name} is missing`),
    only: (localName) => children.get(localName)?.[0],
    all: (localName) => children.get(localName) ?? [],
  };
};

const isXmlSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
/** Without XML white space at both ends; a loop, since a regular expression for the end is quadratic. */
export const trimXmlSpace = (text: string): string => {
  let start = 0;
  let end = text.length;
  while (start < end && isXmlSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isXmlSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

/** Text of an element without children, XML white space at both ends removed (threats A09: no other character is). */
export const plainText = (element: XmlElement, name: string, maxLength = 1024): string => {
  const text = trimXmlSpace(textOf(element));
  if (text === '' || text.length > maxLength) fail('saml.schema', `${name}: empty or longer than ${maxLength} characters`, { element: name }); // [SAMLCore §1.3.1]
  return text;
};
/** As `plainText`, for elements whose schema has no attributes. */
export const bareText = (element: XmlElement, name: string): string => {
  if (element.attributes.length > 0) fail('saml.schema', `${name}: an attribute that the schema does not have`, { element: name });
  return plainText(element, name);
};

const bad = (name: string, what: string): never => fail('saml.schema', `attribute ${name} is not ${what}`, { attribute: name });

/** NCName of at most 256 characters, in the ASCII part that every SAML toolkit uses [SAMLCore §1.3.4]. */
export const xmlId = (value: string, name = 'ID'): string => (value.length <= 256 && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(value) ? value : bad(name, 'an NCName of at most 256 characters'));
export const instant = (value: string, name: string): Instant => parseUtcDateTime(value) ?? bad(name, 'an xs:dateTime in UTC');
export const boolean = (value: string | undefined, name: string, absent: boolean): boolean => {
  if (value === undefined) return absent;
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : bad(name, 'an xs:boolean');
};
/** xs:unsignedShort, as indexes are [SAMLCore §3.4.1, SAMLMeta §2.2.3]. */
export const index = (value: string | undefined, name: string): number | null => {
  if (value === undefined) return null;
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : bad(name, 'an xs:unsignedShort');
};
export const address = (value: string | undefined, name: string): string | null => {
  if (value === undefined) return null;
  return value.length > 0 && value.length <= 2048 && !/\s/.test(value) ? value : bad(name, 'a URI of at most 2048 characters');
};
