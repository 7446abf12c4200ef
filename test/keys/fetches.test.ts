/** Who has read what: counted by name, bounded, added up over nodes. */
import { X509Certificate, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/core/ports.ts';
import { consumerOf, productOf } from '../../src/keys/consumer.ts';
import { createFetchBook, mergeFetches } from '../../src/keys/fetches.ts';
import { pemOf, selfSigned } from '../../src/keys/self-signed.ts';
import type { Registry } from '../../src/parties/model.ts';

describe('the book', () => {
  const clock = { time: 1000, now() { return this.time; } };
  it('counts by consumer and kind, and keeps the revision of the last', () => {
    const book = createFetchBook(clock);
    book.note('service vgr/a', 'feed', 'Shibboleth', 1);
    clock.time = 2000;
    book.note('service vgr/a', 'feed', 'Shibboleth', 2);
    book.note('service vgr/a', 'jwks', 'other', 2);
    expect(book.rows()).toEqual([{ consumer: 'service vgr/a', what: 'feed', agent: 'Shibboleth', count: 2, first: 1000, last: 2000, revision: 2 }, { consumer: 'service vgr/a', what: 'jwks', agent: 'other', count: 1, first: 2000, last: 2000, revision: 2 }]);
  });
  it('does not grow with strangers, and strangers do not push out services', () => {
    const book = createFetchBook(clock, 3);
    for (const consumer of ['service vgr/a', 'address 1', 'address 2', 'address 3', 'service vgr/b', 'address 4']) book.note(consumer, 'feed', 'x', 1);
    expect(book.rows().map(({ consumer }) => consumer)).toEqual(['service vgr/a', 'service vgr/b', 'address 4']);
  });
  it('adds up what several nodes saw', () => {
    const row = { consumer: 'service vgr/a', what: 'feed', agent: 'x', count: 2, first: 5, last: 10, revision: 3 } as const;
    expect(mergeFetches([[row], [{ ...row, first: 1, last: 20, revision: 2, agent: 'y' }]])).toEqual([{ ...row, count: 4, first: 1, last: 20, agent: 'y' }]);
  });
});

describe('who reads', () => {
  const registry = { services: new Map([['vgr/a', {}]]), identityProviders: new Map([['boras/idp', {}]]), parties: new Map([['vgr', { id: 'vgr', networks: ['10.1.0.0/16', '2001:db8::/32'] }], ['boras', { id: 'boras', networks: [] }]]) } as unknown as Registry;
  it.each([
    ['/metadata/applications.xml?consumer=vgr/a', '10.9.0.1', 'service vgr/a'], ['/x?consumer=vgr%2Fa', '10.9.0.1', 'service vgr/a'], ['/x?consumer=boras', '10.9.0.1', 'party boras'], ['/x?consumer=boras/idp', '10.9.0.1', 'idp boras/idp'],
    ['/x?consumer=vgr/unknown', '10.9.0.1', 'address 10.9.0.1'], ['/x', '10.1.2.3', 'party vgr'], ['/x', '::ffff:10.1.2.3', 'party vgr'], ['/x', '2001:db8::7', 'party vgr'], ['/x', '2001:db9::7', 'address 2001:db9::7'],
  ])('%s from %s is %s', (url, ip, consumer) => { expect(consumerOf({ url, ip }, registry)).toBe(consumer); });
  it.each([['Shibboleth-SP/3.4.1 (Linux)', 'Shibboleth-SP/3.4.1'], [undefined, 'unknown'], ['<script>', 'unknown'], ['curl/8.1\u001b[2J', 'curl/8.1'], ['a'.repeat(500), 'a'.repeat(30)]])('product of %j', (agent, product) => { expect(productOf(agent)).toBe(product); });
});

describe('a certificate that a key signs for itself', () => {
  it.each([['rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 })], ['ec', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })]] as const)('%s: is read by OpenSSL, belongs to the key, and ends when it should', (_kind, make) => {
    const { privateKey: key } = make();
    const certificate = new X509Certificate(pemOf(selfSigned({ key, common: 'login.example.se SAML 2026', from: Date.UTC(2026, 0, 1), until: Date.UTC(2051, 5, 1), random: systemRandom })));
    expect(certificate.verify(createPublicKey(key))).toBe(true);
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect([certificate.subject, certificate.issuer, certificate.ca]).toEqual(['CN=login.example.se SAML 2026', 'CN=login.example.se SAML 2026', false]);
    expect([certificate.validFromDate, certificate.validToDate]).toEqual([new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2051, 5, 1))]);
    expect(certificate.verify(createPublicKey(make().privateKey))).toBe(false);
  });
});
