/** Findings as SARIF: what review tools need of each, in the words of the finding. */
import { describe, expect, it } from 'vitest';
import { toSarif } from '../../src/admin/lint-sarif.ts';
import type { Finding } from '../../src/core/findings.ts';

const finding: Finding = { file: 'metadata/services/ale/a b.yaml', line: 3, column: 5, path: 'release.allow.0', severity: 'error', rule: 'attribute-unknown', message: 'is no attribute of the catalogue', fix: 'write an id of docs/attributes.md' };
const runOf = (findings: readonly Finding[]) => (toSarif(findings) as { version: string; runs: readonly { tool: { driver: { rules: readonly { id: string }[] } }; results: readonly object[] }[] }).runs[0];

describe('SARIF', () => {
  it('a finding keeps its rule, level, place and fix', () => {
    expect(runOf([finding])?.results).toEqual([{
      ruleId: 'attribute-unknown', level: 'error', message: { text: 'release.allow.0 is no attribute of the catalogue; fix: write an id of docs/attributes.md' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'metadata/services/ale/a%20b.yaml' }, region: { startLine: 3, startColumn: 5 } } }],
    }]);
  });
  it('one without a line has a file alone; a rule is named once however often it is broken', () => {
    const run = runOf([finding, { ...finding, line: null, column: null, severity: 'warning' }]);
    expect(run?.tool.driver.rules).toEqual([{ id: 'attribute-unknown' }]);
    expect(run?.results[1]).toMatchObject({ level: 'warning', locations: [{ physicalLocation: { artifactLocation: { uri: 'metadata/services/ale/a%20b.yaml' } } }] });
    expect(JSON.stringify(run?.results[1])).not.toContain('region');
  });
  it('nothing found is a run without results', () => {
    expect(runOf([])?.results).toEqual([]);
  });
});
