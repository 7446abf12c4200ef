/**
 * config: what the operator decided. Owns the closed schema, the rules between keys, the production rules and loading: a deep-frozen
 * Configuration, or one error with every fault. Does not own: parties and services (parties/sources), making keys, opening anything.
 */
import type { ReleasePolicy } from '../attributes/policy.ts';
import type { AssuranceLevel } from '../core/assurance.ts';
import type { LocalisedText } from '../core/locale.ts';
import type { SourceSettings } from '../federation/sources/model.ts';
import type { FederationRules, SupportContact } from '../parties/model.ts';
import type { LayerSettings } from '../directory/layers.ts';
import type { DirectorySource } from './schema/directory.ts';
import type { MobileMethodFile } from './schema/methods.ts';
import type { Secret } from './secret.ts';

export type Environment = 'test' | 'acceptance' | 'production';
/** Absolute paths of PEM files. */
export interface TlsFiles { readonly certificateFile: string; readonly keyFile: string }
/** Where a private key lies; its content is read by whoever uses it. */
export type KeyReference =
  | { readonly kind: 'file'; readonly certificateFile: string; readonly keyFile: string }
  | { readonly kind: 'pkcs11'; readonly certificateFile: string; readonly module: string; readonly token: string; readonly label: string; readonly pin: Secret };

export interface PublicListener { readonly address: string; readonly port: number; readonly tls: TlsFiles | null }
export interface CardListener { readonly hosts: readonly string[]; readonly address: string; readonly port: number; readonly tls: TlsFiles }
/** `issuers`: never empty. */
export interface MachineListener { readonly url: string; readonly address: string; readonly port: number; readonly tls: TlsFiles; readonly issuers: readonly string[] }
export interface ProxyListener {
  readonly hosts: readonly string[];
  readonly listen: { readonly kind: 'socket'; readonly path: string; readonly group: number | null } | { readonly kind: 'tcp'; readonly address: string; readonly port: number };
  readonly form: 'rfc9440' | 'escaped-pem';
  readonly secrets: readonly Secret[];
  readonly mutualTls: (TlsFiles & { readonly authorityFiles: readonly string[]; readonly fingerprints: readonly string[] }) | null;
}

export interface RedisTls { readonly authorityFile: string | null; readonly certificateFile: string | null; readonly keyFile: string | null; readonly serverName: string | null }
/** `url`, `nodes`: `redis://host:port/db`, `rediss://…`, `unix:///path`; never with credentials. */
export interface RedisSettings {
  readonly kind: 'redis';
  readonly servers: { readonly kind: 'single'; readonly url: string } | { readonly kind: 'sentinel'; readonly name: string; readonly nodes: readonly string[] } | { readonly kind: 'cluster'; readonly nodes: readonly string[] };
  readonly username: string | null;
  readonly password: Secret | null;
  readonly tls: RedisTls;
  readonly keyPrefix: string;
}
export type StoreSettings = { readonly kind: 'sqlite'; readonly file: string } | RedisSettings;

interface MethodCommon {
  readonly id: string;
  readonly names: LocalisedText | null;
  readonly highestLevel: AssuranceLevel;
  /** Ids of the issuers accepted, never empty. */
  readonly issuers: readonly string[];
  /** Offered by parties that name no methods. */
  readonly byDefault: boolean;
}
export type CertificateSettings = MethodCommon & { readonly kind: 'certificate'; readonly cardUrl: string; readonly freshHostNames: boolean };
/** Paths are absolute. */
export type MobileSettings = MethodCommon & Omit<MobileMethodFile, keyof MethodCommon>;
export interface UpstreamRowSettings { readonly kind: 'upstream'; readonly id: string; readonly names: LocalisedText | null; readonly byDefault: boolean }
export type MethodSettings = CertificateSettings | MobileSettings | UpstreamRowSettings;

/** A row as pki/ wants it, for this environment only. */
export interface IssuerSettings {
  readonly id: string;
  readonly name: string;
  readonly environment: Environment | 'development';
  readonly credentialType: 'card' | 'mobile' | 'function';
  readonly identifierType: 'hsa-id' | 'personal-identity-number' | 'none';
  readonly level: AssuranceLevel | null;
  readonly certificateFile: string;
  readonly crlUrls: readonly string[];
  readonly ocspUrl?: string;
  readonly revocation: { readonly order: readonly ('ocsp' | 'crl')[]; readonly staleSeconds: number };
  readonly policies: readonly { readonly oid: string; readonly level: AssuranceLevel }[];
  readonly root: string;
}
export interface RootSettings extends Omit<IssuerSettings, 'credentialType' | 'identifierType' | 'level' | 'policies' | 'root'> { readonly kind: 'root' }

