/** Status of a response: one top-level code, at most one below it here, and a text for the peer's log [SAMLCore §3.2.2]. */
import { namespaces } from '../names.ts';
import { fail } from '../../core/errors.ts';
import { attributeOf, element, onlyChild, type XmlElement, type XmlNode } from '../xml/index.ts';
import { address, partsOf, trimXmlSpace, type Shape } from './shape.ts';

export interface Status { readonly top: string; readonly second: string | null; readonly message: string | null }

const { samlp } = namespaces;
const statusShape: Shape = { name: 'Status', namespace: samlp, attributes: [], children: [[samlp, 'StatusCode', '1'], [samlp, 'StatusMessage', '?'], [samlp, 'StatusDetail', '?']] };
const codeShape: Shape = { name: 'StatusCode', namespace: samlp, attributes: ['Value'], children: [[samlp, 'StatusCode', '?']] };
const MAX_MESSAGE = 500;

const valueOf = (code: XmlElement): string => address(attributeOf(code, 'Value'), 'Value') ?? fail('saml.schema', 'StatusCode: Value is missing');
/** Reads a Status. Codes below the second level are checked for shape and not kept. Errors: `saml.schema`. */
export const readStatus = (status: XmlElement): Status => {
  const parts = partsOf(status, statusShape);
  const top = parts.only('StatusCode') ?? fail('saml.schema', 'Status: StatusCode is missing');
  const second = partsOf(top, codeShape).only('StatusCode');
  for (let code = second; code !== undefined; code = onlyChild(code, samlp, 'StatusCode')) partsOf(code, codeShape);
  const text = parts.only('StatusMessage')?.children.filter((child) => typeof child === 'string').join('') ?? '';
  return { top: valueOf(top), second: second === undefined ? null : valueOf(second), message: trimXmlSpace(text).slice(0, MAX_MESSAGE) || null };
};

export const statusNode = ({ top, second, message }: Status): XmlNode =>
  element('samlp:Status', {}, [
    element('samlp:StatusCode', { Value: top }, second === null ? [] : [element('samlp:StatusCode', { Value: second }, [])]),
    ...(message === null ? [] : [element('samlp:StatusMessage', {}, [message])]),
  ]);
