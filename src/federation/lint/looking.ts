/** What rules ask of an element: its children by name, its words by language, its keys. Looking never fails: an odd element is what rules are about. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { namespaces } from '../../saml/names.ts';
import { attributeOf, childElements, elementsOf, type XmlElement } from '../../saml/xml/index.ts';
import type { LintSubject } from './model.ts';

const { md, mdui, mdattr, saml, ds, alg } = namespaces;
export const textIn = (element: XmlElement): string => element.children.filter((child) => typeof child === 'string').join('').trim();
export const languageOf = (element: XmlElement): string => (element.attributes.find(({ namespace, localName }) => namespace === namespaces.xml && localName === 'lang')?.value ?? '').slice(0, 2).toLowerCase();
export const mdChildren = (parent: XmlElement | null, name: string): readonly XmlElement[] => (parent === null ? [] : childElements(parent, md, name));
const extensionsOf = (parent: XmlElement | null): readonly XmlElement[] => mdChildren(parent, 'Extensions').flatMap(elementsOf);
/** Children of mdui:UIInfo with this name. */
export const uiWords = ({ role }: LintSubject, name: string): readonly XmlElement[] => extensionsOf(role).filter(({ namespace, localName }) => namespace === mdui && localName === 'UIInfo').flatMap((info) => childElements(info, mdui, name));
export const roleExtensions = ({ role }: LintSubject, namespace: string, name: string): readonly XmlElement[] => extensionsOf(role).filter((one) => one.namespace === namespace && one.localName === name);
export const entityExtensions = ({ entity }: LintSubject, namespace: string, name: string): readonly XmlElement[] => extensionsOf(entity).filter((one) => one.namespace === namespace && one.localName === name);
/** Entity attributes (`saml:Attribute`) with this Name. */
export const entityAttributesNamed = (subject: LintSubject, name: string): readonly XmlElement[] =>
  entityExtensions(subject, mdattr, 'EntityAttributes').flatMap((one) => childElements(one, saml, 'Attribute')).filter((one) => attributeOf(one, 'Name') === name);
export const inBoth = ({ entity, role }: LintSubject, name: string): readonly XmlElement[] => [...mdChildren(entity, name), ...mdChildren(role, name)];
/** Place of something that is missing: the role, else the entity. */
export const whole = ({ entity, role }: LintSubject): XmlElement => role ?? entity;
export const contacts = (subject: LintSubject, ...types: readonly string[]): readonly XmlElement[] => inBoth(subject, 'ContactPerson').filter((one) => types.length === 0 || types.includes(attributeOf(one, 'contactType') ?? ''));

export interface SeenKey { readonly at: XmlElement; readonly descriptor: XmlElement; readonly use: string | undefined; readonly key: KeyObject | null; readonly notAfter: number | null }
export const keysOf = ({ role }: LintSubject): readonly SeenKey[] => mdChildren(role, 'KeyDescriptor').flatMap((descriptor) =>
  childElements(descriptor, ds, 'KeyInfo').flatMap((info) => childElements(info, ds, 'X509Data')).flatMap((data) => childElements(data, ds, 'X509Certificate')).map((at): SeenKey => {
    const base = { at, descriptor, use: attributeOf(descriptor, 'use') };
    try {
      const certificate = new X509Certificate(Buffer.from(textIn(at), 'base64'));
      return { ...base, key: certificate.publicKey, notAfter: certificate.validToDate.getTime() };
    } catch {
      return { ...base, key: null, notAfter: null };
    }
  }));
export const keysFor = (subject: LintSubject, use: 'signing' | 'encryption'): readonly SeenKey[] => keysOf(subject).filter((one) => one.use === undefined || one.use === use);
export const rsaBits = (key: KeyObject | null): number | null => (key?.asymmetricKeyType === 'rsa' || key?.asymmetricKeyType === 'rsa-pss' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : null);

const endpointNames = ['AssertionConsumerService', 'SingleLogoutService', 'SingleSignOnService', 'ArtifactResolutionService', 'ManageNameIDService', 'NameIDMappingService', 'AssertionIDRequestService'];
export const endpoints = ({ role }: LintSubject, ...names: readonly string[]): readonly XmlElement[] => (names.length === 0 ? endpointNames : names).flatMap((name) => mdChildren(role, name));
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Plain http to another machine. */
export const isPlainHttp = (address: string | undefined): boolean => {
  const url = URL.parse(address ?? '');
  return url?.protocol === 'http:' && !loopback.has(url.hostname);
};
export const bindingOf = (endpoint: XmlElement): string => (attributeOf(endpoint, 'Binding') ?? '').trim();
/** Algorithms that the entity says it takes, anywhere [SAMLAlg §2]. */
export const announcedAlgorithms = (subject: LintSubject): readonly XmlElement[] => [
  ...extensionsOf(subject.entity), ...extensionsOf(subject.role),
].filter(({ namespace, localName }) => namespace === alg && (localName === 'SigningMethod' || localName === 'DigestMethod'));
export const encryptionMethods = (subject: LintSubject): readonly XmlElement[] => mdChildren(subject.role, 'KeyDescriptor').flatMap((one) => mdChildren(one, 'EncryptionMethod'));
export const algorithmOf = (element: XmlElement): string => (attributeOf(element, 'Algorithm') ?? '').trim();
/** The same value twice: the later ones. */
export const repeated = (elements: readonly XmlElement[], value: (element: XmlElement) => string | undefined): readonly XmlElement[] => {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const one = value(element) ?? '';
    const again = seen.has(one);
    seen.add(one);
    return again;
  });
};
