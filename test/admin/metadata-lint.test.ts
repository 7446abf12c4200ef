/** `metadata lint`, `check` and `radar` on the command line: what they print, and the exit codes that scripts go by. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/admin/cli/program.ts';
import { createTools } from '../../src/app-tools.ts';
import type { Finding } from '../../src/core/findings.ts';
import { askingService } from '../fixtures/asking-service.ts';
import { product } from '../fixtures/bryggan.ts';
import { upstreamFiles } from '../fixtures/upstream-idp.ts';
import { developmentRoot, removeRoots } from '../config/root.ts';
import { goodService } from '../federation/lint/good.ts';

const root = developmentRoot();
const journal = askingService({ name: 'journal', wants: ['employeeHsaId!', 'urn:nobody:knows'] });
const elsewhere = join(root.path, 'from-the-supplier.xml');
beforeAll(() => {
  cpSync(join(product, 'config/directory-data'), join(root.path, 'config/directory-data'), { recursive: true });
  mkdirSync(join(root.path, 'metadata/services/vgr'), { recursive: true });
  root.write('metadata/services/vgr/journal.xml', journal.files.xml);
  root.write('metadata/services/vgr/journal.yaml', journal.files.yaml);
});
afterAll(removeRoots);
const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> => {
  const write = process.stdout.write.bind(process.stdout);
  const error = process.stderr.write.bind(process.stderr);
  let output = '';
  const collect = (chunk: string | Uint8Array): boolean => { output += String(chunk); return true; };
  process.stdout.write = collect;
  process.stderr.write = collect;
  try {
    const nothing = (): Promise<void> => Promise.resolve();
    return { code: await runCommandLine(args, { serve: nothing, demo: nothing, tools: () => Promise.resolve(createTools(root.path)) }), output };
  } finally {
    process.stdout.write = write;
    process.stderr.write = error;
  }
};

describe('metadata lint', () => {
  it('looks at every service of the tree, with file, line, clause and fix', async () => {
    const { output } = await run('metadata', 'lint');
    expect(output).toMatch(/metadata\/services\/vgr\/journal\.xml:\d+:1: warning: RequestedAttribute a requested attribute has a name that no federation here knows.* \[docs\/attributes\.md\]; fix: copy the name/);
  });
  it('and at every party’s IdP', async () => {
    const { xml } = upstreamFiles();
    root.write('metadata/identity-providers/vgr/idp.xml', xml);
    root.write('metadata/identity-providers/vgr/idp.yaml', "trust:\n  levels: { 'urn:three': loa3 }\n  highestLevel: loa3\n  hsaIdPrefixes: [SE2321000131-]\n");
    expect((await run('metadata', 'lint')).output).toMatch(/metadata\/identity-providers\/vgr\/idp\.xml:\d+:\d+: warning: IDPSSODescriptor there is no technical contact/);
    root.remove('metadata/identity-providers');
    expect((await run('metadata', 'lint')).output).not.toContain('identity-providers');
  });
  it('`check` says the same as a warning, beside what is wrong with the files', async () => {
    const findings = JSON.parse((await run('check', '--json')).output) as readonly Finding[];
    expect(findings.find(({ rule }) => rule === 'attribute-unknown')).toMatchObject({ file: 'metadata/services/vgr/journal.xml', severity: 'warning' });
  });
  it('one file from anywhere: exit code 0 when it is right, 1 when it breaks a demand of that federation', async () => {
    writeFileSync(elsewhere, goodService);
    expect(await run('metadata', 'lint', '--file', elsewhere, '--federation', 'sambi')).toEqual({ code: 0, output: 'Everything is right.\n' });
    writeFileSync(elsewhere, goodService.replaceAll('use="encryption"', 'use="signing"'));
    expect((await run('metadata', 'lint', '--file', elsewhere, '--federation', 'sambi')).code).toBe(0);
    const broken = await run('metadata', 'lint', '--file', elsewhere, '--federation', 'sweden-connect', '--sarif');
    const sarif = JSON.parse(broken.output) as { runs: readonly { tool: { driver: { rules: readonly object[] } } }[] };
    expect([broken.code, sarif.runs[0]?.tool.driver.rules]).toEqual([1, [{ id: 'encryption-key-missing', shortDescription: { text: 'SC-DP §6.1: EncryptedAssertion MUST' } }]]);
  });
  it('a rule’s severity is a setting of its federation', async () => {
    root.set('federation', ['federations', 2, 'lint'], { 'encryption-key-missing': 'off' });
    expect((await run('metadata', 'lint', '--file', elsewhere, '--federation', 'sweden-connect')).code).toBe(0);
    root.set('federation', ['federations', 2, 'lint'], { 'no-such-rule': 'off' });
    expect((await run('check')).output).toContain('is no rule of the lint');
    root.set('federation', ['federations', 2, 'lint'], undefined);
  });
  it('a federation or a file that is not there is used wrongly', async () => {
    expect(await run('metadata', 'lint', '--file', elsewhere, '--federation', 'nowhere')).toMatchObject({ code: 2, output: expect.stringContaining('one of sambi, inera, sweden-connect, local') as string });
    expect((await run('metadata', 'lint', '--file', '/absent.xml')).code).toBe(2);
  });
  it('shows its rules', async () => { expect((await run('metadata', 'lint', '--rules')).output).toContain('SC-DP §6.1: EncryptedAssertion MUST'); });
});
describe('radar', () => {
  it('nothing near: said so; a service whose metadata ends is urgent, and its party gets a letter', async () => {
    expect(await run('radar')).toEqual({ code: 0, output: 'Nothing ends within 90 days.\n' });
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    root.write('metadata/services/vgr/journal.xml', journal.files.xml.replace('entityID=', `validUntil="${soon}" entityID=`));
    const { code, output } = await run('radar', '--mail');
    expect([code, output.includes('Metadata för tjänsten vgr/journal gäller till')]).toEqual([1, true]);
    expect(output).toMatch(/^Till: \S+@\S+\nÄmne: Bryggan: något går ut om [45] dagar\n/);
  });
});
