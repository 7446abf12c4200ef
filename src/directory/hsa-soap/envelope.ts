/** SOAP 1.1 as RIV-TA 2.1 uses it: LogicalAddress in the header, one element in the body; a Fault is the service saying that it cannot answer. */
import { fail, isBrygganError } from '../../core/errors.ts';
import { childElements, element, elementsOf, onlyChild, readXml, textOf, writeXml, type XmlElement } from '../../saml/xml/index.ts';
import { inNamespace, type Contract, type SoapQuestion } from './contracts/contract.ts';
import { readShape, type Reading } from './shape.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const REGISTRY = 'urn:riv:itintegration:registry:1';

export const actionOf = ({ namespace, interaction }: Contract): string => `${namespace}:${interaction}`;

/** Values are escaped by the writer: what people bring stays text (threats J02). */
export const writeEnvelope = (contract: Contract, question: SoapQuestion, logicalAddress: string): string => writeXml(element('soap:Envelope', {}, [
  element('soap:Header', {}, [inNamespace(REGISTRY, 'LogicalAddress', [logicalAddress])]),
  element('soap:Body', {}, [inNamespace(contract.namespace, contract.interaction, contract.request(question))]),
]));

const readFault = (fault: XmlElement, status: number): never => {
  const said = elementsOf(fault).find(({ localName }) => localName === 'faultstring');
  // VP001-VP015 say what is wrong between the platform and us; nothing else of the text is kept [VP].
  const code = said === undefined ? undefined : /\bVP\d{3}\b/.exec(textOf(said))?.[0];
  return fail('directory.unavailable', 'the service answered with a fault', { fault: code ?? 'unknown', status });
};
const readBody = (bytes: Uint8Array, contract: Contract, status: number, maxBytes: number): Reading => {
  const root = readXml(bytes, 'service-reply', { maxBytes, maxElements: 60_000, maxTextLength: 65_536, maxDepth: 24 });
  if (root.namespace !== SOAP || root.localName !== 'Envelope') return fail('directory.answer', 'the answer is no SOAP envelope');
  const body = onlyChild(root, SOAP, 'Body') ?? fail('directory.answer', 'the envelope has no body');
  const [fault] = childElements(body, SOAP, 'Fault');
  if (fault !== undefined) return readFault(fault, status);
  const [answer, ...more] = elementsOf(body);
  if (answer === undefined || more.length > 0 || answer.namespace !== contract.namespace || answer.localName !== `${contract.interaction}Response`) return fail('directory.answer', 'the body is not the answer of this contract');
  return readShape(answer, contract.response);
};

/** Errors: `directory.unavailable` for a fault, `directory.answer` for everything that is not an answer of this contract. */
export const readEnvelope = (bytes: Uint8Array, contract: Contract, status: number, maxBytes: number): Reading => {
  try {
    return readBody(bytes, contract, status, maxBytes);
  } catch (error) {
    if (!isBrygganError(error) || error.code.startsWith('directory.')) throw error;
    return fail('directory.answer', 'the answer is not XML that is read here', { rule: error.code, interaction: contract.interaction });
  }
};
