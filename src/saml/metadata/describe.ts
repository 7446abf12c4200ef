/** How a service presents itself: mdui, Organization, contacts. Shown to people, so only text and checked addresses leave here. */
import type { LocalisedText } from '../../core/locale.ts';
import { namespaces } from '../names.ts';
import { attributeOf, childElements, onlyChild, type XmlElement } from '../xml/index.ts';
import type { Fault } from './fault.ts';
import { extensionsOf, localised, primaryLanguage, trimmedText } from './reading.ts';
import type { PublishedContact, PublishedLogo, PublishedOrganisation, ServiceMetadata } from './service-metadata.ts';

const { md, mdui } = namespaces;

/** Only addresses that a link may have: https. Others are dropped, not followed (threats D14, E11). */
const webAddresses = (texts: Partial<LocalisedText>): Partial<LocalisedText> => Object.fromEntries(Object.entries(texts).filter(([, url]) => URL.parse(url)?.protocol === 'https:'));

const pixels = (element: XmlElement, name: string): number => {
  const value = Number(attributeOf(element, name));
  return Number.isInteger(value) && value > 0 && value <= 10_000 ? value : 0;
};
const logosOf = (info: XmlElement, fault: Fault): readonly PublishedLogo[] =>
  childElements(info, mdui, 'Logo').flatMap((element) => {
    const url = trimmedText(element, fault).replace(/[ \t\r\n]+/g, '');
    const protocol = URL.parse(url)?.protocol;
    // [SC-DP §5.4.3] inline logos are pictures and nothing else.
    const usable = protocol === 'https:' || (protocol === 'data:' && /^data:image\/(?:png|jpeg|gif|svg\+xml|webp);base64,/.test(url));
    return usable ? [{ url, width: pixels(element, 'width'), height: pixels(element, 'height'), language: primaryLanguage(element) }] : [];
  });

const organisationOf = (entity: XmlElement, role: XmlElement, fault: Fault): PublishedOrganisation | null => {
  const organisation = onlyChild(role, md, 'Organization') ?? onlyChild(entity, md, 'Organization');
  if (organisation === undefined) return null;
  const texts = (name: string): Partial<LocalisedText> => localised(childElements(organisation, md, name), fault);
  return { names: texts('OrganizationName'), displayNames: texts('OrganizationDisplayName'), urls: webAddresses(texts('OrganizationURL')) };
};

const contactOf = (element: XmlElement, fault: Fault): PublishedContact => {
  const texts = (name: string): string[] => childElements(element, md, name).map((child) => trimmedText(child, fault)).filter((text) => text !== '');
  return {
    type: attributeOf(element, 'contactType') ?? 'other',
    company: texts('Company')[0] ?? null, givenName: texts('GivenName')[0] ?? null, surname: texts('SurName')[0] ?? null,
    emails: texts('EmailAddress').map((address) => address.replace(/^mailto:/i, '')), telephones: texts('TelephoneNumber'),
  };
};

type Description = Omit<ServiceMetadata, 'wire' | 'notes'>;
export const describe = (entity: XmlElement, role: XmlElement, fault: Fault): Description => {
  const infos = extensionsOf(role, mdui, 'UIInfo');
  if (infos.length > 1) fault(infos[1] ?? null, 'is the second UIInfo', 'keep one of them'); // [SAMLMDUI §2.1]
  const [info] = infos;
  const texts = (name: string): Partial<LocalisedText> => (info === undefined ? {} : localised(childElements(info, mdui, name), fault));
  return {
    names: texts('DisplayName'),
    descriptions: texts('Description'),
    logos: info === undefined ? [] : logosOf(info, fault),
    informationUrls: webAddresses(texts('InformationURL')),
    privacyStatementUrls: webAddresses(texts('PrivacyStatementURL')),
    organisation: organisationOf(entity, role, fault),
    contacts: [...childElements(entity, md, 'ContactPerson'), ...childElements(role, md, 'ContactPerson')].map((element) => contactOf(element, fault)),
  };
};
