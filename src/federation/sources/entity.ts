/** One verified entity to the metadata file that the registry reads: asked by the source's filters, with the end of what it came in. */
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { entityAttributes, namespaces } from '../../saml/names.ts';
import { attributeOf, canonicalise, childElements, type XmlElement } from '../../saml/xml/index.ts';
import type { Found } from './document.ts';
import type { SourceSettings } from './model.ts';

const { md, mdattr, mdrpi, saml, ds } = namespaces;
const extensions = (entity: XmlElement, namespace: string, name: string): readonly XmlElement[] => childElements(entity, md, 'Extensions').flatMap((row) => childElements(row, namespace, name));
const valuesOf = (entity: XmlElement, name: string): readonly string[] =>
  extensions(entity, mdattr, 'EntityAttributes').flatMap((row) => childElements(row, saml, 'Attribute')).filter((one) => attributeOf(one, 'Name') === name)
    .flatMap((one) => childElements(one, saml, 'AttributeValue')).map(({ children }) => children.filter((child) => typeof child === 'string').join('').trim());

/** What the filters miss in it, or null. Compared letter for letter. */
export const heldBackBy = (entity: XmlElement, { registrationAuthorities, entityCategories, assuranceCertifications }: SourceSettings['filters']): string | null => {
  const misses = (wanted: readonly string[], has: readonly (string | undefined)[]): boolean => wanted.length > 0 && !wanted.some((value) => has.includes(value));
  if (misses(registrationAuthorities, extensions(entity, mdrpi, 'RegistrationInfo').map((row) => attributeOf(row, 'registrationAuthority')))) return 'was registered by none of registrationAuthorities';
  if (misses(entityCategories, valuesOf(entity, entityAttributes.entityCategory))) return 'has none of entityCategories';
  return misses(assuranceCertifications, valuesOf(entity, entityAttributes.assuranceCertification)) ? 'has none of assuranceCertifications' : null;
};

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Never later than the end: whole days where there are two left, so that nodes that fetched at different times write the same. */
export const writtenEnd = (end: Instant, now: Instant): Instant => {
  const unit = end - now > 2 * DAY ? DAY : end - now > 2 * HOUR ? HOUR : 1000;
  return Math.floor(end / unit) * unit;
};
/** A document of its own: canonical, its signatures left out (they were verified), `validUntil` as given. */
export const documentOf = ({ element, validUntil }: Found, now: Instant): Buffer => {
  if (element.localName !== 'EntityDescriptor') return fail('metadata.source', 'is not an EntityDescriptor');
  const attributes = element.attributes.filter(({ namespace, localName }) => namespace !== '' || localName !== 'validUntil');
  const end = validUntil === null ? [] : [{ namespace: '', prefix: '', localName: 'validUntil', value: new Date(writtenEnd(validUntil, now)).toISOString() }];
  const children = element.children.filter((child) => typeof child === 'string' || child.namespace !== ds || child.localName !== 'Signature');
  return Buffer.from(`${canonicalise({ ...element, attributes: [...attributes, ...end], children, instructions: [] })}\n`);
};
