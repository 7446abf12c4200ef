import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { readRedirect, verifyRedirect, writeRedirect } from '../../../src/saml/bindings/redirect.ts';
import { algorithms, bindings } from '../../../src/saml/names.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { authnRequest, NOW, redirectQuery, testKey } from '../../fixtures/saml.ts';

const key = testKey();
const good = redirectQuery(authnRequest(), { relayState: 'ctx 1' });
const verify = (query: string): string => {
  const message = readRedirect(query);
  if (message.signature === null) throw new Error('unsigned');
  verifyRedirect(message.signature, [key.publicKey], NOW);
  return message.xml.toString();
};

describe('HTTP-Redirect reading', () => {
  it('gives message, RelayState and a signature that verifies', () => {
    const message = readRedirect(good);
    expect(message).toMatchObject({ binding: 'redirect', kind: 'request', relayState: 'ctx 1' });
    expect(verify(good)).toBe(authnRequest());
  });
  it('takes an unsigned message', () => {
    expect(readRedirect(redirectQuery(authnRequest(), { key: null })).signature).toBeNull();
  });
  it('verifies over the encoding of the sender, also in lower case or with less of it', () => {
    const lowerCase = (text: string): string => encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
    expect(verify(redirectQuery(authnRequest(), { encode: lowerCase, relayState: 'å/ä' }))).toBe(authnRequest());
    const sparing = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%3D', '=').replaceAll('%3A', ':');
    expect(verify(redirectQuery(authnRequest(), { encode: sparing }))).toBe(authnRequest());
  });
  it.each([['in front', `utm=1&${good}`], ['behind', `${good}&utm=1`], ['behind, with an empty one', `${good}&`]])('lets a foreign parameter stand %s', (_place, query) => {
    expect(verify(query)).toBe(authnRequest());
  });
  it('takes SAMLEncoding when it says DEFLATE', () => {
    expect(verify(`${good}&SAMLEncoding=${encodeURIComponent(bindings.deflateEncoding)}`)).toBe(authnRequest());
    refusedWith('binding.parameter', () => readRedirect(`${good}&SAMLEncoding=urn%3Aother`));
  });
  it.each([algorithms.rsaSha256, algorithms.rsaSha384, algorithms.rsaSha512])('verifies %s', (algorithm) => {
    expect(verify(redirectQuery(authnRequest(), { algorithm }))).toBe(authnRequest());
  });
  it('verifies ECDSA', () => {
    const ec = testKey('ec service', 'ec');
    const message = readRedirect(redirectQuery(authnRequest(), { key: ec, algorithm: algorithms.ecdsaSha256 }));
    expect(() => { verifyRedirect(message.signature!, [key.publicKey, ec.publicKey], NOW); }).not.toThrow();
  });
});

const [request = '', relay = '', algorithm = '', signature = ''] = good.split('&');
const other = redirectQuery(authnRequest({ attributes: { ID: '_other' } })).split('&')[0] ?? '';
describe('HTTP-Redirect: games with parameters (threats B25, K12)', () => {
  it.each<[string, string, ErrorCode]>([
    ['SAMLRequest twice', `${request}&${good}`, 'binding.parameter'],
    ['another SAMLRequest behind', `${good}&${other}`, 'binding.parameter'],
    ['another SAMLRequest in front', `${other}&${good}`, 'binding.parameter'],
    ['RelayState twice', `${request}&${relay}&${relay}&${algorithm}&${signature}`, 'binding.parameter'],
    ['Signature twice', `${good}&${signature}`, 'binding.parameter'],
    ['SigAlg twice', `${good}&${algorithm}`, 'binding.parameter'],
    ['SAMLRequest and SAMLResponse', `${good}&SAMLResponse=${request.slice('SAMLRequest='.length)}`, 'binding.parameter'],
    ['neither message', `${relay}&${algorithm}&${signature}`, 'binding.parameter'],
    ['SAMLart', `${good}&SAMLart=AAQ`, 'binding.parameter'],
    ['a name in another case', `${good}&samlrequest=x`, 'binding.parameter'],
    ['RelayState in another case', `${good}&relaystate=x`, 'binding.parameter'],
    ['a percent-encoded name', `${good}&SAMLReq%75est=x`, 'binding.parameter'],
    ['a name with a null byte', `${good}&SAMLRequest%00=x`, 'binding.parameter'],
    ['an array name', `${good}&SAMLRequest[]=x`, 'binding.parameter'],
    ['an encoded array name', `${good}&SigAlg%5B%5D=x`, 'binding.parameter'],
    ['RelayState in front of the message', `${relay}&${request}&${algorithm}&${signature}`, 'binding.parameter'],
    ['Signature in front of SigAlg', `${request}&${relay}&${signature}&${algorithm}`, 'binding.parameter'],
    ['a foreign parameter among the signed ones', `${request}&utm=1&${relay}&${algorithm}&${signature}`, 'binding.parameter'],
    ['RelayState behind the signature', `${request}&${algorithm}&${signature}&${relay}`, 'binding.parameter'],
    ['Signature without SigAlg', `${request}&${relay}&${signature}`, 'binding.parameter'],
    ['SigAlg without Signature', `${request}&${relay}&${algorithm}`, 'binding.parameter'],
    ['forty parameters', `${good}${'&a=1'.repeat(40)}`, 'binding.parameter'],
    ['an empty message', `SAMLRequest=&${relay}`, 'binding.encoding'],
    ['a message without value', 'SAMLRequest', 'binding.encoding'],
    ['broken percent-encoding', `${good.replace('%2B', '%2')}&x=%`, 'binding.encoding'],
    ['a space in the query', `${good} `, 'binding.encoding'],
    ['a letter that is not ASCII', `${good}&x=å`, 'binding.encoding'],
    ['a null byte', `${good}\0`, 'binding.encoding'],
  ])('refuses %s', (_name, query, code) => {
    expect(verify(good)).toBe(authnRequest());
    refusedWith(code, () => verify(query));
  });
  it('refuses a RelayState other than the signed one', () => {
    refusedWith('signature.invalid', () => verify(`${request}&RelayState=evil&${algorithm}&${signature}`));
    refusedWith('signature.invalid', () => verify(`${request}&${algorithm}&${signature}`));
  });
  it('refuses another message under the same signature', () => {
    refusedWith('signature.invalid', () => verify(`${other}&${relay}&${algorithm}&${signature}`));
  });
  it('refuses the same message in another encoding: the octets differ', () => {
    refusedWith('signature.invalid', () => verify(good.replace('RelayState=ctx%201', 'RelayState=ctx+1')));
  });
  it.each<[string, string, ErrorCode]>([
    ['RSA with SHA-1', algorithms.rsaSha1, 'signature.algorithm'],
    ['no algorithm at all', 'urn:none', 'signature.algorithm'],
    ['an algorithm for another kind of key', algorithms.ecdsaSha256, 'signature.key'],
  ])('refuses %s', (_name, uri, code) => {
    refusedWith(code, () => verify(redirectQuery(authnRequest(), { algorithm: uri })));
  });
  it('refuses the key of somebody else', () => {
    refusedWith('signature.invalid', () => verify(redirectQuery(authnRequest(), { key: testKey('stranger') })));
  });
});

