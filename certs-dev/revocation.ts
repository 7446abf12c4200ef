/**
 * Revocation lists and OCSP answers of the development authorities, made when somebody asks: committed ones would be stale.
 * A list is signed with the authority's committed key, an OCSP answer with the delegated responder's. Loopback only.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bigInteger, bits, children, content, enumerated, explicit, fromDer, generalizedTime, implicit, implicitItems, integer, isContext, isSequence, octets, oid, sequence, time, toDer, type Asn1 } from './asn1.ts';
import { extension, keyIdentifier, publicKeyInfo, signatureAlgorithm, signed } from './certificate.ts';
import { developmentSet, readDer, readFilePem, type AuthorityEntry } from './set.ts';

const HOUR = 3_600_000;
/** CRLReason keyCompromise: the card was reported lost [RFC 5280 §5.3.1]. */
const REASON = 1;
export interface RevocationOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long a list or an answer is valid. */
  readonly lifetimeHours?: number;
}
export interface RevocationService {
  /** DER of the authority's list, fresh. */
  list(authority: string): Buffer;
  /** DER of the answer to a DER request; `unauthorized` for a certificate of nobody here, `malformedRequest` for garbage. */
  answer(request: Uint8Array): Buffer;
  /** From now on revoked, beside those that the set marks so. `serial` in hexadecimal. */
  revoke(authority: string, serial: string): void;
  /** Writes `<crlFile>` of every listed authority; returns the paths. */
  writeLists(directory: string): readonly string[];
  /** GET /crl/<crlFile>, POST /ocsp and GET /ocsp/<base64>, on a loopback port that the system chooses unless given. */
  serve(port?: number): Promise<{ readonly url: string; close(): Promise<void> }>;
}

interface Signer { readonly entry: AuthorityEntry; readonly key: KeyObject; readonly subject: Asn1; readonly spki: Buffer }
const subjectOf = (certificate: Buffer): Asn1 => {
  const subject = children(children(fromDer(certificate))[0])[5];
  if (subject === undefined) throw new Error('a certificate without subject');
  return subject;
};
const keyBits = (spki: Buffer): Buffer => content(children(fromDer(spki))[1]).subarray(1);
const extensionItem = (id: string, value: Asn1): Asn1 => sequence(oid(id), octets(toDer(value)));

interface Revoked { readonly serial: string; readonly at: number }
const makeList = (signer: Signer, revoked: readonly Revoked[], at: number, hours: number): Buffer => {
  const hash = signer.entry.hierarchy === 'siths' ? 'sha512' : 'sha256';
  const entries = revoked.map((entry) => sequence(bigInteger(Buffer.from(entry.serial, 'hex')), time(new Date(entry.at)), sequence(extensionItem('2.5.29.21', enumerated(REASON)))));
  const tbs = sequence(
    integer(1), signatureAlgorithm(signer.key, hash), signer.subject, time(new Date(at)), time(new Date(at + hours * HOUR)),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    // The number is the time of issue: it never goes back [RFC 5280 §5.2.3].
    explicit(0, sequence(extensionItem('2.5.29.35', extension.authorityKey(signer.key).value), extensionItem('2.5.29.20', bigInteger(Buffer.from(Math.floor(at).toString(16).padStart(12, '0'), 'hex'))))),
  );
  return toDer(signed(tbs, signer.key, hash));
};

const hashes: Readonly<Record<string, 'sha1' | 'sha256'>> = { [toDer(oid('1.3.14.3.2.26')).toString('hex')]: 'sha1', [toDer(oid('2.16.840.1.101.3.4.2.1')).toString('hex')]: 'sha256' };
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const MALFORMED = 1;
const UNAUTHORIZED = 6;
const refusal = (status: number): Buffer => toDer(sequence(enumerated(status)));

