/**
 * admin/kit: what a service's supplier needs to know, written for one service from what is settled about it. Owns the facts and the
 * templates' language; texts and products' settings are data beside this file. Holds public facts only: no key, no secret.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { attributeByWireName, attributeRow, catalogue, friendlyNameOf, labelOf, type ClaimDialect } from '../../attributes/catalogue.ts';
import type { ReleasePolicy } from '../../attributes/policy.ts';
import { mayStillLeave } from '../../attributes/release.ts';
import { fail } from '../../core/errors.ts';
import type { Locale } from '../../core/locale.ts';
import type { LocalisedText } from '../../core/locale.ts';
import type { Instant } from '../../core/ports.ts';
import type { OidcClient, Party, ServiceParty, SamlService } from '../../parties/model.ts';
import { bindings } from '../../saml/names.ts';
import { renderTemplate, type TemplateFacts } from './template.ts';

/** What is public about ourselves. Certificates: base64 of DER. */
export interface OurFacts {
  readonly publicUrl: string;
  readonly entityId: string;
  readonly name: LocalisedText;
  readonly operator: LocalisedText;
  readonly contact: { readonly email: string; readonly phone: string };
  readonly environment: 'test' | 'acceptance' | 'production';
  readonly signingCertificates: readonly { readonly certificate: string; readonly notAfter: Instant }[];
  readonly metadataCertificates: readonly { readonly certificate: string; readonly notAfter: Instant }[];
}
export interface GuideQuestion { readonly service: ServiceParty; readonly party: Party | undefined; readonly policy: ReleasePolicy; readonly our: OurFacts; readonly language: Locale }
export interface ProductSettings { readonly id: string; readonly name: string; readonly note: string; readonly file: string; readonly settings: string; /** A test logs in with exactly these. */ readonly tried: boolean }
export interface Guide { readonly service: string; readonly language: Locale; readonly text: string; readonly products: readonly ProductSettings[] }

interface ProductRow { readonly id: string; readonly name: string; readonly protocol: 'saml' | 'oidc'; readonly file: string; readonly note: LocalisedText; readonly settings: string; readonly tested?: string }
const beside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const productRows = (): readonly ProductRow[] => parse(beside('products.yaml')) as readonly ProductRow[];

const spoken = (hex: string): string => hex.toUpperCase().match(/../g)?.join(':') ?? '';
const certificateFacts = ({ certificate, notAfter }: OurFacts['signingCertificates'][number]): TemplateFacts =>
  ({ fingerprint: spoken(createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('hex')), ends: new Date(notAfter).toISOString().slice(0, 10), base64: certificate });

/** Why an attribute comes or does not, whoever logs in; the person's own state is asked at each login. */
type Reason = 'released' | 'service-deny' | 'service-not-allowed' | 'policy' | 'unknown';
const reasonFor = (attribute: string | undefined, service: ServiceParty, policy: ReleasePolicy): Reason => {
  const row = attribute === undefined ? undefined : attributeRow(attribute);
  if (row === undefined || row.source === 'none') return 'unknown';
  if (mayStillLeave(row.id, service, policy)) return 'released';
  if (service.release.deny.includes(row.id)) return 'service-deny';
  // As in a release: `*` never stands for what is or holds a personal identity number.
  const allowed = service.release.allow.includes(row.id) || (service.release.allow.includes('*') && !['personal-identity-number', 'certificate'].includes(row.sensitivity));
  return allowed ? 'policy' : 'service-not-allowed';
};
const words = (): Readonly<Record<string, LocalisedText>> => parse(beside('words.yaml')) as Readonly<Record<string, LocalisedText>>;
const said = (key: string, language: Locale): string => words()[key]?.[language] ?? key;
const variable = (friendly: string): string => friendly.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();

/** Of a local IdP: what it may have for each application behind it. */
const behindFacts = ({ proxying, release: { allow } }: ServiceParty, language: Locale): TemplateFacts => {
  const words = (ids: readonly string[]): string => (ids.length === 0 ? said('nothing', language) : ids.includes('*') && allow.includes('*') ? said('everything', language) : ids.map((id) => (id === '*' ? said('agreed', language) : labelOf(id)[language])).join(', '));
  const applications = [...(proxying?.requesters ?? [])].map(([requester, row]) => ({ requester, application: row.names?.[language] ?? '', allowed: words(row.allow) }));
  return { isProxy: proxying !== undefined, applications, othersAllowed: words(proxying?.others ?? []) };
};

