/** NIST PKITS, sections 4.1 to 4.16, through the path and list code that a login uses. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isBrygganError } from '../../src/core/errors.ts';
import { isSameAuthority, parseCertificate, type Certificate } from '../../src/pki/certificate.ts';
import { findPath } from '../../src/pki/path/build.ts';
import { anyPolicyAtAll, type PolicyOptions } from '../../src/pki/path/policies.ts';
import { judgeByLists } from '../../src/pki/revocation/lists.ts';
import { readRevocationList, type RevocationList } from '../../src/pki/revocation/list.ts';
import { inapplicable, sections, subparts, type Refusal, type Subpart } from './pkits-sections.ts';

const NOW = Date.UTC(2026, 10, 23);
const folder = join(import.meta.dirname, '../vectors/pkits');
const files = (kind: 'certs' | 'crls'): string[] => readdirSync(join(folder, kind));
const readIfPossible = (file: string): Certificate | null => {
  try {
    return parseCertificate(readFileSync(join(folder, 'certs', file)));
  } catch (error) {
    if (isBrygganError(error) && error.code === 'card.unreadable') return null;
    throw error;
  }
};
const certificates = new Map(files('certs').map((file) => [file.replace('.crt', ''), readIfPossible(file)]));
const anchor = certificates.get('TrustAnchorRootCertificate')!;
const authorities = [...certificates].flatMap(([name, certificate]) => (certificate === null || name.endsWith('EE') || certificate === anchor ? [] : [certificate]));
const listFiles = files('crls').map((file) => readFileSync(join(folder, 'crls', file)));

type Outcome = 'valid' | Refusal;
const known = new Map<string, Outcome>();
/** Lists that this authority, or another certificate of the same name that is itself valid below the same anchor, signed. */
const listsOf = (issuer: Certificate, depth: number): readonly RevocationList[] => {
  const others = depth > 1 ? [] : [anchor, ...authorities].filter((other) => other.subjectDn.key === issuer.subjectDn.key && !isSameAuthority(other, issuer) && outcomeOf(other, depth + 1) === 'valid');
  return listFiles.flatMap((der) => {
    try {
      const list = readRevocationList(der, issuer, [issuer, ...others]);
      return list.nextUpdate > NOW ? [list] : [];
    } catch (error) {
      if (isBrygganError(error) && error.code === 'pki.crl') return [];
      throw error;
    }
  });
};
const judge = (leaf: Certificate, depth: number, policies: PolicyOptions): Outcome => {
  const found = findPath({ leaf, anchors: [anchor], authorities, now: NOW, keyPurpose: null, maxIntermediates: 8, policies });
  if ('fault' in found) return found.fault.reason;
  for (const [index, certificate] of found.path.slice(1).entries()) {
    const { status } = judgeByLists(certificate, listsOf(found.path[index]!, depth));
    if (status !== 'good') return status;
  }
  return 'valid';
};
function outcomeOf(leaf: Certificate | null, depth = 0, policies = anyPolicyAtAll): Outcome {
  if (leaf === null) return 'unreadable';
  const key = `${leaf.fingerprint} ${depth}`;
  const outcome = (policies === anyPolicyAtAll ? known.get(key) : undefined) ?? judge(leaf, depth, policies);
  if (policies === anyPolicyAtAll) known.set(key, outcome);
  return outcome;
}
const endEntity = (name: string): Certificate | null => certificates.get(`${name}EE`) ?? null;
const settingsOf = (subpart: Subpart): PolicyOptions => ({
  acceptable: subpart.acceptable === undefined ? null : new Set(subpart.acceptable),
  requireExplicit: subpart.requireExplicit === true, inhibitMapping: subpart.inhibitMapping === true, inhibitAny: subpart.inhibitAny === true,
});

describe.each(sections)('PKITS $number $title', ({ number, refusals, cases }) => {
  const named = cases.filter((name) => inapplicable[name] === undefined && !subparts.some((subpart) => subpart.name === name && !/^(?:Val|Inval)id/.test(name)));
  if (named.length > 0) it.each(named)('%s', (name) => {
    const outcome = outcomeOf(endEntity(name));
    if (name.startsWith('Valid')) expect(outcome).toBe('valid');
    else expect(refusals).toContain(outcome);
  });
  const own = subparts.filter(({ name }) => cases.includes(name)).map((subpart) => [`${subpart.name} ${JSON.stringify({ ...subpart, name: undefined })}`, subpart] as const);
  if (own.length > 0) it.each(own)('%s', (_name, subpart) => {
    expect(outcomeOf(endEntity(subpart.name), 0, settingsOf(subpart))).toBe(subpart.valid ? 'valid' : 'policies');
  });
  const out = cases.filter((name) => inapplicable[name] !== undefined);
  if (out.length > 0) it.each(out)(`inapplicable (${number}): %s is refused, for the reason in the table`, (name) => {
    expect(outcomeOf(endEntity(name))).toBe(inapplicable[name]!.startsWith('DSA') ? 'unreadable' : 'uncovered');
  });
});
it('every end entity of the suite is in a section, once', () => {
  const all = sections.flatMap(({ cases }) => cases);
  expect(all.toSorted()).toEqual(files('certs').filter((file) => file.endsWith('EE.crt')).map((file) => file.replace('EE.crt', '')).sort());
});
afterAll(() => {
  const total = sections.reduce((sum, { cases }) => sum + cases.length, 0);
  const reasons = Map.groupBy(Object.entries(inapplicable), ([, reason]) => reason);
  console.log([`PKITS: ${total} cases, ${total - Object.keys(inapplicable).length} applicable, ${subparts.length} settings of policy cases; inapplicable:`,
    ...[...reasons].map(([reason, cases]) => `  ${cases.length}: ${reason} (${cases.map(([name]) => name).join(', ')})`)].join('\n'));
});
