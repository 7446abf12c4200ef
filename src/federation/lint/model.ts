/**
 * federation/lint: is a metadata document what its federation's profile asks for? Owns the rules, one a row with its clause, and the gate
 * before the frozen export. Does not own: whether a service can be served from the document (saml/metadata decides that), settings files.
 */
import type { Finding } from '../../core/findings.ts';
import type { Instant } from '../../core/ports.ts';
import type { XmlElement } from '../../saml/xml/index.ts';

/** `every`: whatever the federation. `local`: the safe superset, saml2int v2. `export`: documents that a federation reads a checksum of. */
export const lintProfiles = ['every', 'sambi', 'inera', 'sweden-connect', 'local', 'export'] as const;
export type LintProfile = (typeof lintProfiles)[number];
export type LintSeverity = Finding['severity'] | 'off';

/** One entity as rules look at it. */
export interface LintSubject {
  readonly entity: XmlElement;
  /** Its SPSSODescriptor or IDPSSODescriptor for SAML 2.0; null: it has neither. */
  readonly role: XmlElement | null;
  readonly kind: 'service' | 'identity-provider';
  readonly now: Instant;
  /** Does the catalogue know an attribute by this name? */
  readonly knowsAttribute: (name: string) => boolean;
}
export interface LintRule {
  readonly id: string;
  /** Where it stands. `unread`: the source could not be read; the severity is a setting. */
  readonly clause: string;
  readonly profiles: readonly LintProfile[];
  readonly kinds: readonly LintSubject['kind'][];
  /** Per profile where they differ. */
  readonly severity: Finding['severity'] | Readonly<Partial<Record<LintProfile, Finding['severity']>>>;
  readonly sentence: string;
  readonly fix: string;
  /** The elements that break it: their lines are shown. Empty: it holds. */
  readonly broken: (subject: LintSubject) => readonly XmlElement[];
}