/** CertID names the issuer by hashes of its name and key [RFC 6960 §4.1.1]. */
const findSigner = (certId: Asn1, signers: readonly Signer[]): Signer | undefined => {
  const [algorithm, nameHash, keyHash] = children(certId);
  const id = children(algorithm)[0];
  const hash = id === undefined ? undefined : hashes[toDer(id).toString('hex')];
  if (hash === undefined) return undefined;
  const digest = (bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();
  return signers.find((signer) => digest(toDer(signer.subject)).equals(content(nameHash)) && digest(keyBits(signer.spki)).equals(content(keyHash)));
};
interface Question { readonly certIds: readonly Asn1[]; readonly nonce: Asn1 | undefined }
const readQuestion = (request: Uint8Array): Question => {
  const parts = children(children(fromDer(request))[0]);
  const list = parts.find(isSequence);
  const extensions = parts.find((part) => isContext(part, 2));
  const wanted = content(oid(NONCE));
  return {
    certIds: children(list).flatMap((item) => children(item).slice(0, 1)),
    nonce: children(children(extensions)[0]).find((item) => content(children(item)[0]).equals(wanted)),
  };
};

const answerQuestion = (question: Question, signers: readonly Signer[], revokedOf: (authority: string) => readonly Revoked[], at: number, hours: number): Buffer => {
  const first = question.certIds[0];
  const signer = first === undefined ? undefined : findSigner(first, signers);
  if (signer === undefined) return refusal(UNAUTHORIZED);
  const singles = question.certIds.map((certId) => {
    const serial = content(children(certId)[3]).toString('hex').replace(/^00/, '');
    const revoked = findSigner(certId, signers) === signer ? revokedOf(signer.entry.id).find((entry) => entry.serial === serial) : undefined;
    const status = revoked === undefined ? implicit(0, Buffer.alloc(0)) : implicitItems(1, generalizedTime(new Date(revoked.at)), explicit(0, enumerated(REASON)));
    return sequence(certId, status, generalizedTime(new Date(at)), explicit(0, generalizedTime(new Date(at + hours * HOUR))));
  });
  const responderKey = createPrivateKey(readFilePem(signer.entry.ocspKeyFile));
  const responder = readDer(signer.entry.ocspCertFile);
  const data = sequence(explicit(2, octets(keyIdentifier(responderKey))), generalizedTime(new Date(at)), sequence(...singles), ...(question.nonce === undefined ? [] : [explicit(1, sequence(question.nonce))]));
  const [tbs, algorithm, signature] = children(signed(data, responderKey, 'sha256'));
  if (tbs === undefined || algorithm === undefined || signature === undefined) throw new Error('an answer was not signed');
  const basic = sequence(tbs, algorithm, bits(content(signature).subarray(1)), explicit(0, sequence(fromDer(responder))));
  return toDer(sequence(enumerated(0), explicit(0, sequence(oid('1.3.6.1.5.5.7.48.1.1'), octets(toDer(basic))))));
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

export const createRevocationService = ({ now, lifetimeHours = 24 }: RevocationOptions): RevocationService => {
  const { index } = developmentSet();
  const signers = index.authorities.map((entry): Signer => {
    const key = createPrivateKey(readFilePem(entry.keyFile));
    return { entry, key, subject: subjectOf(readDer(entry.certFile)), spki: publicKeyInfo(key) };
  });
  const marked = index.people.flatMap((person) => person.certificates).filter((certificate) => certificate.revoked);
  const revoked = new Map(index.authorities.map((entry) =>
    [entry.id, marked.filter((certificate) => certificate.issuer === entry.id).map((certificate): Revoked => ({ serial: certificate.serial, at: Date.UTC(2026, 0, 15) }))]));
  const revokedOf = (authority: string): readonly Revoked[] => revoked.get(authority) ?? [];
  const list = (authority: string): Buffer => {
    const signer = signers.find(({ entry }) => entry.id === authority);
    if (signer === undefined) throw new Error(`no authority ${authority}`);
    return makeList(signer, revokedOf(authority), now(), lifetimeHours);
  };
  const answer = (request: Uint8Array): Buffer => {
    let question: Question;
    try { question = readQuestion(request); } catch { return refusal(MALFORMED); }
    return answerQuestion(question, signers, revokedOf, now(), lifetimeHours);
  };
  const reply = async (request: IncomingMessage): Promise<{ type: string; body: Buffer } | undefined> => {
    const url = request.url ?? '';
    if (request.method === 'POST' && url === '/ocsp') return { type: 'application/ocsp-response', body: answer(await bodyOf(request)) };
    if (request.method === 'GET' && url.startsWith('/ocsp/')) return { type: 'application/ocsp-response', body: answer(Buffer.from(decodeURIComponent(url.slice(6)), 'base64')) };
    const entry = index.authorities.find(({ crlFile }) => request.method === 'GET' && url === `/crl/${crlFile}`);
    return entry === undefined ? undefined : { type: 'application/pkix-crl', body: list(entry.id) };
  };
  return {
    list, answer,
    revoke: (authority, serial) => { revoked.set(authority, [...revokedOf(authority), { serial: serial.toLowerCase(), at: now() }]); },
    writeLists: (directory) => {
      mkdirSync(directory, { recursive: true });
      return index.authorities.filter(({ listed }) => listed).map((entry) => {
        const path = join(directory, entry.crlFile);
        writeFileSync(`${path}.new`, list(entry.id));
        renameSync(`${path}.new`, path);
        return path;
      });
    },
    serve: async (port = 0) => {
      const server = createServer((request, response) => {
        void reply(request).then((found) => {
          response.writeHead(found === undefined ? 404 : 200, found === undefined ? {} : { 'content-type': found.type });
          response.end(found?.body);
        }, () => response.writeHead(500).end());
      });
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
      return {
        url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
        close: () => new Promise<void>((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
      };
    },
  };
};
