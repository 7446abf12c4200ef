/** SOAP 1.1 around one SAML message [SAMLBind §3.2]. */
import { fail } from '../../core/errors.ts';
import { namespaces } from '../names.ts';
import { childElements, onlyChild, type XmlElement } from '../xml/index.ts';

const { soap } = namespaces;

/** The one message in the Body. Headers that must be understood are refused, others skipped [SOAP11 §4.2.3]. Errors: `saml.schema`. */
export const soapBody = (envelope: XmlElement): XmlElement => {
  if (envelope.namespace !== soap || envelope.localName !== 'Envelope') return fail('saml.schema', 'not a SOAP 1.1 envelope');
  const header = onlyChild(envelope, soap, 'Header');
  const demanding = header?.children.some((child) => typeof child !== 'string' && child.attributes.some(({ namespace, localName, value }) => namespace === soap && localName === 'mustUnderstand' && value !== '0'));
  if (demanding === true) return fail('saml.schema', 'a SOAP header that must be understood');
  const bodies = childElements(envelope, soap, 'Body');
  const messages = (bodies[0]?.children ?? []).filter((child): child is XmlElement => typeof child !== 'string');
  const [message] = messages;
  if (bodies.length !== 1 || message === undefined || messages.length > 1) return fail('saml.schema', 'the SOAP body must hold exactly one message');
  return message.namespace === soap ? fail('saml.schema', 'a SOAP fault where a message belongs') : message;
};

/** `message` is canonical XML, which carries its own namespaces and so can be put inside as it is. */
export const writeSoap = (message: string): string => `<soap:Envelope xmlns:soap="${soap}"><soap:Body>${message}</soap:Body></soap:Envelope>`;
