/**
 * parties: who may talk to us. Owns Organisation, Party, ServiceParty, FederationProfile and
 * the registry that answers "who is this entityID?". Does not own: reading files (sources/),
 * the login (login/), trading metadata with others (federation/).
 */
import type { KeyObject } from 'node:crypto';
import type { AssuranceDialect, AssuranceLevel } from '../core/assurance.ts';
import type { EntityId, OrganisationNumber, PartyId, ServiceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { LocalisedText } from '../core/locale.ts';

/** Shown on a party's error pages: whom the person at the keyboard turns to. */
export interface SupportContact { readonly name: string; readonly phone: string; readonly email: string; readonly hours: LocalisedText }

export interface Organisation { readonly name: string; readonly number: OrganisationNumber }

export interface Party extends Organisation {
  readonly id: PartyId;
  /** Name as the party writes it itself; `name` is the official one. */
  readonly displayName: string;
  readonly enabled: boolean;
  readonly domain: string;
  readonly support: SupportContact;
  /** Private providers under contract: people of these organisations may log in as this party's. */
  readonly affiliates: readonly Organisation[];
  /** Client networks (CIDR) exempt from limits per address: a hospital is one address. */
  readonly networks: readonly string[];
  /** Methods this party's services offer, in the order shown; ids of config/methods.yaml. */
  readonly methods: readonly string[];
  /** Its help desk may try cards at /card-test/<party>. */
  readonly cardTest: boolean;
}

export type NameIdFormat = 'transient' | 'persistent';
/** What differs between SAMBI, Inera-type applications, Sweden Connect and local applications (facts: federation §1). */
export interface FederationProfile {
  readonly id: string;
  readonly defaultNameId: NameIdFormat;
  readonly sign: { readonly response: boolean; readonly assertion: boolean };
  readonly encryption: 'require' | 'if-key' | 'never';
  /** Seconds allowed between a peer's clock and ours, 0-300. */
  readonly clockSkew: number;
  /** Longest reuse of a session, in seconds from the original login. */
  readonly sessionLifetime: number;
  readonly assurance: AssuranceDialect;
  /** Column of the attribute catalogue used when a service asks by no name of its own. */
  readonly attributeDialect: string;
  /** Second-level status when the person cancels; null = AuthnFailed. */
  readonly cancelStatus: string | null;
  /** The person is told which facts are sent, and may cancel (Sweden Connect joining rules). */
  readonly showRelease: boolean;
}

/** A federation's row with what binds every service in it; parties/ applies it when the registry is built. */
export interface FederationRules extends FederationProfile {
  /** What a service's own settings may not switch off. */
  readonly must: readonly ('sign-response' | 'sign-assertion' | 'encrypt')[];
  /** Unsigned requests are refused also when the service's metadata would allow them. */
  readonly requestsSigned: boolean;
  /** Block ciphers (algorithm URIs) for services whose metadata names none, best first. */
  readonly ciphers: readonly string[];
  /** Severities of the lint's rules that differ from what is shipped. */
  readonly lint?: Readonly<Record<string, 'error' | 'warning' | 'off'>>;
}

export interface AssertionConsumerService { readonly url: string; readonly binding: string; readonly index: number; readonly isDefault: boolean }
export interface SingleLogoutService { readonly url: string; readonly responseUrl: string; readonly binding: 'redirect' | 'post' | 'soap' }
export interface WantedAttribute { readonly name: string; readonly nameFormat: string; readonly required: boolean }
export interface AttributeConsumingService { readonly index: number; readonly isDefault: boolean; readonly names: Partial<LocalisedText>; readonly attributes: readonly WantedAttribute[] }
/** Public key of a peer, parsed once at load. `certificate` is the DER in base64 as published. */
export interface PeerKey { readonly key: KeyObject; readonly certificate: string; readonly notAfter: number }
export interface EncryptionKey extends PeerKey { readonly methods: readonly string[]; readonly digests: readonly string[] }

/** The SAML side of a service, from its verified metadata file. */
export interface SamlService {
  readonly protocol: 'saml';
  readonly entityId: EntityId;
  readonly validUntil: number | null;
  readonly authnRequestsSigned: boolean;
  readonly wantAssertionsSigned: boolean;
  readonly signingKeys: readonly PeerKey[];
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly nameIdFormats: readonly string[];
  readonly assertionConsumerServices: readonly AssertionConsumerService[];
  readonly singleLogoutServices: readonly SingleLogoutService[];
  readonly attributeConsumingServices: readonly AttributeConsumingService[];
  /** Where our discovery service may send its answer, the default one first [IdPDisc §2.5]; absent: nowhere. */
  readonly discoveryResponses?: readonly string[];
  readonly entityCategories: readonly string[];
}

export const clientAuthentications = ['private_key_jwt', 'client_secret_basic', 'tls_client_auth', 'self_signed_tls_client_auth', 'none'] as const;
export type ClientAuthentication = (typeof clientAuthentications)[number];
export const tokenAlgorithms = ['RS256', 'PS256', 'ES256'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];
export interface ResourceServer { readonly uri: string; readonly scopes: readonly string[] }
/** The OpenID Connect side of a service: a client, from its settings file. `entityId` is its client_id, so that both protocols share one name space. */
export interface OidcClient {
  readonly protocol: 'oidc';
  readonly entityId: EntityId;
  readonly entityCategories: readonly string[];
  /** `native`: an app on a phone or a computer [RFC 8252]. */
  readonly application: 'web' | 'native';
  /** Compared letter for letter; loopback addresses of native apps with any port. */
  readonly redirectUris: readonly string[];
  /** Where a browser may go after logging out, letter for letter [OIDC-RPL §3]. */
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri: string | null;
  readonly frontchannelLogoutUri: string | null;
  readonly authentication: ClientAuthentication;
  /** SHA-256 of the secrets, in hexadecimal; two while one replaces the other. */
  readonly secretHashes: readonly string[];
  readonly keys: { readonly kind: 'none' } | { readonly kind: 'inline'; readonly jwks: { readonly keys: readonly Readonly<Record<string, JsonValue>>[] } } | { readonly kind: 'uri'; readonly uri: string };
  /** Subject distinguished name of its certificate, for `tls_client_auth` [RFC 8705 §2.1.2]. */
  readonly certificateSubject: string | null;
  readonly subject: 'pairwise' | 'public';
  /** Clients of one sector know a person by the same `sub`. */
  readonly sector: string;
  readonly refreshTokens: boolean;
  /** Where claims that were asked for by scope are delivered; those asked for by the `claims` parameter come where it says. */
  readonly scopeClaims: 'userinfo' | 'both';
  readonly idTokenAlgorithm: TokenAlgorithm;
  readonly signedUserinfo: boolean;
  readonly pushedRequests: boolean;
  readonly signedRequests: boolean;
  readonly bound: 'no' | 'dpop' | 'certificate';
  readonly profile: 'standard' | 'fapi2';
  /** Resource servers that it may ask tokens for [RFC 8707]. */
  readonly resources: readonly ResourceServer[];
}

/** A service's release rules, from its YAML: what may leave at most, by internal attribute id. */
export interface ServiceRelease { readonly allow: readonly string[]; readonly deny: readonly string[]; readonly commissionRight: 'text' | 'json' }

/** Applications behind a service that is itself an IdP, by the entityID that RequesterID names. */
export interface ProxyingService {
  readonly requesters: ReadonlyMap<string, { readonly names: LocalisedText | null; readonly allow: readonly string[] }>;
  /** What may leave for an application that is not known, or not named. */
  readonly others: readonly string[];
}

export interface ServiceParty {
  readonly id: ServiceId;
  /** Owning party, or `joint` for a service that all parties share. */
  readonly party: PartyId;
  readonly enabled: boolean;
  readonly names: LocalisedText;
  readonly logo: string | null;
  readonly homeUrl: string | null;
  readonly federation: FederationProfile;
  readonly sso: 'silent' | 'confirm' | 'never';
  readonly sign: { readonly response: boolean; readonly assertion: boolean };
  readonly encryption: 'require' | 'if-key' | 'never';
  /** Methods offered, narrowed from the party's; empty = the party's. */
  readonly methods: readonly string[];
  /** Lowest level that may log in to this service whatever it asks for. */
  readonly minimumLevel: AssuranceLevel;
  readonly release: ServiceRelease;
  readonly proxying?: ProxyingService;
  readonly wire: SamlService | OidcClient;
}
export type SamlParty = ServiceParty & { readonly wire: SamlService };
export type OidcParty = ServiceParty & { readonly wire: OidcClient };
export const isSamlParty = (service: ServiceParty): service is SamlParty => service.wire.protocol === 'saml';
export const isOidcParty = (service: ServiceParty): service is OidcParty => service.wire.protocol === 'oidc';

/** What an IdP of a party may be believed in: everything else it says is refused. */
export interface UpstreamTrust {
  /** Their context-class or acr URI → our level. Anything else is refused. */
  readonly levels: ReadonlyMap<string, AssuranceLevel>;
  readonly highestLevel: AssuranceLevel;
  /** Normalised, upper case; empty = may not speak by HSA-id. */
  readonly hsaIdPrefixes: readonly string[];
  /** May identify by personal identity number. */
  readonly personalNumbers: boolean;
  /** Right side of mail addresses, lower case. */
  readonly scopes: readonly string[];
  /** Whose people it speaks for; the party's own number where the file says nothing. */
  readonly organisations: readonly OrganisationNumber[];
  /** Catalogue ids that it may bring. */
  readonly attributes: readonly string[];
  /** HSA is asked afterwards, or what it brings stands. */
  readonly directory: 'ask' | 'stands';
}
export type PersonClaimKind = 'hsa-id' | 'personal-identity-number';
/** The SAML side of an IdP, from its verified metadata file. */
export interface SamlIdentityProvider {
  readonly protocol: 'saml';
  readonly entityId: EntityId;
  readonly validUntil: number | null;
  readonly signingKeys: readonly PeerKey[];
  readonly singleSignOnServices: readonly { readonly url: string; readonly binding: 'redirect' | 'post' }[];
  readonly singleLogoutServices: readonly SingleLogoutService[];
  readonly wantAuthnRequestsSigned: boolean;
  readonly entityCategories: readonly string[];
  readonly assuranceCertification: readonly string[];
  /** Attribute that names the person; `name` null: the NameID does. */
  readonly personAttribute: { readonly name: string | null; readonly kind: PersonClaimKind };
  /** Wire name of an attribute → catalogue id, beside the names that the catalogue knows. */
  readonly attributeNames: ReadonlyMap<string, string>;
  readonly nameIdFormats: readonly string[];
  /** Parts of a request that some products break on; absent: they are sent. */
  readonly leaveOut?: readonly ('scoping' | 'authn-context' | 'name-id-policy')[];
  readonly unsolicited: false;
}
/** The OpenID Connect side of an IdP: an issuer where we are a client. */
export interface OidcIssuer {
  readonly protocol: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  readonly authentication: 'private_key_jwt' | 'client_secret_basic' | 'client_secret_post';
  /** File with the secret, or with the private key (PEM). */
  readonly secretFile: string;
  readonly discoveryUrl: string;
  readonly claims: {
    readonly person: { readonly name: string; readonly kind: PersonClaimKind };
    /** Pinned tenant: claim and the one value it must have. */
    readonly tenant: { readonly name: string; readonly value: string } | null;
    /** Claim that lists groups, and the groups of which the person must have one. */
    readonly groups: { readonly name: string; readonly anyOf: readonly string[] } | null;
    /** Claim → catalogue id. */
    readonly attributes: ReadonlyMap<string, string>;
  };
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  /** How the browser carries a logout there: with the ID token in a form, without it in an address, or not at all. */
  readonly logout: 'address' | 'form' | 'none';
}
/** An IdP of a party, which we may send its people to. */
export interface IdentityProvider {
  /** `<party>/<file name>`, unique. */
  readonly id: string;
  readonly party: PartyId;
  readonly enabled: boolean;
  readonly names: LocalisedText;
  readonly logo: string | null;
  /** For login_hint. */
  readonly domains: readonly string[];
  readonly trust: UpstreamTrust;
  readonly wire: SamlIdentityProvider | OidcIssuer;
}
export type SamlProvider = IdentityProvider & { readonly wire: SamlIdentityProvider };
export type OidcProvider = IdentityProvider & { readonly wire: OidcIssuer };
export const isSamlProvider = (provider: IdentityProvider): provider is SamlProvider => provider.wire.protocol === 'saml';
export const isOidcProvider = (provider: IdentityProvider): provider is OidcProvider => provider.wire.protocol === 'oidc';

/** One immutable snapshot: everything that was valid when `version` was taken. */
export interface Registry {
  /** Hash of the files' content; the same files give the same version on every node. */
  readonly version: string;
  readonly parties: ReadonlyMap<PartyId, Party>;
  readonly services: ReadonlyMap<ServiceId, ServiceParty>;
  /** By entityID or client_id. */
  readonly servicesByEntityId: ReadonlyMap<EntityId, ServiceParty>;
  readonly partiesByOrganisation: ReadonlyMap<OrganisationNumber, Party>;
  /** By `<party>/<file name>`. */
  readonly identityProviders: ReadonlyMap<string, IdentityProvider>;
}
/** The serving snapshot; a reload that does not validate leaves the last good one in place. */
export interface PartyRegistry { current(): Registry }
