/** Lists and answers made at start: signed by the right key, fresh, and saying what the set says. */
import { X509Certificate, createHash, verify } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bigInteger, children, content, explicit, fromDer, integer, nothing, octets, oid, sequence, toDer, type Asn1 } from '../../certs-dev/asn1.ts';
import { createRevocationService } from '../../certs-dev/revocation.ts';
import { developmentSet, readDer, readFilePem, type CertificateEntry } from '../../certs-dev/set.ts';
import { parseCertificate, readRevocationList } from '../../src/pki/index.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const set = developmentSet();
const service = createRevocationService({ now: () => NOW });
const authority = (id: string) => parseCertificate(readDer(set.authority(id).certFile));
const anna = set.certificate('anna-berglund');
const ingrid = set.certificate('ingrid-soder');

describe('revocation lists', () => {
  it.each(set.index.authorities.map(({ id }) => id))('%s: signed by its authority, valid for a day', (id) => {
    const list = readRevocationList(service.list(id), authority(id));
    expect([list.thisUpdate, list.nextUpdate]).toEqual([NOW, NOW + 24 * 3_600_000]);
  });
  it('hold the revoked cards and nobody else', () => {
    const list = readRevocationList(service.list('siths-hsa-id-3'), authority('siths-hsa-id-3'));
    expect([list.revoked(ingrid.serial), list.revoked(anna.serial)]).toEqual([true, false]);
    expect(list.entries).toBe(set.person('ingrid-soder').certificates.filter(({ issuer }) => issuer === 'siths-hsa-id-3').length);
  });
  it('a list by the impostor of the same name is refused for the real one', () => {
    expect(() => readRevocationList(service.list('impostor-hsa-id-3'), authority('siths-hsa-id-3'))).toThrow();
  });
  it('a card that is revoked while running is on the next list, whose number is higher', () => {
    let now = NOW;
    const running = createRevocationService({ now: () => now });
    const before = readRevocationList(running.list('siths-hsa-id-3'), authority('siths-hsa-id-3'));
    running.revoke('siths-hsa-id-3', anna.serial);
    now += 1000;
    const after = readRevocationList(running.list('siths-hsa-id-3'), authority('siths-hsa-id-3'));
    expect([before.revoked(anna.serial), after.revoked(anna.serial), after.number > before.number]).toEqual([false, true, true]);
  });
  it('are written for every listed authority', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lists-'));
    const files = service.writeLists(folder);
    expect(files).toHaveLength(set.index.authorities.filter(({ listed }) => listed).length);
    for (const file of files) expect(readFileSync(file).length).toBeGreaterThan(500);
    expect(existsSync(join(folder, set.authority('siths-unlisted').crlFile))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

const digest = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();
const certId = (entry: CertificateEntry, issuerId = entry.issuer): Asn1 => {
  const tbs = children(children(fromDer(readDer(set.authority(issuerId).certFile)))[0]);
  const keyBits = content(children(tbs[6])[1]).subarray(1);
  return sequence(sequence(oid('1.3.14.3.2.26'), nothing()), octets(digest(toDer(tbs[5]!))), octets(digest(keyBits)), bigInteger(Buffer.from(entry.serial, 'hex')));
};
const question = (id: Asn1, nonce?: Buffer): Buffer =>
  toDer(sequence(sequence(sequence(sequence(id)), ...(nonce === undefined ? [] : [explicit(2, sequence(sequence(oid('1.3.6.1.5.5.7.48.1.2'), octets(toDer(octets(nonce))))))]))));
interface Answer { readonly status: number; readonly data: Asn1 | undefined; readonly certStatus: number | undefined; readonly holds: boolean }
/** OCSPResponse read by hand; `holds`: the delegated responder signed it, and the issuer signed the responder [RFC 6960 §4.2.2.2]. */
const read = (der: Buffer, issuerId: string): Answer => {
  const [status, bytes] = children(fromDer(der));
  if (bytes === undefined) return { status: content(status)[0] ?? -1, data: undefined, certStatus: undefined, holds: false };
  const [data, , signature, certificates] = children(fromDer(content(children(children(bytes)[0])[1])));
  const responder = new X509Certificate(toDer(children(children(certificates)[0])[0]!));
  const holds = verify('sha256', toDer(data!), responder.publicKey, content(signature).subarray(1)) && responder.verify(new X509Certificate(readFilePem(set.authority(issuerId).certFile)).publicKey);
  const single = children(children(children(data)[2])[0]);
  return { status: content(status)[0] ?? -1, data, certStatus: single[1]?.type, holds };
};
describe('OCSP answers', () => {
  it('good and revoked, signed by the delegated responder of the issuer', () => {
    expect(read(service.answer(question(certId(anna))), anna.issuer)).toMatchObject({ status: 0, certStatus: 0, holds: true });
    expect(read(service.answer(question(certId(ingrid))), ingrid.issuer)).toMatchObject({ status: 0, certStatus: 1, holds: true });
  });
  it('carry the nonce that was asked with', () => {
    const nonce = Buffer.from('0123456789abcdef');
    expect(toDer(read(service.answer(question(certId(anna), nonce)), anna.issuer).data!).includes(nonce)).toBe(true);
    expect(toDer(read(service.answer(question(certId(anna))), anna.issuer).data!).includes(nonce)).toBe(false);
  });
  it('the impostor of the same name gets its own answer, not the real one’s', () => {
    expect(read(service.answer(question(certId(anna, 'impostor-hsa-id-3'))), 'siths-hsa-id-3').holds).toBe(false);
  });
  it('unauthorized about a stranger, malformedRequest to garbage', () => {
    const stranger = sequence(sequence(oid('1.3.14.3.2.26'), nothing()), octets(digest(Buffer.of(1))), octets(digest(Buffer.of(2))), integer(1));
    expect(read(service.answer(question(stranger)), 'siths-hsa-id-3').status).toBe(6);
    expect(read(service.answer(Buffer.from('garbage')), 'siths-hsa-id-3').status).toBe(1);
  });
});
describe('over loopback HTTP', () => {
  it('serves lists and answers, and nothing else', async () => {
    const running = await service.serve();
    const get = async (path: string, init?: RequestInit): Promise<{ status: number; body: Buffer }> => {
      const reply = await fetch(`${running.url}${path}`, init);
      return { status: reply.status, body: Buffer.from(await reply.arrayBuffer()) };
    };
    const list = await get(`/crl/${set.authority('siths-hsa-id-3').crlFile}`);
    expect(readRevocationList(list.body, authority('siths-hsa-id-3')).revoked(ingrid.serial)).toBe(true);
    const ask = question(certId(ingrid));
    expect(read((await get('/ocsp', { method: 'POST', body: Uint8Array.from(ask) })).body, ingrid.issuer).certStatus).toBe(1);
    expect(read((await get(`/ocsp/${encodeURIComponent(ask.toString('base64'))}`)).body, ingrid.issuer).certStatus).toBe(1);
    expect((await get('/crl/other.crl')).status).toBe(404);
    await running.close();
  });
});
