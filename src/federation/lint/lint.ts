/** Runs the rules over a document: a service's own file, an aggregate, or what is about to be published. */
import { fail, isBrygganError } from '../../core/errors.ts';
import { describeFinding, inReadingOrder, isError, type Finding } from '../../core/findings.ts';
import type { Instant } from '../../core/ports.ts';
import { namespaces } from '../../saml/names.ts';
import { attributeOf, childElements, elementsOf, readXml, type XmlElement } from '../../saml/xml/index.ts';
import { lintProfiles, type LintProfile, type LintRule, type LintSeverity, type LintSubject } from './model.ts';
import { lintRules } from './rules.ts';

/** Rule id → severity, as config/federation.yaml settles it for one federation. */
export type LintSettings = Readonly<Record<string, LintSeverity>>;
export interface LintOptions {
  /** Row of config/federation.yaml; one that no profile is named after gets `local`'s rules. */
  readonly federation: string;
  readonly forExport?: boolean;
  readonly settings?: LintSettings;
  readonly now: Instant;
  readonly knowsAttribute: LintSubject['knowsAttribute'];
}
const { md, samlp } = namespaces;
const rolesOf = (entity: XmlElement, name: string): readonly XmlElement[] => childElements(entity, md, name).filter((role) => (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(samlp));
const subjectsOf = (entity: XmlElement, { now, knowsAttribute }: LintOptions): readonly LintSubject[] => {
  const found = [...rolesOf(entity, 'SPSSODescriptor').map((role) => ({ role, kind: 'service' as const })), ...rolesOf(entity, 'IDPSSODescriptor').map((role) => ({ role, kind: 'identity-provider' as const }))];
  return (found.length > 0 ? found : [{ role: null, kind: 'service' as const }]).map((one) => ({ entity, now, knowsAttribute, ...one }));
};
const entitiesIn = (root: XmlElement): readonly XmlElement[] => (root.localName === 'EntityDescriptor' ? [root] : elementsOf(root).filter(({ namespace, localName }) => namespace === md && (localName === 'EntityDescriptor' || localName === 'EntitiesDescriptor')).flatMap(entitiesIn));

const profilesFor = ({ federation, forExport }: LintOptions): readonly LintProfile[] =>
  ['every', lintProfiles.find((profile) => profile === federation) ?? 'local', ...(forExport === true ? ['export' as const] : [])];
/** The most special profile decides; a setting is stronger than all. */
const severityOf = ({ id, severity, profiles }: LintRule, mine: readonly LintProfile[], settings: LintSettings): LintSeverity => {
  const settled = settings[id];
  if (settled !== undefined) return settled;
  if (!profiles.some((profile) => mine.includes(profile)) && typeof severity === 'string') return 'off';
  if (typeof severity === 'string') return severity;
  return mine.toReversed().map((profile) => severity[profile]).find((one) => one !== undefined) ?? 'off';
};

const lintEntity = (entity: XmlElement, file: string, options: LintOptions): readonly Finding[] => {
  const mine = profilesFor(options);
  return subjectsOf(entity, options).flatMap((subject) => lintRules.filter(({ id, kinds }) => kinds.includes(subject.kind) && (subject.role !== null || id === 'role-missing')).flatMap((rule): Finding[] => {
    const severity = severityOf(rule, mine, options.settings ?? {});
    if (severity === 'off') return [];
    return rule.broken(subject).map((at) => ({ file, line: at.line, column: null, path: at.localName, severity, rule: rule.id, clause: rule.clause, message: rule.sentence, fix: rule.fix }));
  }));
};

/** Findings in reading order. What cannot be read at all is one finding. */
export const lintMetadata = (bytes: Uint8Array, file: string, options: LintOptions): readonly Finding[] => {
  try {
    const entities = entitiesIn(readXml(bytes, 'metadata'));
    if (entities.length === 0) return [{ file, line: 1, column: null, path: '', severity: 'error', rule: 'not-metadata', message: 'holds no EntityDescriptor', fix: 'save the metadata of the service, not another document' }];
    return inReadingOrder(entities.flatMap((entity) => lintEntity(entity, file, options)));
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    const { line } = error.facts;
    return [{ file, line: typeof line === 'number' ? line : null, column: null, path: '', severity: 'error', rule: 'not-readable', message: error.detail, fix: 'export the file again, as plain UTF-8 XML without DOCTYPE' }];
  }
};

/** The gate: what breaks a demand does not leave. Errors: `federation.refused` with every finding. */
export const demandClean = (findings: readonly Finding[]): void => {
  const errors = findings.filter(isError);
  if (errors.length > 0) fail('federation.refused', `the export breaks what the federation demands:\n${errors.map(describeFinding).join('\n')}`);
};
