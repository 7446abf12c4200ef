/** The committed development PKI is what its plan says: remade here with other keys, and compared in all but keys, serials and signatures. */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import forge from 'node-forge';
import { describe, expect, it } from 'vitest';
import { children, content, fromDer, toDer, type Asn1 } from '../../certs-dev/asn1.ts';
import { makeSet, newKey, type MadeFiles } from '../../certs-dev/build.ts';
import { readPeople } from '../../certs-dev/people.ts';
import { developmentSet, pathOf, readDer, readFilePem, type CertificateEntry, type DevelopmentIndex } from '../../certs-dev/set.ts';
import type { KeyKind } from '../../certs-dev/cards.ts';
import { isHsaId, isPersonalIdentityNumber, parseOrganisationNumber } from '../../src/core/ids.ts';

const folder = pathOf('.');
const people = readPeople(folder);
const pool = new Map<KeyKind, KeyObject>();
const kinds = new Map<string, KeyKind>();
/** One key per kind: keys are not compared, and making some hundred would take a minute. */
const remake = (): MadeFiles => makeSet(people, {
  existing: () => undefined,
  key: (file, kind) => {
    kinds.set(file, kind);
    // Authorities get the committed RSA-4096 keys: generating one takes seconds.
    const key = pool.get(kind) ?? (kind === 'rsa-4096' ? createPrivateKey(readFilePem('authorities/siths-root.key.pem')) : newKey(kind));
    pool.set(kind, key);
    return key;
  },
});
const remade = remake();
const committed = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => /\.(?:pem|p12)$/.test(file)).sort();

const keyIdentifierExtensions = ['2.5.29.14', '2.5.29.35'];
const extensionId = (item: Asn1): string => forge.asn1.derToOid(content(children(item)[0]).toString('latin1'));
/** TBSCertificate without serial, public key and key identifiers, as hexadecimal per field. */
const comparable = (pem: string): unknown => {
  const [tbs, algorithm] = children(fromDer(new X509Certificate(pem).raw));
  const [version, , innerAlgorithm, issuer, validity, subject, , extensions] = children(tbs);
  const hex = (item: Asn1 | undefined): string => (item === undefined ? '' : toDer(item).toString('hex'));
  return {
    fields: [version, innerAlgorithm, algorithm, issuer, validity, subject].map(hex),
    extensions: children(children(extensions)[0]).map((item) => (keyIdentifierExtensions.includes(extensionId(item)) ? extensionId(item) : hex(item))),
  };
};
const withoutSerials = (index: DevelopmentIndex): unknown => JSON.parse(JSON.stringify(index, (key, value: unknown) => (key === 'serial' ? '' : value)));
const kindOf = (key: KeyObject): string => (key.asymmetricKeyType === 'ec' ? 'p-256' : `rsa-${String(key.asymmetricKeyDetails?.modulusLength)}`);

describe('the committed set is what the plan makes', () => {
  it('holds exactly the planned files', () => {
    expect(committed).toEqual([...remade.keys()].filter((file) => file !== 'index.json').sort());
  });
  it('has every certificate equal to the remade one in all but key, serial and signature', () => {
    for (const file of committed.filter((name) => name.endsWith('.crt.pem'))) expect(comparable(readFilePem(file)), file).toEqual(comparable(String(remade.get(file))));
  });
  it('notices a certificate of somebody else (the comparison can fail)', () => {
    expect(comparable(readFilePem('people/anna-berglund/authentication-hsa-id.crt.pem'))).not.toEqual(comparable(String(remade.get('people/erik-sandstrom/authentication-hsa-id.crt.pem'))));
  });
  it('has every key of the planned kind, and no key twice', () => {
    const fingerprints = new Set<string>();
    for (const [file, kind] of kinds) {
      const key = createPrivateKey(readFilePem(file));
      expect(kindOf(key), file).toBe(kind);
      fingerprints.add(key.export({ type: 'pkcs8', format: 'der' }).toString('hex'));
    }
    expect(fingerprints.size).toBe(kinds.size);
  });
  it('has an index that equals the remade one in all but serials', () => {
    expect(withoutSerials(developmentSet().index)).toEqual(withoutSerials(JSON.parse(String(remade.get('index.json'))) as DevelopmentIndex));
  });
});

