/** x509-limbo through the path and list code that a login uses. Trust anchors and intermediates that cannot be read are as good as absent. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isBrygganError } from '../../src/core/errors.ts';
import { certificatesIn, parseCertificate, type Certificate } from '../../src/pki/certificate.ts';
import { oids } from '../../src/pki/oids.ts';
import { findPath } from '../../src/pki/path/build.ts';
import { readRevocationList } from '../../src/pki/revocation/list.ts';
import { judgeByLists } from '../../src/pki/revocation/lists.ts';
import { inapplicable, refusals } from './limbo-cases.ts';

interface Case {
  readonly id: string;
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
}
const { testcases } = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/x509-limbo/limbo.json'), 'utf8')) as { testcases: readonly Case[] };
const SOME_DAY = '2024-01-01T00:00:00Z';

const readAll = (pems: readonly string[]): { readonly read: readonly Certificate[]; readonly unreadable: number } => {
  const read = pems.flatMap((pem) => {
    try {
      return certificatesIn(Buffer.from(pem)).map(parseCertificate);
    } catch (error) {
      if (isBrygganError(error)) return [];
      throw error;
    }
  });
  return { read, unreadable: pems.length - read.length };
};
const listsIn = (pems: readonly string[], issuer: Certificate) => pems.flatMap((pem) => {
  try {
    return [readRevocationList(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'), issuer)];
  } catch (error) {
    if (isBrygganError(error) && error.code === 'pki.crl') return [];
    throw error;
  }
});
const outcomeOf = (one: Case): string => {
  const [leaf] = readAll([one.peer_certificate]).read;
  const anchors = readAll(one.trusted_certs);
  const authorities = readAll(one.untrusted_intermediates);
  if (leaf === undefined) return 'unreadable';
  const found = findPath({
    leaf, anchors: anchors.read, authorities: authorities.read, now: Date.parse(one.validation_time ?? SOME_DAY),
    keyPurpose: one.validation_kind === 'CLIENT' ? oids.clientAuth : oids.serverAuth, maxIntermediates: one.max_chain_depth ?? 8,
  });
  if ('fault' in found) return found.fault.reason === 'no-issuer' && anchors.unreadable + authorities.unreadable > 0 ? 'unreadable' : found.fault.reason;
  const statuses = one.crls.length === 0 ? [] : found.path.slice(1).map((certificate, index) => judgeByLists(certificate, listsIn(one.crls, found.path[index]!)).status);
  return statuses.find((status) => status !== 'good') ?? 'valid';
};
const expectedOf = (one: Case): string =>
  one.expected_result === 'SUCCESS' ? 'valid' : (Object.entries(refusals).find(([, ids]) => ids.includes(one.id))?.[0] ?? `a reason in limbo-cases.ts for ${one.id}`);

describe('x509-limbo', () => {
  it.each(testcases.filter(({ id }) => inapplicable[id] === undefined).map((one) => [one.id, one] as const))('%s', (_id, one) => {
    expect(outcomeOf(one)).toBe(expectedOf(one));
  });
  it('every case of the tables exists', () => {
    const ids = new Set(testcases.map(({ id }) => id));
    expect([...Object.keys(inapplicable), ...Object.values(refusals).flat()].filter((id) => !ids.has(id))).toEqual([]);
  });
});
afterAll(() => {
  const reasons = Map.groupBy(Object.entries(inapplicable), ([, reason]) => reason);
  console.log([`x509-limbo: ${testcases.length} cases, ${testcases.length - Object.keys(inapplicable).length} applicable; inapplicable:`, ...[...reasons].map(([reason, ids]) => `  ${ids.length}: ${reason} (${ids.map(([id]) => id).join(', ')})`)].join('\n'));
});
