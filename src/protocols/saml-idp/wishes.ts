/**
 * What a verified request asks for, in the words of the login. Each function refuses what cannot be met with a code whose
 * catalogue row has a SAML status, since the service's address is known by now.
 */
import type { AttributeId, RequestedAttribute } from '../../attributes/model.ts';
import { answerLevel, assuranceLevels, type RequestedAssurance } from '../../core/assurance.ts';
import { fail } from '../../core/errors.ts';
import type { Proxying } from '../../login/transaction.ts';
import type { NameIdFormat, SamlService, SamlParty } from '../../parties/model.ts';
import type { AuthnRequest, MatchValue } from '../../saml/messages/authn-request.ts';
import { bindings, nameIdFormats } from '../../saml/names.ts';

type WireNames = (name: string) => AttributeId | undefined;

/** [SAMLCore §4.1.3.2] only 2.0 is spoken; and answers travel by HTTP-POST only [SAMLProf §4.1.3.5]. */
export const checkProtocol = (request: AuthnRequest): void => {
  if (request.version !== '2.0') fail('saml.version', 'Version is not 2.0', { version: request.version });
  if (request.protocolBinding !== null && request.protocolBinding !== bindings.post) fail('saml.binding-unsupported', 'ProtocolBinding is not HTTP-POST');
};

/** A request about a given person is not answered, whoever it is: no difference to learn from (threats E12; S2-02 rule 4). */
export const checkSubject = (request: AuthnRequest): void => {
  if (request.hasSubject) fail('saml.subject', 'the request names its subject');
};

/** Bryggan shows nobody a text to sign: a request that insists is told so, never logged in as if it had been shown [SC-DP §7; facts: federation §4.5 rule 23]. */
export const checkSignMessage = ({ signMessage }: AuthnRequest): void => {
  if (signMessage?.mustShow === true) fail('saml.sign-message', 'SignMessage with MustShow: no text is shown for signing');
};

/**
 * IDPList must leave room for us or for an IdP that we may ask [SAMLCore §3.4.1.5]; which of them, the login decides. ProxyCount is no
 * limit here: our own card login is not proxying [SAMLCore §3.4.1.5.1; facts: federation §5.1 P1]. Null where nothing is said of others.
 */
export const proxyingFor = (request: AuthnRequest, providerIds: readonly string[], ownId: string): Proxying | null => {
  const { scoping, principalSelection } = request;
  const list = scoping?.idpList ?? null;
  if (list !== null && !list.some((id) => providerIds.includes(id))) fail('saml.scoping', 'none of the identity providers of IDPList is served here');
  if (scoping === null && principalSelection.length === 0) return null;
  return {
    requesters: scoping?.requesterIds ?? [], proxyCount: scoping?.proxyCount ?? null, providers: list ?? [], ourselves: list === null || list.includes(ownId),
    ...(principalSelection.length === 0 ? {} : { principalSelection: principalSelection.map(({ name, value }) => ({ name, value })) }),
  };
};

const offered: ReadonlyMap<string, NameIdFormat> = new Map([[nameIdFormats.transient, 'transient'], [nameIdFormats.persistent, 'persistent']]);
/**
 * Format asked for; else the first in the service's metadata that we have; else its federation's [SAMLCore §3.4.1.1].
 * AllowCreate changes nothing: our persistent ids are derived, so each exists already.
 */
export const nameIdFormatFor = (request: AuthnRequest, service: SamlParty): NameIdFormat => {
  const { format, spNameQualifier } = request.nameIdPolicy ?? { format: null, spNameQualifier: null };
  if (spNameQualifier !== null && spNameQualifier !== service.wire.entityId) return fail('saml.name-id-policy', 'SPNameQualifier of somebody else');
  if (format !== null && format !== nameIdFormats.unspecified) return offered.get(format) ?? fail('saml.name-id-policy', 'NameID format that is not offered', { format: format.slice(0, 120) });
  const published = service.wire.nameIdFormats.find((name) => offered.has(name));
  return (published === undefined ? undefined : offered.get(published)) ?? service.federation.defaultNameId;
};

/** The class references that the federation understands, if some level can answer them [SAMLCore §3.3.2.2.1]; null = any level. */
export const assuranceFor = (request: AuthnRequest, service: SamlParty): RequestedAssurance | null => {
  const context = request.requestedAuthnContext;
  if (context === null) return null;
  if (context.declRefs.length > 0) return fail('saml.authn-context', 'declaration references are not supported');
  const dialect = service.federation.assurance;
  const requested: RequestedAssurance = { comparison: context.comparison, uris: context.classRefs.filter((uri) => Object.hasOwn(dialect.accept, uri)) };
  if (!assuranceLevels.some((level) => answerLevel(level, requested, dialect) !== undefined)) return fail('saml.authn-context', "nothing requested is in the federation's list of levels", { federation: service.federation.id, comparison: context.comparison });
  return requested;
};

const attributeServiceFor = (request: AuthnRequest, { attributeConsumingServices: services }: SamlService): SamlService['attributeConsumingServices'][number] | undefined => {
  const { attributeConsumingServiceIndex: wanted } = request;
  if (wanted !== null) return services.find(({ index }) => index === wanted) ?? fail('saml.attribute-index', 'AttributeConsumingServiceIndex is not in the metadata', { index: wanted });
  return services.find(({ isDefault }) => isDefault) ?? [...services].sort((a, b) => a.index - b.index)[0];
};
/** Attributes of the chosen AttributeConsumingService that the catalogue knows; matched by Name alone, each name once. None published = none asked. */
export const requestedAttributesFor = (request: AuthnRequest, service: SamlService, attributeByWireName: WireNames): readonly RequestedAttribute[] => {
  const wishes = new Map<string, RequestedAttribute>();
  for (const { name, required } of attributeServiceFor(request, service)?.attributes ?? []) {
    const attribute = attributeByWireName(name);
    if (attribute !== undefined) wishes.set(name, { attribute, wireName: name, required: required || wishes.get(name)?.required === true });
  }
  return [...wishes.values()];
};

/**
 * The login ends as exactly this person and commission, or fails [SC-PSC; facts: federation §3.6 rule 7]: so a name that we
 * cannot compare is a refusal, not something to skip.
 */
export const preselectionFor = (values: readonly MatchValue[], attributeByWireName: WireNames): Readonly<Record<AttributeId, string>> => {
  const selection: Record<AttributeId, string> = {};
  for (const { name, value } of values) {
    const attribute = attributeByWireName(name) ?? fail('principal.mismatch', 'PrincipalSelection by an attribute that is not known', { name: name.slice(0, 120) });
    if (Object.hasOwn(selection, attribute) && selection[attribute] !== value) fail('principal.mismatch', 'PrincipalSelection gives two values for one attribute', { attribute });
    selection[attribute] = value;
  }
  return selection;
};
