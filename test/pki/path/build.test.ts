import { describe, expect, it } from 'vitest';
import { extension } from '../../../certs-dev/certificate.ts';
import { parseCertificate, type Certificate } from '../../../src/pki/certificate.ts';
import { oids } from '../../../src/pki/oids.ts';
import { findPath, type PathQuestion } from '../../../src/pki/path/build.ts';
import { DAY, NOW, makeAuthority, type TestAuthority } from '../authority.ts';

const root = makeAuthority('Root');
const issuing = makeAuthority('Issuing', { parent: root });
const leaf = issuing.issue().certificate;
const question = (more: Partial<PathQuestion> = {}): PathQuestion => ({ leaf, anchors: [root.certificate], authorities: [issuing.certificate], now: NOW, keyPurpose: oids.clientAuth, maxIntermediates: 3, ...more });
const outcome = (more: Partial<PathQuestion> = {}): string => {
  const found = findPath(question(more));
  return 'fault' in found ? found.fault.reason : found.path.map(({ subjectName }) => /CN=([^,]+)/.exec(subjectName)?.[1]).join(' > ');
};
const below = (authority: TestAuthority, more: Partial<PathQuestion> = {}): string => outcome({ leaf: authority.issue().certificate, authorities: [authority.certificate, issuing.certificate], ...more });

