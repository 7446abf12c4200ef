/** Pieces that every metadata document of ours is written from [SAMLMeta §2.3, §2.4]. */
import type { LocalisedText } from '../../core/locale.ts';
import { algorithms, bindings } from '../names.ts';
import { element, type XmlNode } from '../xml/index.ts';

export interface Contact { readonly type: 'technical' | 'support' | 'administrative' | 'other'; readonly company: string; readonly givenName: string | null; readonly surname: string | null; readonly email: string; readonly telephone: string | null }
export interface OrganisationNames { readonly names: LocalisedText; readonly displayNames: LocalisedText; readonly urls: LocalisedText }

const languages = ['sv', 'en'] as const;
export const localised = (name: string, texts: LocalisedText | null): readonly XmlNode[] => (texts === null ? [] : languages.map((language) => element(name, { 'xml:lang': language }, [texts[language]])));

/** What our verifier takes, so that peers need not fall back to the mandatory ones [SAMLAlg §2; SC-DP §8]. */
const digestAlgorithms = [algorithms.sha256, algorithms.sha384, algorithms.sha512];
const signingAlgorithms = [
  algorithms.rsaSha256, algorithms.rsaSha384, algorithms.rsaSha512, algorithms.ecdsaSha256, algorithms.ecdsaSha384, algorithms.ecdsaSha512, algorithms.rsaPssSha256, algorithms.rsaPssSha384, algorithms.rsaPssSha512,
];
export const algorithmExtensions: readonly XmlNode[] = [
  ...digestAlgorithms.map((algorithm) => element('alg:DigestMethod', { Algorithm: algorithm }, [])),
  ...signingAlgorithms.map((algorithm) => element('alg:SigningMethod', { Algorithm: algorithm, MinKeySize: algorithm.includes('ecdsa') ? '256' : '2048' }, [])),
];

export const keyDescriptor = (use: 'signing' | 'encryption') => (certificate: string): XmlNode =>
  element('md:KeyDescriptor', { use }, [element('ds:KeyInfo', {}, [element('ds:X509Data', {}, [element('ds:X509Certificate', {}, [certificate])])])]);
export const endpoint = (name: string) => ({ binding, url }: { readonly binding: 'redirect' | 'post' | 'soap'; readonly url: string }): XmlNode => element(name, { Binding: bindings[binding], Location: url }, []);


export const contactNode = (contact: Contact): XmlNode =>
  element('md:ContactPerson', { contactType: contact.type }, [
    element('md:Company', {}, [contact.company]),
    ...(contact.givenName === null ? [] : [element('md:GivenName', {}, [contact.givenName])]),
    ...(contact.surname === null ? [] : [element('md:SurName', {}, [contact.surname])]),
    element('md:EmailAddress', {}, [`mailto:${contact.email}`]),
    ...(contact.telephone === null ? [] : [element('md:TelephoneNumber', {}, [contact.telephone])]),
  ]);

export const organisationNode = ({ names, displayNames, urls }: OrganisationNames): XmlNode =>
  element('md:Organization', {}, [...localised('md:OrganizationName', names), ...localised('md:OrganizationDisplayName', displayNames), ...localised('md:OrganizationURL', urls)]);
