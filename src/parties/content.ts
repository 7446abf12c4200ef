/** What the registry is built from: parsed files, and what the rest of the configuration says about them. */
import type { Finding } from '../core/findings.ts';
import type { PartyId, ServiceId } from '../core/ids.ts';
import type { LocalisedText } from '../core/locale.ts';
import type { SourceFile } from '../core/yaml-file.ts';
import type { IdentityProviderFile } from './identity-provider-file.ts';
import type { FederationRules, OidcClient, Registry, SamlIdentityProvider, SamlService } from './model.ts';
import type { PartyFile } from './party-file.ts';
import type { ServiceFile } from './service-file.ts';

/** What is wanted of a service's metadata; the reader lies in saml/metadata and is handed in (domain does not parse the wire). */
export interface ServiceDescription {
  readonly wire: SamlService | OidcClient;
  readonly names: Partial<LocalisedText>;
  readonly logos: readonly { readonly url: string; readonly language: string | null }[];
  readonly notes: readonly string[];
}
export interface ServiceSource {
  readonly id: ServiceId;
  readonly party: PartyId;
  /** Path of the metadata file, relative to the root. */
  readonly file: string;
  readonly description: ServiceDescription;
  readonly value: ServiceFile;
  /** Null when there is no settings file: all defaults. */
  readonly source: SourceFile | null;
}
/** What is wanted of an IdP's metadata; null for an OpenID Connect issuer, which publishes its own where it is. */
export interface IdentityProviderDescription {
  readonly wire: Omit<SamlIdentityProvider, 'protocol' | 'personAttribute' | 'attributeNames' | 'leaveOut' | 'unsolicited'>;
  readonly names: Partial<LocalisedText>;
  readonly logos: readonly { readonly url: string; readonly language: string | null }[];
  readonly notes: readonly string[];
}
export interface IdentityProviderSource {
  /** `<party>/<file name>` */
  readonly id: string;
  readonly party: PartyId;
  /** Path of the metadata file, or of the settings file where there is none. */
  readonly file: string;
  readonly description: IdentityProviderDescription | null;
  readonly value: IdentityProviderFile;
  readonly source: SourceFile;
}
export interface PartySource { readonly id: PartyId; readonly value: PartyFile; readonly source: SourceFile }
/** What the rest of the configuration says, as far as parties and services refer to it. */
export interface RegistrySettings {
  readonly environment: 'test' | 'acceptance' | 'production';
  readonly federations: ReadonlyMap<string, FederationRules>;
  /** Ids of config/methods.yaml in their order. */
  readonly methods: readonly string[];
  /** Those of them that a party offers which names none; default: all. */
  readonly methodsByDefault?: readonly string[];
  /** Ids of the attribute catalogue; null = not checked. */
  readonly attributes: ReadonlySet<string> | null;
  /** Clients may prove themselves by a certificate: there is a listener for it. */
  readonly machineListener?: boolean;
  /** Our own entityIDs: nobody else's. */
  readonly ownEntityIds: readonly string[];
  /** Pairs of entityIDs that look alike and were approved by the operator. */
  readonly approvedLookAlikes: readonly (readonly [string, string])[];
}
export interface RegistryContent { readonly version: string; readonly parties: readonly PartySource[]; readonly services: readonly ServiceSource[]; readonly identityProviders: readonly IdentityProviderSource[] }
export interface RegistryResult { readonly registry: Registry | null; readonly findings: readonly Finding[] }

export type Report = (finding: Finding) => void;
