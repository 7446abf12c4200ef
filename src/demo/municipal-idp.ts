/**
 * Municipalities' own IdPs in the demo: Bryggan sends their people to them. (Göteborg's is a service of Bryggan's too, for an application
 * behind it: service-files.ts.) A page with invented employees stands for the login; messages are SAML over the browser like everybody's.
 */
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { parseDocument, stringify } from 'yaml';
import { newId, systemClock, systemRandom } from '../core/ports.ts';
import { assertionNode } from '../saml/messages/assertion.ts';
import { readAuthnRequest, type AuthnRequest } from '../saml/messages/authn-request.ts';
import { writeSuccess } from '../saml/messages/response.ts';
import { bindings, nameIdFormats, namespaces } from '../saml/names.ts';
import { readXml, type Signer } from '../saml/xml/index.ts';
import { html, type SafeHtml } from '../ui/html.ts';
import { demoStyle } from './application.ts';
import { demoPage } from './page.ts';

export const ORGANISATION_METHOD = 'organisation';
const LOA3 = 'http://id.sambi.se/loa/loa3';
const EMPLOYEE = 'http://sambi.se/attributes/1/employeeHsaId';
const MINUTES = 60_000;
export const municipalEntityId = (baseUrl: string): string => `${baseUrl}/saml`;

/** A municipality with a login of its own; `prefix`: how its people's HSA-ids begin. */
export interface City { readonly party: string; readonly names: { readonly sv: string; readonly en: string }; readonly prefix: string; readonly baseUrl: string }
export const demoCities = (baseUrl: (index: number) => string): readonly City[] => [
  { party: 'goteborg', names: { sv: 'Göteborgs Stad', en: 'City of Gothenburg' }, prefix: 'SE2120001355-', baseUrl: baseUrl(0) },
  { party: 'boras', names: { sv: 'Borås Stad', en: 'City of Borås' }, prefix: 'SE2120001561-', baseUrl: baseUrl(1) },
];
/** Known to the city's IdP by HSA-id. */
export interface Employee { readonly id: string; readonly name: string; readonly hsaId: string }
export interface MunicipalSettings extends City {
  /** Bryggan as a service of this IdP. */
  readonly service: { readonly entityId: string; readonly acsUrl: string };
  readonly signer: Signer;
  readonly employees: readonly Employee[];
  readonly tls: { readonly key: string; readonly cert: string };
}

/** The method "my organisation's login", and each IdP's files: what it publishes and what it is believed in. */
export const writeMunicipalFiles = (root: string, cities: readonly City[], certificate: string): void => {
  const methods = join(root, 'config', 'methods.yaml');
  const document = parseDocument(readFileSync(methods, 'utf8'));
  document.addIn(['methods'], document.createNode({ id: ORGANISATION_METHOD, kind: 'upstream' }));
  writeFileSync(methods, String(document));
  // These IdPs keep no session that could be ended.
  const federations = join(root, 'config', 'federation.yaml');
  const rows = parseDocument(readFileSync(federations, 'utf8'));
  const at = (rows.toJS() as { federations: { id: string }[] }).federations.findIndex(({ id }) => id === 'local');
  rows.setIn(['federations', at, 'lint'], rows.createNode({ 'logout-missing': 'off' }));
  writeFileSync(federations, String(rows));
  for (const city of cities) writeCity(root, city, certificate);
};
const writeCity = (root: string, { party, names, prefix, baseUrl }: City, certificate: string): void => {
  const folder = join(root, 'metadata', 'identity-providers', party);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'idp.xml'), `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="${namespaces.md}" xmlns:ds="${namespaces.ds}" xmlns:mdui="${namespaces.mdui}" entityID="${municipalEntityId(baseUrl)}">
  <md:IDPSSODescriptor protocolSupportEnumeration="${namespaces.samlp}" WantAuthnRequestsSigned="true" errorURL="${baseUrl}/">
    <md:Extensions>
      <mdui:UIInfo>
        <mdui:DisplayName xml:lang="sv">${names.sv}</mdui:DisplayName>
        <mdui:DisplayName xml:lang="en">${names.en}</mdui:DisplayName>
        <mdui:Logo height="40" width="40">${baseUrl}/logo.svg</mdui:Logo>
      </mdui:UIInfo>
    </md:Extensions>
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:NameIDFormat>${nameIdFormats.transient}</md:NameIDFormat>
    <md:SingleSignOnService Binding="${bindings.redirect}" Location="${baseUrl}/sso"/>
  </md:IDPSSODescriptor>
  <md:Organization>
    <md:OrganizationName xml:lang="sv">${names.sv}</md:OrganizationName>
    <md:OrganizationDisplayName xml:lang="sv">${names.sv}</md:OrganizationDisplayName>
    <md:OrganizationURL xml:lang="sv">${baseUrl}/</md:OrganizationURL>
  </md:Organization>
  <md:ContactPerson contactType="technical"><md:GivenName>IT</md:GivenName><md:EmailAddress>mailto:idp@${party}.example</md:EmailAddress></md:ContactPerson>
  <md:ContactPerson contactType="support"><md:GivenName>IT</md:GivenName><md:EmailAddress>mailto:it-stod@${party}.example</md:EmailAddress></md:ContactPerson>
</md:EntityDescriptor>
`);
  writeFileSync(join(folder, 'idp.yaml'), `# What this IdP is believed in; the file beside it is what it publishes.\n${stringify({ names, trust: { levels: { [LOA3]: 'loa3' }, highestLevel: 'loa3', hsaIdPrefixes: [prefix], attributes: ['employeeHsaId'] } })}`);
};

