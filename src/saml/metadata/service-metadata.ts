/**
 * metadata: a peer's description of itself, and ours. Owns reading a service's EntityDescriptor and writing our own.
 * Does not own: whether a document is genuine (the file's owner, or federation/), which services exist (parties/), fetching.
 * The types here are what the file says, parsed and checked; `wire` has the shape that parties/ keeps per service.
 */
import type { KeyObject } from 'node:crypto';
import type { EntityId } from '../../core/ids.ts';
import type { LocalisedText } from '../../core/locale.ts';

/** Certificates are key containers: dates and issuers say nothing about the key [SC-DP §2.1.1.2, MetaIOP §2.5]. */
export interface PublishedKey { readonly key: KeyObject; readonly certificate: string; readonly notAfter: number }
export interface PublishedEncryptionKey extends PublishedKey { readonly methods: readonly string[]; readonly digests: readonly string[] }
export interface PublishedAcs { readonly url: string; readonly binding: string; readonly index: number; readonly isDefault: boolean }
export interface PublishedSlo { readonly url: string; readonly responseUrl: string; readonly binding: 'redirect' | 'post' | 'soap' }
export interface PublishedWish { readonly name: string; readonly nameFormat: string; readonly required: boolean }
export interface PublishedAttributeService { readonly index: number; readonly isDefault: boolean; readonly names: Partial<LocalisedText>; readonly attributes: readonly PublishedWish[] }

export interface ServiceWire {
  readonly protocol: 'saml';
  readonly entityId: EntityId;
  readonly validUntil: number | null;
  readonly authnRequestsSigned: boolean;
  readonly wantAssertionsSigned: boolean;
  readonly signingKeys: readonly PublishedKey[];
  readonly encryptionKeys: readonly PublishedEncryptionKey[];
  readonly nameIdFormats: readonly string[];
  readonly assertionConsumerServices: readonly PublishedAcs[];
  readonly singleLogoutServices: readonly PublishedSlo[];
  readonly attributeConsumingServices: readonly PublishedAttributeService[];
  readonly discoveryResponses?: readonly string[];
  readonly entityCategories: readonly string[];
}

/** Logo for one language, or for any (`null`). Width and height in pixels, as published. */
export interface PublishedLogo { readonly url: string; readonly width: number; readonly height: number; readonly language: string | null }
export interface PublishedOrganisation { readonly names: Partial<LocalisedText>; readonly displayNames: Partial<LocalisedText>; readonly urls: Partial<LocalisedText> }
export interface PublishedContact { readonly type: string; readonly company: string | null; readonly givenName: string | null; readonly surname: string | null; readonly emails: readonly string[]; readonly telephones: readonly string[] }

export interface ServiceMetadata {
  readonly wire: ServiceWire;
  /** What the login page calls the service: mdui:DisplayName, else the ServiceName of its default attribute service. */
  readonly names: Partial<LocalisedText>;
  readonly descriptions: Partial<LocalisedText>;
  readonly logos: readonly PublishedLogo[];
  readonly informationUrls: Partial<LocalisedText>;
  readonly privacyStatementUrls: Partial<LocalisedText>;
  readonly organisation: PublishedOrganisation | null;
  readonly contacts: readonly PublishedContact[];
  /** Accepted, but the owner should know: one sentence each, in English, for `check`. */
  readonly notes: readonly string[];
}
