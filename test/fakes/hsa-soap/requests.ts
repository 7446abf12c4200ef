/**
 * Judges requests by the element trees of the service contracts (facts: credentials §4.1-4.4), with a parser and tables of its
 * own, so that it cannot share a mistake with the adapter.
 */
import { DOMParser } from '@xmldom/xmldom';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
export type Interaction = 'GetCredentialsForPersonIncludingProtectedPerson' | 'GetEmployeeIncludingProtectedPerson' | 'GetAdminCredentialsForPersonIncludingProtectedPerson';
export interface Asked { readonly interaction: Interaction; readonly personHsaId: string | null; readonly personalIdentityNumber: string | null; readonly includeFeigned: boolean }

const authorization = 'urn:riv:infrastructure:directory:authorizationmanagement';
const responder = (interaction: Interaction): string =>
  interaction === 'GetEmployeeIncludingProtectedPerson' ? `urn:riv:infrastructure:directory:employee:${interaction}Responder:4` : `${authorization}:${interaction}Responder:2`;
const paths: Readonly<Record<Interaction, string>> = {
  GetCredentialsForPersonIncludingProtectedPerson: '/vp/infrastructure/directory/authorizationmanagement/GetCredentialsForPersonIncludingProtectedPerson/2/rivtabp21',
  GetAdminCredentialsForPersonIncludingProtectedPerson: '/vp/infrastructure/directory/authorizationmanagement/GetAdminCredentialsForPersonIncludingProtectedPerson/2/rivtabp21',
  GetEmployeeIncludingProtectedPerson: '/vp/infrastructure/directory/employee/GetEmployeeIncludingProtectedPerson/4/rivtabp21',
};
/** What may follow the choice of id, in this order: namespace, name. */
const trees: Readonly<Record<Interaction, readonly (readonly [namespace: string, name: string])[]>> = {
  GetCredentialsForPersonIncludingProtectedPerson: [
    [responder('GetCredentialsForPersonIncludingProtectedPerson'), 'searchBase'], [responder('GetCredentialsForPersonIncludingProtectedPerson'), 'includeFeignedObject'],
    [`${authorization}:GetCredentialsForPersonIncludingProtectedPersonResponder:2.1`, 'profile'],
  ],
  GetAdminCredentialsForPersonIncludingProtectedPerson: ['authorizationScopeCode', 'authorizationScopePropertyCode', 'searchBase', 'includeFeignedObject'].map((name) => [responder('GetAdminCredentialsForPersonIncludingProtectedPerson'), name] as const),
  GetEmployeeIncludingProtectedPerson: ['searchBase', 'includeFeignedObject', 'profile'].map((name) => [responder('GetEmployeeIncludingProtectedPerson'), name] as const),
};
const forms: Readonly<Record<string, RegExp>> = {
  searchBase: /^(?:[OUDCNLoudcnl]{1,2}=[0-9\p{L}\p{Zs}\-.]*,?)*$/u, includeFeignedObject: /^(?:true|false|0|1)$/, profile: /^(?:extended1|BASIC|TITLE|CONTACT|FULL)$/i, personalIdentityNumber: /^\d{12}$/, personHsaId: /^[^\s]+$/,
};

const elements = (node: Element): Element[] => Array.from(node.childNodes).filter((child): child is Element => child.nodeType === 1);
const only = (node: Element, namespace: string, name: string): Element => {
  const found = elements(node).filter((child) => child.namespaceURI === namespace && child.localName === name);
  if (found.length !== 1) throw new Error(`${name}: ${found.length} times`);
  return found[0]!;
};
/** The question, or an Error that says which rule the request breaks. */
export const judgeRequest = (head: { method: string; path: string; contentType: string; action: string }, body: string, logicalAddress: string): Asked => {
  if (head.method !== 'POST') throw new Error('method');
  if (!/^text\/xml; *charset=utf-8$/i.test(head.contentType)) throw new Error('content type');
  const document = new DOMParser({ errorHandler: (_level, message) => { throw new Error(`not well-formed: ${String(message)}`); } }).parseFromString(body, 'text/xml');
  const envelope = document.documentElement;
  if (envelope.namespaceURI !== SOAP || envelope.localName !== 'Envelope') throw new Error('envelope');
  const address = only(only(envelope, SOAP, 'Header'), 'urn:riv:itintegration:registry:1', 'LogicalAddress').textContent;
  if (address !== logicalAddress) throw new Error('VP003 logical address');
  const [message, ...more] = elements(only(envelope, SOAP, 'Body'));
  if (message === undefined || more.length > 0) throw new Error('body');
  const interaction = message.localName as Interaction;
  if (!Object.hasOwn(paths, interaction) || message.namespaceURI !== responder(interaction)) throw new Error('interaction');
  if (head.path !== paths[interaction]) throw new Error('path');
  if (head.action !== `"${responder(interaction)}:${interaction}"`) throw new Error('SOAPAction');
  const [who, ...rest] = elements(message);
  if (who === undefined || who.namespaceURI !== responder(interaction) || !['personHsaId', 'personalIdentityNumber'].includes(who.localName)) throw new Error('exactly one id');
  let place = -1;
  for (const child of rest) {
    const at = trees[interaction].findIndex(([namespace, name]) => namespace === child.namespaceURI && name === child.localName);
    if (at <= place) throw new Error(`order or name of ${child.localName}`);
    place = at;
  }
  for (const child of [who, ...rest]) if (!forms[child.localName]?.test(child.textContent ?? '') || elements(child).length > 0) throw new Error(`form of ${child.localName}`);
  const value = (name: string): string | null => rest.find((child) => child.localName === name)?.textContent ?? null;
  return { interaction, personHsaId: who.localName === 'personHsaId' ? who.textContent : null, personalIdentityNumber: who.localName === 'personalIdentityNumber' ? who.textContent : null, includeFeigned: ['true', '1'].includes(value('includeFeignedObject') ?? 'false') };
};