const logo = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><path fill="#0b5f63" d="M4 36V18L20 6l16 12v18H24V24h-8v12z"/></svg>';
const answer = (request: AuthnRequest, employee: Employee, { baseUrl, service, signer }: MunicipalSettings): Promise<string> => {
  const now = systemClock.now();
  const issuer = municipalEntityId(baseUrl);
  const assertion = assertionNode({
    id: `_${newId(systemRandom, 128)}`, issueInstant: now, issuer, nameId: { format: nameIdFormats.transient, value: newId(systemRandom, 128), nameQualifier: issuer, spNameQualifier: service.entityId },
    audience: service.entityId, inResponseTo: request.id, recipient: service.acsUrl, notBefore: now - MINUTES, notOnOrAfter: now + 5 * MINUTES, authnInstant: now, sessionIndex: newId(systemRandom, 128), sessionNotOnOrAfter: now + 480 * MINUTES,
    authnContextClassRef: LOA3, authenticatingAuthorities: [], attributes: [{ name: EMPLOYEE, friendlyName: 'employeeHsaId', values: [employee.hsaId] }],
  });
  return writeSuccess({ id: `_${newId(systemRandom, 128)}`, issueInstant: now, issuer, destination: service.acsUrl, inResponseTo: request.id }, assertion, { signAssertion: signer, encryptFor: null, signResponse: signer });
};

const chooser = ({ employees, names }: MunicipalSettings, fields: Readonly<Record<string, string>>): SafeHtml => html`
  <h1>${names.en}: log in</h1>
  <p>The city's own login, with the city's own ways. Here: pick who you are.</p>
  <form method="post" action="/sso">${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<ul class="people">
  ${employees.map(({ id, name, hsaId }) => html`<li><button name="employee" value="${id}" data-employee="${id}">${name}<small>${hsaId}</small></button></li>`)}
  </ul></form>`;
const onward = (city: string, acsUrl: string, response: string, relayState: string): SafeHtml => html`
  <h1>Back to Bryggan</h1><p>You are logged in at ${city}.</p>
  <form method="post" action="${acsUrl}"><input type="hidden" name="SAMLResponse" value="${Buffer.from(response).toString('base64')}"><input type="hidden" name="RelayState" value="${relayState}"><button class="button" data-onward>Continue</button></form>`;

export const createMunicipalIdp = (settings: MunicipalSettings): Server => {
  const send = (response: ServerResponse, status: number, content: SafeHtml): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'self'" });
    response.end(demoPage(settings.names.en, 'The city’s own login', content));
  };
  /** The city believes whoever sends a browser here: it only ever answers to Bryggan's one address. */
  const requestIn = (message: string): AuthnRequest => readAuthnRequest(readXml(inflateRawSync(Buffer.from(message, 'base64'), { maxOutputLength: 100_000 }), 'message'));
  const logIn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body = (body + String(chunk)).slice(0, 100_000);
    const fields = new URLSearchParams(body);
    const employee = settings.employees.find(({ id }) => id === fields.get('employee'));
    if (employee === undefined) return send(response, 400, html`<h1>Nobody was chosen</h1>`);
    send(response, 200, onward(settings.names.en, settings.service.acsUrl, await answer(requestIn(fields.get('SAMLRequest') ?? ''), employee, settings), fields.get('RelayState') ?? ''));
  };
  return createServer(settings.tls, (request, response) => {
    const url = new URL(request.url ?? '/', settings.baseUrl);
    const route = async (): Promise<void> => {
      if (url.pathname === '/style.css') return void response.writeHead(200, { 'content-type': 'text/css' }).end(demoStyle);
      if (url.pathname === '/logo.svg') return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(logo);
      if (url.pathname !== '/sso') return send(response, 404, html`<h1>No such page</h1>`);
      if (request.method === 'POST') return logIn(request, response);
      const asked = { SAMLRequest: url.searchParams.get('SAMLRequest') ?? '', RelayState: url.searchParams.get('RelayState') ?? '' };
      requestIn(asked.SAMLRequest);
      return send(response, 200, chooser(settings, asked));
    };
    route().catch((error: unknown) => send(response, 400, html`<h1>That was no request for a login</h1><p>${String(error)}</p>`));
  });
};
