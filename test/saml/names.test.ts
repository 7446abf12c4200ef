import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '../../src/core/error-catalogue.ts';
import { algorithms, namespaces, statuses, topStatus } from '../../src/saml/names.ts';
import { signatureRow } from '../../src/saml/xml/algorithms.ts';
import { prefixTable } from '../../src/saml/xml/index.ts';

describe('one table of names', () => {
  it('agrees with the writer about every prefix', () => {
    for (const [prefix, namespace] of Object.entries(prefixTable)) expect(namespaces).toHaveProperty(prefix, namespace);
  });
  it('holds every status that the error catalogue can answer with', () => {
    const known = new Set<string>(Object.values(statuses));
    for (const { saml } of Object.values(errorCatalogue)) {
      if (saml !== null) expect([...known]).toEqual(expect.arrayContaining([topStatus(saml[0]), ...(saml[1] === null ? [] : [saml[1]])]));
    }
  });
  it('has every signature algorithm that is accepted, and SHA-1 only by name', () => {
    for (const uri of [algorithms.rsaSha256, algorithms.rsaSha384, algorithms.rsaSha512, algorithms.ecdsaSha256, algorithms.ecdsaSha384, algorithms.ecdsaSha512, algorithms.rsaPssSha256, algorithms.rsaPssSha384, algorithms.rsaPssSha512]) expect(signatureRow(uri)).toBeDefined();
    expect(() => signatureRow(algorithms.rsaSha1)).toThrow(/signature\.algorithm/);
  });
});
