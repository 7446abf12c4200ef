/**
 * parties: who may talk to us. Owns Organisation, Party, ServiceParty, FederationProfile and
 * the registry that answers "who is this entityID?". Does not own: reading files (sources/),
 * the login (login/), trading metadata with others (federation/).
 */
import type { KeyObject } from 'node:crypto';
import type { AssuranceDialect, AssuranceLevel } from '../core/assurance.ts';
import type { EntityId, OrganisationNumber, PartyId, ServiceId } from '../core/ids.ts';
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
  readonly entityCategories: readonly string[];
}

/** A service's release rules, from its YAML: what may leave at most, by internal attribute id. */
export interface ServiceRelease { readonly allow: readonly string[]; readonly deny: readonly string[]; readonly commissionRight: 'text' | 'json' }

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
  readonly wire: SamlService;
}

/** One immutable snapshot: everything that was valid when `version` was taken. */
export interface Registry {
  /** Hash of the files' content; the same files give the same version on every node. */
  readonly version: string;
  readonly parties: ReadonlyMap<PartyId, Party>;
  readonly services: ReadonlyMap<ServiceId, ServiceParty>;
  readonly servicesByEntityId: ReadonlyMap<EntityId, ServiceParty>;
  readonly partiesByOrganisation: ReadonlyMap<OrganisationNumber, Party>;
}
/** The serving snapshot; a reload that does not validate leaves the last good one in place. */
export interface PartyRegistry { current(): Registry }
