/** Findings as SARIF 2.1.0, for code review tools: one run, one rule per name, each result with its place and its fix. */
import type { Finding } from '../core/findings.ts';

const levels = { error: 'error', warning: 'warning' } as const;
export const toSarif = (findings: readonly Finding[]): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [{
    tool: { driver: { name: 'bryggan check', rules: [...new Set(findings.map(({ rule }) => rule))].toSorted().map((id) => ({ id })) } },
    results: findings.map(({ file, line, column, path, severity, rule, message, fix }) => ({
      ruleId: rule, level: levels[severity],
      message: { text: `${path === '' ? '' : `${path} `}${message}; fix: ${fix}` },
      locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, ...(line === null ? {} : { region: { startLine: line, startColumn: column ?? 1 } }) } }],
    })),
  }],
});
