/**
 * certs-dev: the development PKI. Owns the plan of the set (people.yaml, authorities.ts, cards.ts, machines.ts) and makes it.
 * `node certs-dev/build.ts` adds what is missing and rewrites index.json; with `--all` it makes everything anew.
 * Does not own: revocation lists and OCSP answers, which are made at start (revocation.ts). Nothing here is trusted in production.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MARK, PASSWORD, authorities, policies, validity, type AuthorityPlan } from './authorities.ts';
import { EKU, ODD_TWIN, cardOf, distribution, listName, oddCertificates, type CardCertificate, type KeyKind, type LeafPlan } from './cards.ts';
import { certificatePem, extension, makeCertificate, makePkcs12, type CertificatePlan, type Name, type Pkcs12Plan } from './certificate.ts';
import { machines, tlsAuthority } from './machines.ts';
import { readPeople, type InventedPerson } from './people.ts';
import type { AuthorityEntry, CertificateEntry, DevelopmentIndex, PersonEntry } from './set.ts';

/** Where keys and already made files come from; a test hands in its own. */
export interface Workshop {
  key(file: string, kind: KeyKind): KeyObject;
  /** The file as it lies there, or undefined when it is to be made. */
  existing(file: string): Buffer | undefined;
}
export type MadeFiles = Map<string, Buffer>;

const keyOptions: Readonly<Record<KeyKind, () => KeyObject>> = {
  'rsa-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'rsa-3072': () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey,
  'rsa-4096': () => generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey,
  'p-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
};
export const newKey = (kind: KeyKind): KeyObject => keyOptions[kind]();

const authorityName = (plan: AuthorityPlan): Name => [[{ type: 'C', value: 'SE' }], [{ type: 'O', value: MARK.organisation }], [{ type: 'CN', value: `${MARK.namePrefix}${plan.name}` }]];
const derOf = (pem: Buffer): Buffer => Buffer.from(pem.toString('latin1').replace(/-----[^-]+-----|\s/g, ''), 'base64');

class Maker {
  readonly files: MadeFiles = new Map();
  private readonly keys = new Map<string, KeyObject>();
  private readonly workshop: Workshop;
  constructor(workshop: Workshop) { this.workshop = workshop; }

  key(file: string, kind: KeyKind): KeyObject {
    const known = this.keys.get(file);
    if (known !== undefined) return known;
    const made = this.workshop.key(`${file}.key.pem`, kind);
    this.keys.set(file, made);
    this.files.set(`${file}.key.pem`, Buffer.from(made.export({ type: 'pkcs8', format: 'pem' })));
    return made;
  }
  certificate(file: string, plan: CertificatePlan, subject: KeyObject, issuer: KeyObject): Buffer {
    const path = `${file}.crt.pem`;
    const pem = this.workshop.existing(path) ?? Buffer.from(certificatePem(makeCertificate(plan, subject, issuer)));
    this.files.set(path, pem);
    return derOf(pem);
  }
  pkcs12(file: string, plan: Pkcs12Plan): void {
    const path = `${file}.p12`;
    this.files.set(path, this.workshop.existing(path) ?? makePkcs12(plan));
  }
}

interface MadeAuthority { readonly plan: AuthorityPlan; readonly key: KeyObject; readonly der: Buffer; readonly entry: AuthorityEntry }
const makeAuthorities = (maker: Maker): Map<string, MadeAuthority> => {
  const made = new Map<string, MadeAuthority>();
  for (const plan of authorities) {
    const file = `authorities/${plan.id}`;
    const key = maker.key(file, 'rsa-4096');
    const parent = plan.parent === null ? undefined : made.get(plan.parent);
    const issuer = parent ?? { plan, key };
    const [notBefore, notAfter] = plan.parent === null ? validity.root : validity.issuing;
    const der = maker.certificate(file, {
      subject: authorityName(plan), issuer: authorityName(issuer.plan), notBefore, notAfter, hash: plan.hash,
      extensions: [
        extension.authority(plan.parent === null ? null : 0), extension.keyUsage('keyCertSign', 'cRLSign'), extension.subjectKey(key),
        ...(parent === undefined ? [] : [extension.authorityKey(parent.key), extension.policies('2.5.29.32.0'), ...distribution(parent.plan)]),
      ],
    }, key, issuer.key);
    const ocsp = `${file}-ocsp`;
    const ocspKey = maker.key('authorities/ocsp', 'rsa-2048');
    maker.certificate(ocsp, {
      subject: [[{ type: 'C', value: 'SE' }], [{ type: 'O', value: MARK.organisation }], [{ type: 'CN', value: `${MARK.namePrefix}OCSP ${plan.name}` }]], issuer: authorityName(plan),
      notBefore: validity.leaf[0], notAfter: validity.leaf[1], hash: plan.hash,
      extensions: [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(EKU.ocspSigning), extension.noOcspCheck(), extension.authorityKey(key), extension.subjectKey(ocspKey)],
    }, ocspKey, key);
    made.set(plan.id, { plan, key, der, entry: {
      id: plan.id, name: `CN=${MARK.namePrefix}${plan.name},O=${MARK.organisation},C=SE`, hierarchy: plan.hierarchy, parent: plan.parent, credentialType: plan.credentialType,
      identifierType: plan.identifierType, level: plan.level, listed: plan.listed, certFile: `${file}.crt.pem`, keyFile: `${file}.key.pem`, crlFile: `${listName(plan)}.crl`, ocspCertFile: `${ocsp}.crt.pem`, ocspKeyFile: 'authorities/ocsp.key.pem',
    } });
  }
  return made;
};