describe('HTTP-Redirect: encoding and size (threats A03, A04)', () => {
  const unsigned = (deflated: Buffer): string => `SAMLRequest=${encodeURIComponent(deflated.toString('base64'))}`;
  it('stops a deflate bomb at the cap', () => {
    const bomb = deflateRawSync(Buffer.alloc(20 * 1024 * 1024, 0x41), { level: 9 });
    expect(bomb.length).toBeLessThan(24 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    refusedWith('binding.too-large', () => readRedirect(unsigned(bomb)));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
  });
  it('takes a message that just fits', () => {
    expect(readRedirect(unsigned(deflateRawSync(Buffer.alloc(64 * 1024, 0x41)))).xml).toHaveLength(64 * 1024);
    refusedWith('binding.too-large', () => readRedirect(unsigned(deflateRawSync(Buffer.alloc(64 * 1024 + 1, 0x41)))));
  });
  it('looks at the length of the query first', () => {
    refusedWith('binding.too-large', () => readRedirect(`SAMLRequest=${'!'.repeat(40_000)}`));
  });
  const deflated = deflateRawSync(authnRequest());
  it.each<[string, string]>([
    ['cut DEFLATE', unsigned(deflated.subarray(0, -5))],
    ['bytes behind DEFLATE', unsigned(Buffer.concat([deflated, Buffer.from('<evil/>')]))],
    ['plain XML', unsigned(Buffer.from(authnRequest()))],
    ['a line break in base64', `SAMLRequest=${encodeURIComponent(`${deflated.toString('base64').slice(0, 8)}\n${deflated.toString('base64').slice(8)}`)}`],
    ['base64url', `SAMLRequest=${deflated.toString('base64url')}-_`],
    ['missing padding', `SAMLRequest=${encodeURIComponent(deflateRawSync(`${authnRequest()}  `).toString('base64').replace(/=+$/, ''))}A`],
    ['spare bits in base64', 'SAMLRequest=QR%3D%3D'],
  ])('refuses %s', (_name, query) => {
    refusedWith('binding.encoding', () => readRedirect(query));
  });
  it('carries RelayState up to 1024 bytes, and no control characters', () => {
    expect(readRedirect(redirectQuery(authnRequest(), { relayState: 'å'.repeat(512) })).relayState).toBe('å'.repeat(512));
    expect(readRedirect(redirectQuery(authnRequest(), { relayState: '' })).relayState).toBe('');
    for (const relayState of ['å'.repeat(513), 'a'.repeat(1025), 'a\r\nSet-Cookie: x', 'a\0']) refusedWith('binding.relay-state', () => readRedirect(redirectQuery(authnRequest(), { relayState })));
  });
});

describe('HTTP-Redirect writing', () => {
  const signer = { algorithm: algorithms.rsaSha256, certificate: key.certificate, sign: (data: Uint8Array) => key.sign(data) };
  it('is read back, signed or not, with or without a query in the endpoint', async () => {
    const url = await writeRedirect('https://a.example/slo?x=1', { kind: 'response', xml: authnRequest(), relayState: 'å &=' }, signer);
    expect(url.startsWith('https://a.example/slo?x=1&SAMLResponse=')).toBe(true);
    const message = readRedirect(url.slice(url.indexOf('?') + 1));
    expect(message).toMatchObject({ kind: 'response', relayState: 'å &=' });
    expect(verify(url.slice(url.indexOf('?') + 1))).toBe(authnRequest());
    const plain = await writeRedirect('https://a.example/sso', { kind: 'request', xml: authnRequest() });
    expect(readRedirect(plain.split('?')[1] ?? '')).toMatchObject({ kind: 'request', relayState: null, signature: null });
  });
});
