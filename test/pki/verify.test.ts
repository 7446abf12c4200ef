/** verifyChain: what a login asks. The rules of paths are shown in path/, pkits and limbo; here is what a listed issuer adds. */
import { describe, expect, it } from 'vitest';
import { extension } from '../../certs-dev/certificate.ts';
import { oids } from '../../src/pki/oids.ts';
import { createTrustStore } from '../../src/pki/trust-store.ts';
import { verifyChain, type ChainOptions, type VerifiedChain } from '../../src/pki/verify.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { DAY, NOW, makeAuthority, type LeafPlan } from './authority.ts';
import { hierarchy, issuerRow, rowOf } from './store.ts';

const { root, issuing, store } = hierarchy();
const options: ChainOptions = { now: NOW, credentialTypes: ['card'] };
const verify = (der: Uint8Array, more: Partial<ChainOptions> = {}): VerifiedChain => verifyChain(der, store, { ...options, ...more });
const good = issuing.issue();

describe('a chain', () => {
  it('names its issuer’s row and runs from leaf to root', () => {
    const chain = verify(good.der);
    expect(chain.issuer.id).toBe('issuing');
    expect(chain.path.map(({ subjectName }) => /CN=([^,]+)/.exec(subjectName)?.[1])).toEqual(['Leaf', 'Issuing', 'Root']);
    expect(chain.leaf).toBe(chain.path[0]);
  });
  it('is only for what the issuer issues, and only by issuers that the method takes', () => {
    expect(verify(good.der, { credentialTypes: ['function', 'card'] }).issuer.id).toBe('issuing');
    refusedWith('card.issuer-unknown', () => verify(good.der, { credentialTypes: ['function'] }));
    expect(verify(good.der, { issuers: ['issuing'] }).issuer.id).toBe('issuing');
    refusedWith('card.issuer-unknown', () => verify(good.der, { issuers: ['other'] }));
  });
});
describe('H06: the issuing CA itself must be listed', () => {
  const unlisted = makeAuthority('Unlisted', { parent: root });
  it('an unlisted CA below the same root is unknown, sent along or not', () => {
    const leaf = unlisted.issue();
    refusedWith('card.issuer-unknown', () => verify(leaf.der));
    refusedWith('card.issuer-unknown', () => verify(leaf.der, { intermediates: [unlisted.der, root.der] }));
  });
  it('a listed CA below an unlisted one is not reached through what is sent along as its issuer’s twin', () => {
    const sub = makeAuthority('Sub', { parent: issuing });
    refusedWith('card.issuer-unknown', () => verify(sub.issue().der, { intermediates: [sub.der] }));
  });
});
describe('H07: the key decides, not the name', () => {
  const impostor = makeAuthority('Issuing', { parent: makeAuthority('Root') });
  it('same names, another key: unknown', () => {
    refusedWith('card.issuer-unknown', () => verify(impostor.issue().der));
    refusedWith('card.issuer-unknown', () => verify(impostor.issue().der, { intermediates: [impostor.der] }));
  });
  it('two listed CAs of one name: the one whose key signed', () => {
    const renewed = makeAuthority('Issuing', { parent: root });
    const both = createTrustStore([rowOf('root', root)], [issuerRow('issuing', issuing), issuerRow('renewed', renewed)], { hardened: false });
    expect(verifyChain(renewed.issue().der, both, options).issuer.id).toBe('renewed');
    expect(verifyChain(good.der, both, options).issuer.id).toBe('issuing');
  });
});
describe('the leaf, each fault with its own code beside its twin', () => {
  const base = [extension.extendedKeyUsage(oids.clientAuth), extension.authorityKey(issuing.key)];
  it.each([
    ['expired', 'card.expired', { notAfter: NOW - DAY }], ['not valid yet', 'card.not-yet-valid', { notBefore: NOW + DAY }],
    ['for signing documents', 'card.signature-certificate', { extensions: [extension.keyUsage('nonRepudiation'), ...base] }], ['without key usage: absent is not allowed', 'card.signature-certificate', { extensions: base }],
    ['an authority’s (H13)', 'card.path', { extensions: [extension.keyUsage('digitalSignature', 'keyCertSign'), extension.authority(0), ...base] }],
    ['for servers only', 'card.path', { extensions: [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(oids.serverAuth), extension.authorityKey(issuing.key)] }],
    ['with an unknown critical extension', 'card.path', { more: [extension.unknown(true)] }],
    ['signed by nobody known', 'card.issuer-unknown', { signer: root.key }],
  ] as const satisfies readonly (readonly [string, string, LeafPlan])[])('%s: %s', (_what, code, plan) => {
    refusedWith(code, () => verify(issuing.issue(plan).der));
    expect(verify(good.der).leaf.serial).toBe(good.certificate.serial);
  });
  it('bytes that are no certificate', () => refusedWith('card.unreadable', () => verify(Buffer.from('no certificate'))));
  it('the detail names no person', () => {
    const error = refusedWith('card.expired', () => verify(issuing.issue({ commonName: 'Anna Berglund', notAfter: NOW - DAY }).der));
    expect(`${error.message} ${JSON.stringify(error.facts)}`).not.toContain('Anna');
  });
});
describe('the authorities above', () => {
  it('an issuing CA or a root that has expired: card.path, for operations to act', () => {
    const old = makeAuthority('Old root', { notBefore: NOW - 900 * DAY, notAfter: NOW - DAY });
    const below = makeAuthority('Below', { parent: old });
    const expired = createTrustStore([rowOf('root', old)], [issuerRow('below', below)], { hardened: false });
    expect(refusedWith('card.path', () => verifyChain(below.issue().der, expired, options)).facts).toMatchObject({ reason: 'expired', issuer: 'below' });
  });
  it('what is sent along helps when ours do not reach the root, and only then', () => {
    const middle = makeAuthority('Middle', { parent: root });
    const low = makeAuthority('Low', { parent: middle });
    const all = createTrustStore([rowOf('root', root)], [issuerRow('middle', middle), issuerRow('low', low)], { hardened: false });
    // The row of the middle one is left out of the store for this check.
    const without = { ...all, issuers: all.issuers.filter(({ row }) => row.id === 'low') };
    const leaf = low.issue();
    refusedWith('card.path', () => verifyChain(leaf.der, without, options));
    expect(verifyChain(leaf.der, without, { ...options, intermediates: [Buffer.from('junk'), middle.der] }).path).toHaveLength(4);
    refusedWith('card.path', () => verifyChain(leaf.der, without, { ...options, intermediates: [makeAuthority('Middle').der] }));
  });
});
