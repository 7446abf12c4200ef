/** What the service contracts have in common: names, and who is asked about. */
import type { PersonKey } from '../../model.ts';
import { element, type XmlNode } from '../../../saml/xml/index.ts';
import type { Shape } from '../shape.ts';

export interface Contract {
  readonly interaction: string;
  /** Namespace of request and answer. */
  readonly namespace: string;
  /** Part of the address behind the platform's prefix, by RIV-TA's convention. */
  readonly path: string;
  readonly request: (question: SoapQuestion) => readonly XmlNode[];
  readonly response: Shape;
}
export interface SoapQuestion { readonly key: PersonKey; readonly searchBase: string | null; readonly includeFeigned: boolean }

export const responder = (domain: string, interaction: string, version: string): string => `urn:riv:infrastructure:directory:${domain}:${interaction}Responder:${version}`;
export const pathFor = (domain: string, interaction: string, major: string): string => `/infrastructure/directory/${domain}/${interaction}/${major}/rivtabp21`;
/** Declares its namespace itself, so that no prefix has to be agreed. */
export const inNamespace = (namespace: string, name: string, children: readonly (XmlNode | string)[]): XmlNode => element(name, { xmlns: namespace }, children);
/** The choice and the two options that every contract here begins with; exactly one of the two ids, never both, never none. */
export const personPart = ({ key, searchBase }: SoapQuestion): readonly XmlNode[] => [
  key.kind === 'hsa-id' ? element('personHsaId', {}, [key.hsaId]) : element('personalIdentityNumber', {}, [key.number]),
  ...(searchBase === null ? [] : [element('searchBase', {}, [searchBase])]),
];
export const feignedPart = ({ includeFeigned }: SoapQuestion): XmlNode => element('includeFeignedObject', {}, [String(includeFeigned)]);
