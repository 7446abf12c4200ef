/** Keys and certificates of mobile Efos in the simulated phones: made at start by the development CA for phones, kept nowhere. */
import { createHash, createPrivateKey, generateKeyPairSync, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { authorities } from '../../certs-dev/authorities.ts';
import { implicitItems, integer, nothing, octets, oid, explicit, sequence, setOf, toDer, fromDer, children } from '../../certs-dev/asn1.ts';
import { extension, makeCertificate, type NameAttribute } from '../../certs-dev/certificate.ts';
import { EKU, distribution } from '../../certs-dev/cards.ts';
import { readPeople } from '../../certs-dev/people.ts';
import { developmentSet, pathOf, readFilePem } from '../../certs-dev/set.ts';

export interface PhoneHolder { readonly id: string; readonly name: string; readonly number: string; readonly story: string }
export interface PhoneKey extends PhoneHolder { readonly certificate: Buffer; readonly key: KeyObject }

const HOUR = 3_600_000;
const AUTHORITY = 'efos-mobile';
/** One certificate of mobile Efos; `number` differs from the person's own only in tests. */
export const phoneKeyOf = (id: string, { authority = AUTHORITY, number, validFrom = Date.now() - HOUR, validHours = 24 * 365 }: { readonly authority?: string; readonly number?: string; readonly validFrom?: number; readonly validHours?: number } = {}): PhoneKey => {
  const person = readPeople(pathOf('.')).find((one) => one.id === id);
  const plan = authorities.find((one) => one.id === authority);
  if (person === undefined || plan === undefined) throw new Error(`no person ${id} or no authority ${authority}`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = createPrivateKey(readFilePem(developmentSet().authority(authority).keyFile));
  const name = `${person.givenName} ${person.surname}`;
  const text = (type: NameAttribute['type'], value: string): readonly NameAttribute[] => [{ type, value }];
  const holder = number ?? person.personalIdentityNumber;
  const certificate = makeCertificate({
    issuer: [text('C', 'SE'), text('O', 'Bryggan Development'), text('CN', `DEV ${plan.name}`)], hash: plan.hash, notBefore: new Date(validFrom), notAfter: new Date(validFrom + validHours * HOUR),
    subject: [text('C', 'SE'), text('O', 'Bryggan Development'), text('CN', `DEV ${name}`), text('SN', person.surname), text('GN', person.givenName), text('serialNumber', holder)],
    extensions: [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(EKU.clientAuth), extension.policies(authority === AUTHORITY ? '2.999.146.3.3' : '1.2.752.74.8.512'), extension.authorityKey(issuer), extension.subjectKey(privateKey), ...distribution(plan)],
  }, privateKey, issuer);
  return { id, name, number: holder, story: person.story, certificate, key: privateKey };
};

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const DATA = '1.2.840.113549.1.7.1';
const SHA256 = '2.16.840.1.101.3.4.2.1';
/** PKCS#7 over `content`, as the app makes it [RFC 5652 §5]. */
export const signWithPhone = ({ certificate, key }: Pick<PhoneKey, 'certificate' | 'key'>, content: Buffer): Buffer => {
  const attributes = setOf(
    sequence(oid('1.2.840.113549.1.9.3'), setOf(oid(DATA))),
    sequence(oid('1.2.840.113549.1.9.4'), setOf(octets(createHash('sha256').update(content).digest()))),
  );
  const parts = children(children(fromDer(certificate))[0]);
  const [serial, issuer] = [parts[1], parts[3]];
  if (serial === undefined || issuer === undefined) throw new Error('a certificate without parts');
  const hash = sequence(oid(SHA256), nothing());
  const signer = sequence(integer(1), sequence(issuer, serial), hash, implicitItems(0, ...children(attributes)), sequence(oid('1.2.840.10045.4.3.2')), octets(sign('sha256', toDer(attributes), key)));
  return toDer(sequence(oid(SIGNED_DATA), explicit(0, sequence(integer(1), setOf(hash), sequence(oid(DATA), explicit(0, octets(content))), implicitItems(0, fromDer(certificate)), setOf(signer)))));
};
export const serialOf = ({ certificate }: Pick<PhoneKey, 'certificate'>): string => new X509Certificate(certificate).serialNumber.toLowerCase().replace(/^0+/, '');
