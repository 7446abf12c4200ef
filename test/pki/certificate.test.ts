import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boolean, children, explicit, fromDer, integer, octets, oid, sequence, toDer, utf8, type Asn1 } from '../../certs-dev/asn1.ts';
import { extension, makeCertificate, signed } from '../../certs-dev/certificate.ts';
import { developmentSet, readDer } from '../../certs-dev/set.ts';
import { isBrygganError } from '../../src/core/errors.ts';
import { certificatesIn, isSameAuthority, isSignedBy, parseCertificate, subjectValue } from '../../src/pki/certificate.ts';
import { oids } from '../../src/pki/oids.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { makeAuthority } from './authority.ts';

const set = developmentSet();
const anna = set.certificate('anna-berglund');
const leaf = parseCertificate(readDer(anna.certFile));
const root = makeAuthority('Root');
const unreadable = (der: Uint8Array): void => { refusedWith('card.unreadable', () => parseCertificate(der)); };
/** The certificate with parts of its TBSCertificate exchanged, signed again. */
const remade = (change: (parts: Asn1[]) => Asn1[]): Buffer => {
  const [tbs] = children(fromDer(root.issue().der));
  return toDer(signed(sequence(...change([...children(tbs)])), root.key, 'sha256'));
};

describe('a card certificate', () => {
  it('is read whole', () => {
    expect(leaf).toMatchObject({ serial: anna.serial, version: 3, selfIssued: false, policies: ['2.999.752.3.1'], basicConstraints: null });
    expect(leaf.issuerName).toBe('CN=DEV SITHS e-id Person HSA-id 3 CA v1,O=Bryggan Development,C=SE');
    expect(subjectValue(leaf, oids.serialNumber)).toBe('SE2321000131-DEV1001');
    expect([...(leaf.keyUsage ?? [])]).toEqual(['digitalSignature']);
    expect(leaf.extendedKeyUsage).toContain(oids.clientAuth);
    expect(leaf.cardNumber).toMatch(/^\d{19}$/);
    expect(leaf.crlUrls).toHaveLength(1);
    expect(leaf.ocspUrls).toHaveLength(1);
    expect(leaf.authorityKeyId?.keyId).toBe(parseCertificate(readDer(set.authority('siths-hsa-id-3').certFile)).subjectKeyId);
  });
  it('agrees with node:crypto on every certificate of the development PKI', () => {
    const entries = [...set.index.people.flatMap(({ certificates }) => certificates), ...set.index.odd, ...set.index.authorities, ...set.index.machines];
    for (const { certFile } of entries) {
      const { x509, ...own } = parseCertificate(readDer(certFile));
      expect([own.serial.toUpperCase(), own.fingerprint, own.notBefore, own.notAfter], certFile)
        .toEqual([x509.serialNumber, x509.fingerprint256.replaceAll(':', '').toLowerCase(), Date.parse(x509.validFrom), Date.parse(x509.validTo)]);
      expect(own.publicKey.equals(x509.publicKey), certFile).toBe(true);
    }
  });
  it('holds under the key that signed it and no other', () => {
    const issuer = parseCertificate(readDer(set.authority('siths-hsa-id-3').certFile));
    expect(isSignedBy(leaf, issuer)).toBe(true);
    const impostor = parseCertificate(readDer(set.authority('impostor-hsa-id-3').certFile));
    expect(impostor.subjectDn.key).toBe(issuer.subjectDn.key);
    expect([isSignedBy(leaf, impostor), isSameAuthority(issuer, impostor), isSameAuthority(issuer, issuer)]).toEqual([false, false, true]);
  });
  it('a subject attribute that is repeated decides nothing (threats H08)', () => {
    expect(subjectValue(parseCertificate(readDer(set.odd('id-twice').certFile)), oids.serialNumber)).toBeNull();
    expect(subjectValue(parseCertificate(readDer(set.odd('id-twice-in-one-rdn').certFile)), oids.serialNumber)).toBeNull();
  });
  it('files: PEM with several, PEM with other things around, DER', () => {
    const pem = leaf.x509.toString();
    expect(certificatesIn(Buffer.from(`# text\n${pem}\n${pem}`)).map((der) => parseCertificate(der).serial)).toEqual([leaf.serial, leaf.serial]);
    expect(certificatesIn(leaf.der).map((der) => parseCertificate(der).serial)).toEqual([leaf.serial]);
    expect(certificatesIn(Buffer.from('-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----'))).toEqual([]);
  });
});
describe('refused as unreadable, beside the unbroken twin', () => {
  it('the twin', () => expect(parseCertificate(remade((parts) => parts)).version).toBe(3));
  it('two signature algorithms [RFC 5280 §4.1.1.2]', () => {
    const [tbs, , signature] = children(fromDer(leaf.der));
    unreadable(toDer(sequence(tbs!, sequence(oid('1.2.840.113549.1.1.11'), fromDer(Buffer.of(5, 0))), signature!)));
  });
  it('extensions in a certificate of version 1 [RFC 5280 §4.1.2.9]', () => unreadable(remade(([, ...rest]) => rest)));
  it('a version that does not exist', () => unreadable(remade(([, ...rest]) => [explicit(0, integer(3)), ...rest])));
  it('an extension twice [RFC 5280 §4.2]', () => unreadable(makeCertificate({ subject: root.subject, issuer: root.subject, notBefore: new Date(0), notAfter: new Date(0), hash: 'sha256', extensions: [extension.unknown(false), extension.unknown(false)] }, root.key, root.key)));
  it('no extensions in their wrapper', () => unreadable(remade((parts) => [...parts.slice(0, -1), explicit(3, sequence())])));
  it('something behind the subject’s key', () => unreadable(remade((parts) => [...parts, utf8('x')])));
  it.each([
    ['key usage without any bit', { id: oids.keyUsage, critical: true, value: fromDer(Buffer.of(3, 2, 7, 0)) }],
    ['an empty list of purposes', { id: oids.extendedKeyUsage, critical: false, value: sequence() }],
    ['a policy twice', extension.policies('1.2.3', '1.2.3')],
    ['a negative path length', { id: oids.basicConstraints, critical: true, value: sequence(boolean(true), fromDer(Buffer.of(2, 1, 0xff))) }],
    ['an empty list of names', { id: oids.subjectAltName, critical: false, value: sequence() }],
    ['no constraint in nameConstraints', { id: oids.nameConstraints, critical: true, value: sequence() }],
    ['an extension that is no DER inside', { id: oids.subjectKeyId, critical: false, value: octets(Buffer.alloc(0)) }],
  ])('%s', (what, odd) => {
    const make = (): Buffer => makeCertificate({ subject: root.subject, issuer: root.subject, notBefore: new Date(0), notAfter: new Date(0), hash: 'sha256', extensions: [odd] }, root.key, root.key);
    if (what === 'an extension that is no DER inside') expect(parseCertificate(make()).subjectKeyId).toBe('');
    else unreadable(make());
  });
  it('more than 64 kB (threats H12)', () => unreadable(Buffer.concat([leaf.der, Buffer.alloc(70_000)])));
  it('an algorithm with SHA-1', () => {
    const [tbs, , signature] = children(fromDer(leaf.der));
    const sha1 = sequence(oid('1.2.840.113549.1.1.5'), fromDer(Buffer.of(5, 0)));
    const parts = [...children(tbs)];
    parts[2] = sha1;
    unreadable(toDer(sequence(sequence(...parts), sha1, signature!)));
  });
});
describe('whatever comes in', () => {
  const attempt = (der: Buffer): void => {
    try { parseCertificate(der); } catch (error) { if (!isBrygganError(error) || error.code !== 'card.unreadable') throw error; }
  };
  it('random changes of a good certificate end in a certificate or in card.unreadable', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(leaf.der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(leaf.der);
      for (const [at, value] of changes) bytes[at] = value;
      attempt(bytes);
    }), { numRuns: 400 });
  });
  it('cut off at any length', () => { for (let length = 0; length < leaf.der.length; length += 7) attempt(leaf.der.subarray(0, length)); });
  it('a key of a kind that node:crypto does not read', () => {
    const { privateKey } = generateKeyPairSync('x25519');
    const der = makeCertificate({ subject: root.subject, issuer: root.subject, notBefore: new Date(0), notAfter: new Date(0), hash: 'sha256', extensions: [extension.unknown(false)] }, privateKey, root.key);
    expect(parseCertificate(der).publicKey.asymmetricKeyType).toBe('x25519');
  });
});