/** `kind` tells sources apart; each adapter knows its own. Paths are absolute. */
/** Paths in `source` are absolute. */
export interface DirectorySettings { readonly sources: readonly { readonly name: string; readonly source: DirectorySource }[]; readonly layers: LayerSettings }

export interface OperatorContact { readonly kind: 'technical' | 'support' | 'administrative' | 'security'; readonly name: string; readonly email: string; readonly phone: string | null }
export interface Configuration {
  readonly root: string;
  /** The state directory, absolute. */
  readonly state: string;
  readonly environment: Environment;
  /** NODE_ENV=production: the production rules hold. */
  readonly hardened: boolean;
  readonly publicUrl: string;
  readonly entityId: string;
  /** We as a service of the parties' own IdPs. */
  readonly upstreamSaml: { readonly entityId: string };
  readonly serviceName: LocalisedText;
  readonly operator: { readonly names: LocalisedText; readonly displayNames: LocalisedText; readonly urls: LocalisedText; readonly contacts: readonly OperatorContact[]; readonly support: SupportContact };
  readonly listeners: { readonly public: PublicListener; readonly card: CardListener | null; readonly proxy: ProxyListener | null; readonly machine: MachineListener | null; readonly management: { readonly address: string; readonly port: number } };
  readonly keys: {
    /** The first signs, all are published. */
    readonly samlSigning: readonly KeyReference[];
    readonly samlMetadata: KeyReference;
    /** Files below the state directory are made at the first start when they are not there. */
    readonly audit: { readonly keyFile: string };
    readonly sealing: { readonly directory: string };
    readonly oidc: { readonly directory: string };
    readonly pseudonyms: { readonly secretFile: string };
  };
  readonly store: StoreSettings;
  readonly session: { readonly idleSeconds: number; readonly absoluteSeconds: number };
  readonly login: { readonly transactionSeconds: number; readonly startsPerMinute: number; readonly requestsPerService: number; readonly silentAnswers: number };
  readonly clockSkewSeconds: number;
  readonly trustedProxies: readonly string[];
  /** Client networks exempt from limits per address. */
  readonly networks: readonly string[];
  /** Private networks that our own calls may reach. */
  readonly outbound: { readonly allowedNetworks: readonly string[]; readonly authorityFile: string | null };
  readonly audit: { readonly directory: string; readonly retentionDays: number; readonly minFreeMegabytes: number };
  readonly tracing: { readonly endpoint: string; readonly ratio: number } | null;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  readonly drainSeconds: number;
  readonly reload: 'auto' | 'review';
  readonly secondPerson: boolean;
  readonly lookAlikes: readonly (readonly [string, string])[];
  readonly demo: { readonly cardReader: string | null } | null;
  readonly methods: readonly MethodSettings[];
  readonly roots: readonly RootSettings[];
  readonly issuers: readonly IssuerSettings[];
  readonly directory: DirectorySettings;
  readonly release: ReleasePolicy;
  readonly federations: readonly FederationRules[];
  readonly feeds: PublishedFeeds;
  readonly sources: readonly MetadataSourceSettings[];
}
export interface FeedRow { readonly enabled: boolean; readonly validitySeconds: number }
/** Metadata that others publish; certificates by absolute path. */
export interface MetadataSourceSettings extends Omit<SourceSettings, 'keys'> { readonly certificateFiles: readonly string[] }
/** The metadata feeds that we publish. `exported`: parties whose SAMBI services are in; null = every party's. */
export interface PublishedFeeds { readonly 'local-idps': FeedRow; readonly 'sambi': FeedRow & { readonly approvedLevels: readonly string[]; readonly approvedParties: Readonly<Record<string, readonly string[]>>; readonly exported: readonly string[] | null }; readonly 'applications': FeedRow }
/** The environment variables that count. */
export interface ProcessEnvironment { readonly NODE_ENV?: string | undefined; readonly BRYGGAN_STATE?: string | undefined; readonly REDIS_URL?: string | undefined }