const { index } = developmentSet();
const everyCard: readonly CertificateEntry[] = [...index.people.flatMap((person) => person.certificates), ...index.odd];
describe('the set fits together', () => {
  it('names existing files, the serial of the certificate, and its key', () => {
    for (const entry of everyCard) {
      const certificate = new X509Certificate(readFilePem(entry.certFile));
      expect(certificate.serialNumber.toLowerCase(), entry.certFile).toBe(entry.serial);
      expect(certificate.checkPrivateKey(createPrivateKey(readFilePem(entry.keyFile))), entry.certFile).toBe(true);
      expect(existsSync(pathOf(entry.p12File)), entry.p12File).toBe(true);
    }
    expect(new Set(everyCard.map((entry) => entry.serial)).size).toBe(everyCard.length);
  });
  it('has every certificate signed by the issuer that the index names', () => {
    for (const entry of everyCard) {
      const issuer = new X509Certificate(readFilePem(developmentSet().authority(entry.issuer).certFile));
      expect(new X509Certificate(readFilePem(entry.certFile)).verify(issuer.publicKey), entry.certFile).toBe(true);
    }
    for (const entry of index.authorities) {
      const issuer = new X509Certificate(readFilePem(developmentSet().authority(entry.parent ?? entry.id).certFile));
      expect(new X509Certificate(readFilePem(entry.certFile)).verify(issuer.publicKey), entry.id).toBe(true);
    }
  });
  it('opens every PKCS#12 with the password, and with no other', () => {
    for (const entry of everyCard) {
      const pfx = readFileSync(pathOf(entry.p12File));
      expect(() => createSecureContext({ pfx, passphrase: index.password }), entry.p12File).not.toThrow();
      const opened = forge.pkcs12.pkcs12FromAsn1(fromDer(pfx), index.password).getBags({ bagType: forge.pki.oids['certBag'] ?? '' })[forge.pki.oids['certBag'] ?? ''] ?? [];
      // node-forge reads RSA certificates only; others keep their ASN.1.
      const [first] = opened as { cert?: forge.pki.Certificate | null; asn1?: Asn1 }[];
      const der = toDer(first?.cert ? forge.pki.certificateToAsn1(first.cert) : first!.asn1!);
      expect(der.equals(readDer(entry.certFile)), entry.p12File).toBe(true);
    }
    const pfx = readFileSync(pathOf(everyCard[0]!.p12File));
    expect(() => createSecureContext({ pfx, passphrase: 'wrong' })).toThrow();
  });
  it('marks every subject as development', () => {
    for (const file of committed.filter((name) => name.endsWith('.crt.pem'))) {
      const lines = new X509Certificate(readFilePem(file)).subject.split('\n');
      expect(lines, file).toContain('O=Bryggan Development');
      expect(lines.some((line) => /(?:^|\+ )CN=DEV /.test(line)), file).toBe(true);
    }
  });
  it('keeps the TLS CA, whose key is public, to this machine', () => {
    const constraints = children(children(children(fromDer(readDer(index.tlsAuthority.certFile)))[0]).at(-1))[0];
    expect(children(constraints).map(extensionId)).toContain('2.5.29.30');
  });
});

describe('the invented people are invented', () => {
  it('have test numbers with right check digits, and HSA-ids in the organisation-number space of their employer', () => {
    for (const person of people) {
      expect(isPersonalIdentityNumber(person.personalIdentityNumber), person.id).toBe(true);
      expect(person.personalIdentityNumber, person.id).toMatch(/^(?:18|19[01])\d{5,6}9[89]\d{2}$/);
      for (const { hsaId, organisation } of person.employments) {
        expect(isHsaId(hsaId, 'production'), person.id).toBe(true);
        expect(parseOrganisationNumber(hsaId.slice(2, 12)), person.id).toBe(organisation?.number ?? hsaId.slice(2, 12));
      }
    }
    expect(new Set(people.map((person) => person.personalIdentityNumber)).size).toBe(people.length);
    expect(new Set(people.flatMap((person) => person.employments.map(({ hsaId }) => hsaId))).size).toBe(people.flatMap((person) => person.employments).length);
  });
  it('are about thirty, and every oddity of the plan is held by somebody', () => {
    const tags = new Set(people.flatMap((person) => person.tags));
    expect(people.length).toBeGreaterThanOrEqual(30);
    for (const tag of ['revoked', 'expired', 'not-yet-valid', 'loa2-reserve', 'unknown-policy', 'wrong-issuer', 'signature-only', 'coordination-number', 'protected', 'several-commissions', 'no-commission', 'unknown-employer']) expect(tags).toContain(tag);
  });
});
