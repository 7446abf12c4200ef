/** Findings as SARIF 2.1.0, for code review tools: one run, one rule per name, each result with its place and its fix. */
import type { Finding } from '../core/findings.ts';

const levels = { error: 'error', warning: 'warning' } as const;
const rulesOf = (findings: readonly Finding[]): readonly object[] => [...new Map(findings.map(({ rule, clause }) => [rule, clause]))].toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([id, clause]) => ({ id, ...(clause === undefined ? {} : { shortDescription: { text: clause } }) }));
export const toSarif = (findings: readonly Finding[]): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [{
    tool: { driver: { name: 'bryggan check', rules: rulesOf(findings) } },
    results: findings.map(({ file, line, column, path, severity, rule, message, fix }) => ({
      ruleId: rule, level: levels[severity],
      message: { text: `${path === '' ? '' : `${path} `}${message}; fix: ${fix}` },
      locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, ...(line === null ? {} : { region: { startLine: line, startColumn: column ?? 1 } }) } }],
    })),
  }],
});
