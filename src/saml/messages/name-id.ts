/** A NameID as it is written and read [SAMLCore §2.2.3]. Compared whole: value, format and both qualifiers. */
import { fail } from '../../core/errors.ts';
import { nameIdFormats } from '../names.ts';
import { element, type XmlElement, type XmlNode } from '../xml/index.ts';
import { plainText } from './shape.ts';

export interface NameIdContent { readonly value: string; readonly format: string; readonly nameQualifier: string | null; readonly spNameQualifier: string | null }

export const nameIdNode = (nameId: NameIdContent): XmlNode =>
  element('saml:NameID', { Format: nameId.format, NameQualifier: nameId.nameQualifier ?? undefined, SPNameQualifier: nameId.spNameQualifier ?? undefined }, [nameId.value]);

const nameIdAttributes = ['Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'];
/** Errors: `saml.schema`. */
export const readNameId = (node: XmlElement): NameIdContent => {
  const values = new Map<string, string>();
  for (const { namespace, localName, value } of node.attributes) {
    if (namespace !== '' || !nameIdAttributes.includes(localName)) fail('saml.schema', 'NameID: an attribute that the schema does not have');
    values.set(localName, value);
  }
  return { value: plainText(node, 'NameID'), format: values.get('Format') ?? nameIdFormats.unspecified, nameQualifier: values.get('NameQualifier') ?? null, spNameQualifier: values.get('SPNameQualifier') ?? null };
};
/** The name that was issued under `own`: qualifiers that are left out mean the ones of the issue [SAMLCore §3.3.4, §8.3.7]. */
export const isSameName = (said: NameIdContent, own: NameIdContent): boolean =>
  said.value === own.value && said.format === own.format && (said.nameQualifier ?? own.nameQualifier) === own.nameQualifier && (said.spNameQualifier ?? own.spNameQualifier) === own.spNameQualifier;