const serialOf = (der: Buffer): string => {
  // Certificate, tbsCertificate, [0] version and the INTEGER's tag precede the sixteen octets that makeCertificate chose.
  const at = der.indexOf(Buffer.of(0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x10));
  return der.subarray(at + 7, at + 23).toString('hex');
};
interface LeafIssuer { readonly key: KeyObject; readonly name: Name; readonly above: readonly Buffer[] }
const makeLeaf = (maker: Maker, plan: LeafPlan, issuer: LeafIssuer): Buffer => {
  const key = maker.key(plan.keyFile, plan.keyKind);
  const [notBefore, notAfter] = plan.validity;
  return maker.certificate(plan.file, { subject: plan.subject, issuer: issuer.name, notBefore, notAfter, hash: plan.hash, extensions: plan.extensions({ subject: key, issuer: issuer.key }) }, key, issuer.key);
};
const makeCard = (maker: Maker, made: Map<string, MadeAuthority>, card: CardCertificate): CertificateEntry => {
  const issuer = belowAuthority(made, card.authority);
  const der = makeLeaf(maker, card, issuer);
  maker.pkcs12(card.file, { key: maker.key(card.keyFile, card.keyKind), certificate: der, above: issuer.above, label: card.label, password: PASSWORD });
  return cardEntry(card, der);
};
const belowAuthority = (made: Map<string, MadeAuthority>, id: string): LeafIssuer => {
  const issuer = made.get(id);
  if (issuer === undefined) throw new Error(`no authority ${id}`);
  return { key: issuer.key, name: authorityName(issuer.plan), above: [issuer.der] };
};
const cardEntry = (card: CardCertificate, der: Buffer): CertificateEntry => ({
  use: card.use, identifier: card.identifier, issuer: card.authority, serial: serialOf(der), revoked: card.revoked,
  certFile: `${card.file}.crt.pem`, keyFile: `${card.keyFile}.key.pem`, p12File: `${card.file}.p12`,
});

const makePerson = (maker: Maker, made: Map<string, MadeAuthority>, person: InventedPerson, index: number): PersonEntry => ({
  id: person.id, name: `${person.givenName} ${person.surname}`, tags: person.tags, story: person.story,
  certificates: cardOf(person, index).map((card) => makeCard(maker, made, card)),
});
const makeMachines = (maker: Maker, made: Map<string, MadeAuthority>): DevelopmentIndex['machines'] => {
  const tlsKey = maker.key(tlsAuthority.file, tlsAuthority.keyKind);
  const tlsDer = maker.certificate(tlsAuthority.file, {
    subject: tlsAuthority.subject, issuer: tlsAuthority.subject, notBefore: validity.root[0], notAfter: validity.root[1], hash: 'sha256',
    extensions: [extension.authority(0), extension.keyUsage('keyCertSign', 'cRLSign'), extension.subjectKey(tlsKey), tlsAuthority.constraints()],
  }, tlsKey, tlsKey);
  return machines.map((plan) => {
    const issuer = plan.signedBy === 'tls' ? { key: tlsKey, name: tlsAuthority.subject, above: [tlsDer] }
      : plan.signedBy === 'itself' ? { key: maker.key(plan.keyFile, plan.keyKind), name: plan.subject, above: [] }
      : belowAuthority(made, plan.authority);
    makeLeaf(maker, plan, issuer);
    return { id: plan.id, purpose: plan.purpose, issuer: plan.authority, certFile: `${plan.file}.crt.pem`, keyFile: `${plan.keyFile}.key.pem` };
  });
};

/** The whole set by path below certs-dev, index.json included. */
export const makeSet = (people: readonly InventedPerson[], workshop: Workshop): MadeFiles => {
  const maker = new Maker(workshop);
  const made = makeAuthorities(maker);
  const index: DevelopmentIndex = {
    mark: MARK, environment: 'development', password: PASSWORD, oddTwin: ODD_TWIN,
    policies: Object.values(policies),
    authorities: [...made.values()].map(({ entry }) => entry),
    people: people.map((person, position) => makePerson(maker, made, person, position)),
    odd: oddCertificates(people).map((card) => ({ id: card.id, change: card.change, twin: `${card.twin}.crt.pem`, ...makeCard(maker, made, card) })),
    machines: makeMachines(maker, made),
    tlsAuthority: { certFile: `${tlsAuthority.file}.crt.pem`, keyFile: `${tlsAuthority.file}.key.pem` },
  };
  maker.files.set('index.json', Buffer.from(`${JSON.stringify(index, null, 1)}\n`));
  return maker.files;
};

const main = (folder: string, all: boolean): void => {
  const existing = (file: string): Buffer | undefined => (!all && existsSync(join(folder, file)) ? readFileSync(join(folder, file)) : undefined);
  const files = makeSet(readPeople(folder), {
    existing,
    key: (file, kind) => {
      const pem = existing(file);
      return pem === undefined ? newKey(kind) : createPrivateKey(pem);
    },
  });
  for (const [file, content] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    if (existing(file)?.equals(content) !== true) writeFileSync(join(folder, file), content);
  }
  console.log(`${String(files.size)} files`);
};
if (import.meta.main) main(import.meta.dirname, process.argv.includes('--all'));