const samlFacts = (wire: SamlService, { service, policy, language }: GuideQuestion): TemplateFacts => {
  const [set] = wire.attributeConsumingServices.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.index - b.index);
  const attributes = (set?.attributes ?? []).map(({ name, required }) => {
    const id = attributeByWireName(name);
    const reason = reasonFor(id, service, policy);
    const friendly = id === undefined ? name : (friendlyNameOf(id) ?? id);
    return { name, friendly, variable: variable(friendly), label: id === undefined ? name : labelOf(id)[language], required: said(required ? 'required' : 'optional', language), comes: reason === 'released', why: said(reason, language), id: id ?? '' };
  });
  const coming = attributes.filter(({ comes }) => comes);
  const acs = wire.assertionConsumerServices.filter(({ binding }) => binding === bindings.post);
  const user = coming.find(({ id }) => id === 'employeeHsaId')?.name ?? '';
  const [firstAcs] = acs.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault) || a.index - b.index);
  const acsUrl = firstAcs?.url ?? '';
  return {
    ...behindFacts(service, language), attributes, coming, hasAttributes: attributes.length > 0, userAttribute: user, hasUserAttribute: user !== '', acsUrl, acsPath: URL.parse(acsUrl)?.pathname ?? '/', origin: URL.parse(acsUrl)?.origin ?? '',
    mellonEndpoint: /^(.*)\/postResponse$/.exec(URL.parse(acsUrl)?.pathname ?? '')?.[1] ?? '/mellon',
    endpoints: [...acs.map(({ url }) => ({ what: 'AssertionConsumerService (HTTP-POST)', url })), ...wire.singleLogoutServices.map(({ url, binding }) => ({ what: `SingleLogoutService (${binding})`, url }))],
    requestsSigned: wire.authnRequestsSigned, hasSigningKey: wire.signingKeys.length > 0, canLogOut: wire.singleLogoutServices.length > 0,
    encrypted: service.encryption !== 'never' && wire.encryptionKeys.length > 0, signsResponse: service.sign.response, signsAssertion: service.sign.assertion,
    nameId: wire.nameIdFormats[0] ?? `urn:oasis:names:tc:SAML:2.0:nameid-format:${service.federation.defaultNameId}`,
    itsCertificates: [...wire.signingKeys.map((key) => ({ use: said('signing', language), ...certificateFacts(key) })), ...wire.encryptionKeys.map((key) => ({ use: said('encryption', language), ...certificateFacts(key) }))],
  };
};

const USUAL_SCOPES = ['profile', 'employee', 'https://id.oidc.se/scope/naturalPersonInfo'];
const oidcFacts = (wire: OidcClient, { service, policy, language }: GuideQuestion): TemplateFacts => {
  const dialect: ClaimDialect = service.federation.attributeDialect === 'sweden-connect' ? 'sweden-connect' : 'inera';
  const claims = catalogue.flatMap(({ id, claims: named, source }) => {
    const claim = named[dialect];
    return claim === undefined || source === 'none' || reasonFor(id, service, policy) !== 'released' ? [] : [{ claim: claim.claim, scope: claim.scope, label: labelOf(id)[language] }];
  });
  const scopes = USUAL_SCOPES.filter((scope) => claims.some((one) => one.scope === scope));
  const is = (...kinds: readonly OidcClient['authentication'][]): boolean => kinds.includes(wire.authentication);
  return {
    claims, clientId: wire.entityId, scopes: ['openid', ...scopes].join(' '), userClaim: claims.some(({ claim }) => claim === 'employeeHsaId') ? 'employeeHsaId' : 'sub',
    redirectUris: wire.redirectUris.map((uri) => ({ uri })), redirectUri: wire.redirectUris[0] ?? '', redirectPath: URL.parse(wire.redirectUris[0] ?? '')?.pathname ?? '/',
    postLogoutUris: wire.postLogoutRedirectUris.map((uri) => ({ uri })), backchannelUri: wire.backchannelLogoutUri ?? '', frontchannelUri: wire.frontchannelLogoutUri ?? '',
    authentication: wire.authentication, usesSecret: is('client_secret_basic'), usesKey: is('private_key_jwt'), usesCertificate: is('tls_client_auth', 'self_signed_tls_client_auth'), usesNothing: is('none'),
    refreshTokens: wire.refreshTokens, pushed: wire.pushedRequests, signedRequests: wire.signedRequests, provesItself: wire.pushedRequests || wire.signedRequests, idTokenAlgorithm: wire.idTokenAlgorithm, dpop: wire.bound === 'dpop', subject: said(wire.subject, language),
  };
};

