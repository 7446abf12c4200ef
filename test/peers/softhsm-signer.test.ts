/** Keys in a token, by SoftHSM: made elsewhere, brought in, and never seen again; what the token signs is verified like anything else. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element, readXml, tokenSignerFor, verifyEnveloped, writeSigned, type Signer, type TokenKey } from '../../src/saml/xml/index.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { NOW, testKey, type TestKey } from '../fixtures/saml.ts';
import { makeSoftHsm, MODULE, PIN } from './softhsm.ts';

const hsm = makeSoftHsm();
const rsa = testKey('in the token');
const ec256 = testKey('in the token', 'ec');
const ec384 = testKey('in the token', 'ec-p384');
const ec521 = testKey('in the token', 'ec-p521');
beforeAll(() => {
  process.env['SOFTHSM2_CONF'] = hsm.configuration;
  for (const token of ['signing', 'twin', 'twin', 'locking']) hsm.makeToken(token);
  for (const [label, key] of [['rsa', rsa], ['p256', ec256], ['p384', ec384], ['p521', ec521], ['double', rsa], ['double', ec256]] as const) hsm.bring('signing', label, key.pem);
  hsm.bring('locking', 'rsa', rsa.pem);
});
afterAll(() => hsm.remove());

const tokenKey = (label: string, { certificate }: TestKey, overrides: Partial<TokenKey> = {}): TokenKey => ({ module: MODULE, token: 'signing', label, pin: PIN, certificate, ...overrides });
const verified = async (signer: Signer, key: TestKey, id = '_a'): Promise<string> => {
  const text = await writeSigned(element('saml:Assertion', { ID: id }, [element('saml:Issuer', {}, ['urn:issuer'])]), signer);
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, [key.publicKey], { document, now: NOW }).algorithm;
};
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';

describe('a key in a token', () => {
  it.each([
    ['rsa', rsa, {}, `${MORE}rsa-sha256`], ['rsa', rsa, { pss: true }, 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'],
    ['p256', ec256, {}, `${MORE}ecdsa-sha256`], ['p384', ec384, {}, `${MORE}ecdsa-sha384`], ['p521', ec521, {}, `${MORE}ecdsa-sha512`],
  ] as const)('%s signs', async (label, key, options, algorithm) => {
    expect(await verified(await tokenSignerFor(tokenKey(label, key), options), key)).toBe(algorithm);
  });
  it('signs many things at once, each its own', async () => {
    const signer = await tokenSignerFor(tokenKey('rsa', rsa));
    const algorithms = await Promise.all(Array.from({ length: 40 }, (_none, at) => verified(signer, rsa, `_${at}`)));
    expect(new Set(algorithms)).toEqual(new Set([`${MORE}rsa-sha256`]));
  });
  it('two keys of one token serve side by side', async () => {
    const [one, two] = await Promise.all([tokenSignerFor(tokenKey('rsa', rsa)), tokenSignerFor(tokenKey('p256', ec256))]);
    expect(await Promise.all([verified(one, rsa), verified(two, ec256)])).toHaveLength(2);
  });
  it('goes on when its sessions are gone', async () => {
    const signer = await tokenSignerFor(tokenKey('rsa', rsa));
    await Promise.all(['_1', '_2', '_3', '_4'].map((id) => verified(signer, rsa, id)));
    const { PKCS11 } = createRequire(import.meta.url)('pkcs11js') as typeof import('pkcs11js');
    const api = new PKCS11();
    api.load(MODULE);
    for (const slot of api.C_GetSlotList(true)) api.C_CloseAllSessions(slot);
    expect(await verified(signer, rsa)).toBe(`${MORE}rsa-sha256`);
  });
});

describe('found when it starts, not at the first login', () => {
  it.each<[string, () => TokenKey]>([
    ['a certificate of another key', () => tokenKey('rsa', testKey('stranger'))],
    ['a certificate of another kind of key', () => tokenKey('rsa', ec256)],
    ['a key that is not there', () => tokenKey('nobody', rsa)],
    ['a label that two keys have', () => tokenKey('double', rsa)],
    ['a token that is not there', () => tokenKey('rsa', rsa, { token: 'nobody' })],
    ['a label that two tokens have', () => tokenKey('rsa', rsa, { token: 'twin' })],
    ['a library that is none', () => tokenKey('rsa', rsa, { module: '/usr/lib/softhsm/nobody.so' })],
    ['a key that is too small', () => tokenKey('rsa', testKey('small', 'rsa-1024'))],
  ])('%s', async (_name, key) => {
    expect(await verified(await tokenSignerFor(tokenKey('rsa', rsa)), rsa)).toBe(`${MORE}rsa-sha256`);
    await rejectedWith('key.invalid', tokenSignerFor(key()));
  });
  it('a wrong PIN, which stands in no error', async () => {
    const error = await rejectedWith('key.invalid', tokenSignerFor(tokenKey('rsa', rsa, { token: 'locking', pin: '9999-wrong' })));
    expect(JSON.stringify([error.message, error.detail, error.facts])).not.toContain('9999-wrong');
  });
});