describe('a path', () => {
  it('leads from the leaf over its issuer to the anchor', () => expect(outcome()).toBe('Root > Issuing > Leaf'));
  it('needs an anchor, and the issuer', () => {
    expect(outcome({ anchors: [] })).toBe('no-issuer');
    expect(outcome({ authorities: [] })).toBe('no-issuer');
  });
  it('does not end at an authority that is not an anchor, however it names itself', () => {
    const impostor = makeAuthority('Root');
    expect(outcome({ anchors: [impostor.certificate] })).toBe('no-issuer');
    expect(below(makeAuthority('Issuing', { parent: impostor }), { authorities: [] })).toBe('no-issuer');
  });
  it('may be told which certificates stand directly above the leaf', () => {
    const other = makeAuthority('Issuing', { parent: root });
    expect(outcome({ leafIssuers: [issuing.certificate] })).toBe('Root > Issuing > Leaf');
    expect(outcome({ authorities: [issuing.certificate, other.certificate], leafIssuers: [other.certificate] })).toBe('no-issuer');
  });
});
describe('several candidates', () => {
  const expired = makeAuthority('Issuing', { parent: root, key: issuing.key, notAfter: NOW - DAY, notBefore: NOW - 300 * DAY });
  const narrow = makeAuthority('Issuing', { parent: root, key: issuing.key, more: [extension.extendedKeyUsage(oids.serverAuth)] });
  it('backtracks from a certificate of the issuer that has expired, or that is for something else, to one that holds', () => {
    for (const first of [expired, narrow]) expect(outcome({ authorities: [first.certificate, issuing.certificate] })).toBe('Root > Issuing > Leaf');
  });
  it('says what was wrong with the path that led to an anchor when none holds', () => {
    expect(outcome({ authorities: [expired.certificate] })).toBe('expired');
    expect(outcome({ authorities: [narrow.certificate] })).toBe('extended-key-usage');
  });
  it('finds the anchor behind a cross certificate', () => {
    const otherRoot = makeAuthority('Other root');
    const cross = makeAuthority('Root', { parent: otherRoot, key: root.key });
    expect(outcome({ anchors: [otherRoot.certificate], authorities: [issuing.certificate, cross.certificate] })).toBe('Other root > Root > Issuing > Leaf');
  });
  it('is not led round in a circle', () => {
    const [a, b] = [makeAuthority('A'), makeAuthority('B')];
    const [aByB, bByA] = [makeAuthority('A', { parent: b, key: a.key }), makeAuthority('B', { parent: a, key: b.key })];
    expect(outcome({ leaf: aByB.issue().certificate, authorities: [aByB.certificate, bByA.certificate] })).toBe('no-issuer');
  });
  it('gives up after a bounded number of signatures (threats H12)', () => {
    const many = Array.from({ length: 60 }, () => makeAuthority('Issuing', { parent: root }).certificate);
    expect(outcome({ authorities: many })).toBe('work');
    expect(outcome({ authorities: [...many.slice(0, 40), issuing.certificate] })).toBe('Root > Issuing > Leaf');
  });
});
describe('every authority of the path is looked at, beside its twin', () => {
  it('the twin', () => expect(below(makeAuthority('Sub', { parent: issuing }))).toBe('Root > Issuing > Sub > Leaf'));
  const odd: readonly (readonly [string, string, () => TestAuthority])[] = [
    ['expired', 'expired', () => makeAuthority('Sub', { parent: issuing, notAfter: NOW - DAY, notBefore: NOW - 300 * DAY })],
    ['not valid yet', 'not-yet-valid', () => makeAuthority('Sub', { parent: issuing, notBefore: NOW + DAY })],
    ['not an authority', 'basic-constraints', () => makeAuthority('Sub', { parent: issuing, extensions: [extension.keyUsage('digitalSignature')], more: [extension.subjectKey(root.key), extension.authorityKey(issuing.key)] })],
    ['may not sign certificates', 'key-usage', () => makeAuthority('Sub', { parent: issuing, extensions: [extension.authority(null), extension.keyUsage('cRLSign'), extension.subjectKey(root.key), extension.authorityKey(issuing.key)] })],
    ['unknown critical extension', 'critical-extension', () => makeAuthority('Sub', { parent: issuing, more: [extension.unknown(true)] })],
    ['other purpose', 'extended-key-usage', () => makeAuthority('Sub', { parent: issuing, more: [extension.extendedKeyUsage(oids.serverAuth)] })],
  ];
  it.each(odd)('%s', (_what, reason, make) => expect(below(make())).toBe(reason));
  it('path length [RFC 5280 §4.2.1.9]', () => {
    const none = makeAuthority('None below', { parent: root, pathLength: 0 });
    expect(outcome({ leaf: none.issue().certificate, authorities: [none.certificate] })).toBe('Root > None below > Leaf');
    const sub = makeAuthority('Sub', { parent: none });
    expect(outcome({ leaf: sub.issue().certificate, authorities: [sub.certificate, none.certificate] })).toBe('path-length');
  });
  it('at most as many authorities as asked for (threats H12)', () => {
    const sub = makeAuthority('Sub', { parent: issuing });
    expect(below(sub, { maxIntermediates: 2 })).toBe('Root > Issuing > Sub > Leaf');
    expect(below(sub, { maxIntermediates: 1 })).toBe('path-length');
  });
  it('the anchor too: its dates, its purpose, its extensions', () => {
    const build = (odd: TestAuthority): string => {
      const own = makeAuthority('Own', { parent: odd });
      return outcome({ leaf: own.issue().certificate, anchors: [odd.certificate], authorities: [own.certificate] });
    };
    expect(build(makeAuthority('Anchor'))).toBe('Anchor > Own > Leaf');
    expect(build(makeAuthority('Anchor', { notAfter: NOW - DAY, notBefore: NOW - 300 * DAY }))).toBe('expired');
    expect(build(makeAuthority('Anchor', { more: [extension.extendedKeyUsage(oids.serverAuth)] }))).toBe('extended-key-usage');
    expect(build(makeAuthority('Anchor', { more: [extension.unknown(true)] }))).toBe('critical-extension');
    expect(build(makeAuthority('Anchor', { pathLength: 0 }))).toBe('path-length');
  });
});
describe('the leaf', () => {
  const own = (more: Parameters<TestAuthority['issue']>[0]): Certificate => issuing.issue(more).certificate;
  it.each([
    ['expired', 'expired', { notAfter: NOW - 1000 }], ['not valid yet', 'not-yet-valid', { notBefore: NOW + 1000 }], ['an unknown critical extension', 'critical-extension', { more: [extension.unknown(true)] }],
    ['signed by another key', 'no-issuer', { signer: root.key }],
    ['for servers', 'extended-key-usage', { extensions: [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(oids.serverAuth), extension.authorityKey(issuing.key)] }],
  ] as const)('%s: %s', (_what, reason, plan) => expect(outcome({ leaf: own(plan) })).toBe(reason));
  it('is valid in its last second, and not in the next', () => {
    const plan = { notAfter: NOW } as const;
    expect(outcome({ leaf: own(plan), now: NOW + 999 })).toBe('Root > Issuing > Leaf');
    expect(outcome({ leaf: own(plan), now: NOW + 1000 })).toBe('expired');
  });
  it('without purposes allows every one; any purpose allows this one [RFC 5280 §4.2.1.12]', () => {
    const base = [extension.keyUsage('digitalSignature'), extension.authorityKey(issuing.key)];
    expect(outcome({ leaf: own({ extensions: base }) })).toBe('Root > Issuing > Leaf');
    expect(outcome({ leaf: own({ extensions: [...base, extension.extendedKeyUsage(oids.anyExtendedKeyUsage)] }) })).toBe('Root > Issuing > Leaf');
  });
  it('dates can be left aside, when a trust store is put together', () => expect(outcome({ leaf: own({ notAfter: NOW - DAY }), now: null })).toBe('Root > Issuing > Leaf'));
});
it('reads nothing from the certificates’ own addresses: no candidate, no path', () => {
  const pointing = issuing.issue({ more: [extension.authorityAccess('http://127.0.0.1:9/ocsp', 'http://127.0.0.1:9/issuer')] }).certificate;
  expect(outcome({ leaf: pointing, authorities: [] })).toBe('no-issuer');
  expect(parseCertificate(pointing.der).ocspUrls).toEqual(['http://127.0.0.1:9/ocsp']);
});