const commonFacts = ({ service, party, our, language }: GuideQuestion): TemplateFacts => {
  const levels = Object.entries(service.federation.assurance.issue).filter(([level]) => level >= service.minimumLevel).map(([, uri]) => ({ uri }));
  return {
    id: service.id, name: service.names[language], party: party?.name ?? service.party, federation: service.federation.id, entityId: service.wire.entityId, homeUrl: service.homeUrl ?? '',
    our: our.name[language], operator: our.operator[language], operatorEmail: our.contact.email, operatorPhone: our.contact.phone, environment: said(our.environment, language), isProduction: our.environment === 'production',
    publicUrl: our.publicUrl, idp: our.entityId, metadataUrl: `${our.publicUrl}/saml/metadata?consumer=${service.id}`, feedUrl: `${our.publicUrl}/metadata/applications.xml?consumer=${service.id}`, feedPage: `${our.publicUrl}/metadata`,
    sso: `${our.publicUrl}/saml/sso`, slo: `${our.publicUrl}/saml/slo`, sloSoap: `${our.publicUrl}/saml/slo/soap`, discovery: `${our.publicUrl}/.well-known/openid-configuration`, account: `${our.publicUrl}/me`,
    signing: our.signingCertificates.map(certificateFacts), feedSigning: our.metadataCertificates.map(certificateFacts), firstCertificate: our.signingCertificates[0]?.certificate ?? '',
    levels, level: levels.at(-1)?.uri ?? '', skew: String(service.federation.clockSkew), sessionMinutes: String(Math.floor(service.federation.sessionLifetime / 60)),
  };
};

/** What a service says of itself stands in settings that somebody pastes: it must not become a line of them. */
const unquotable = /['"`\\\s<>|$]/;
const saysOfItself = ({ wire, homeUrl }: ServiceParty): readonly string[] => [
  wire.entityId, homeUrl ?? '', ...(wire.protocol === 'saml' ? [...wire.assertionConsumerServices.map(({ url }) => url), ...wire.singleLogoutServices.map(({ url }) => url), ...wire.nameIdFormats] : [...wire.redirectUris, ...wire.postLogoutRedirectUris, wire.backchannelLogoutUri ?? '', wire.frontchannelLogoutUri ?? '']),
];

/** The guide as Markdown, and each product's settings by themselves. Errors: `command.usage` when an address of the service could not stand in settings. */
export const guideFor = (question: GuideQuestion): Guide => {
  const { service, language } = question;
  if (saysOfItself(service).some((text) => unquotable.test(text))) return fail('command.usage', `${service.id} has an id or address with quotes, white space or the like: no settings can be written with it safely`);
  const { wire } = service;
  const facts: TemplateFacts = { ...commonFacts(question), ...(wire.protocol === 'saml' ? samlFacts(wire, question) : oidcFacts(wire, question)) };
  const products = productRows().filter(({ protocol }) => protocol === wire.protocol).map(({ id, name, file, note, settings, tested }): ProductSettings => ({ id, name, file, note: renderTemplate(note[language], facts).trim(), settings: renderTemplate(settings, facts), tried: tested !== undefined }));
  const text = renderTemplate(beside(`guide-${wire.protocol}.${language}.md`), { ...facts, products: products.map((one) => ({ ...one, standing: said(one.tried ? 'tried' : 'untried', language) })) });
  return { service: service.id, language, text, products };
};
