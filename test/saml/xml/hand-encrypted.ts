/** Encrypted assertions put together by hand, with node:crypto alone where it can: every piece can be replaced. */
import { constants, createCipheriv, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import type { OaepHash } from '../../../src/saml/xml/encryption.ts';
import { testKey } from '../../fixtures/saml.ts';

export const XENC = 'http://www.w3.org/2001/04/xmlenc#';
export const XENC11 = 'http://www.w3.org/2009/xmlenc11#';
export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const digestUris: Readonly<Record<OaepHash, string>> = { sha1: `${DS}sha1`, sha256: `${XENC}sha256`, sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384', sha512: `${XENC}sha512` };
export const PLAIN = '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a"><saml:Issuer>urn:issuer</saml:Issuer></saml:Assertion>';
export const receiver = testKey('receiver');

export interface EncryptedParts {
  readonly plain?: string | Uint8Array;
  readonly bits?: 128 | 192 | 256;
  readonly mode?: 'gcm' | 'cbc';
  /** Digest and mask are alike, as node:crypto does OAEP. */
  readonly hash?: OaepHash;
  readonly to?: KeyObject;
  readonly wrap?: (contentKey: Buffer) => Buffer;
  readonly sealed?: (sealed: Buffer) => Buffer;
  readonly contentKey?: Buffer;
  /** Canonical XML in place of the right one. */
  readonly cipherMethod?: string;
  readonly keyMethod?: string;
  readonly keyInfo?: (encryptedKey: string) => string;
  readonly beside?: (encryptedKey: string) => string;
  readonly more?: string;
  readonly type?: string;
  readonly cipherData?: (value: string) => string;
  readonly moreOfKey?: string;
}
const seal = (plain: Uint8Array, name: string, key: Buffer, isGcm: boolean): Buffer => {
  const iv = randomBytes(isGcm ? 12 : 16);
  const engine = createCipheriv(name as 'aes-128-gcm', key, iv);
  const body = Buffer.concat([iv, engine.update(plain), engine.final()]);
  return isGcm ? Buffer.concat([body, engine.getAuthTag()]) : body;
};
export const value = (bytes: Uint8Array): string => `<xenc:CipherData><xenc:CipherValue>${Buffer.from(bytes).toString('base64')}</xenc:CipherValue></xenc:CipherData>`;
export const method = (uri: string, inside = ''): string => `<xenc:EncryptionMethod Algorithm="${uri}">${inside}</xenc:EncryptionMethod>`;
export const digestMethod = (hash: OaepHash): string => `<ds:DigestMethod xmlns:ds="${DS}" Algorithm="${digestUris[hash]}"></ds:DigestMethod>`;
export const maskMethod = (hash: OaepHash): string => `<xenc11:MGF xmlns:xenc11="${XENC11}" Algorithm="${XENC11}mgf1${hash}"></xenc11:MGF>`;
/** What names the parameters: the old name when the mask is SHA-1, else the new one. */
export const transport = (digest: OaepHash, mask: OaepHash): string =>
  mask === 'sha1' ? method(`${XENC}rsa-oaep-mgf1p`, digestMethod(digest)) : method(`${XENC11}rsa-oaep`, digestMethod(digest) + maskMethod(mask));

/** A good EncryptedAssertion in canonical form, unless told otherwise. */
export const encrypted = (parts: EncryptedParts = {}): string => {
  const { bits = 256, mode = 'gcm', hash = 'sha1', to = receiver.publicKey, contentKey = randomBytes(bits / 8), plain = PLAIN, sealed = (bytes: Buffer): Buffer => bytes } = parts;
  const wrap = parts.wrap ?? ((key: Buffer): Buffer => publicEncrypt({ key: to, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, key));
  const bytes = sealed(seal(Buffer.from(plain), `aes-${bits}-${mode}`, contentKey.length === bits / 8 ? contentKey : randomBytes(bits / 8), mode === 'gcm'));
  const encryptedKey = `<xenc:EncryptedKey>${parts.keyMethod ?? transport(hash, hash)}${value(wrap(contentKey))}${parts.moreOfKey ?? ''}</xenc:EncryptedKey>`;
  const keyInfo = (parts.keyInfo ?? ((key: string) => `<ds:KeyInfo xmlns:ds="${DS}">${key}</ds:KeyInfo>`))(encryptedKey);
  const data = (parts.cipherData ?? String)(value(bytes));
  return `<saml:EncryptedAssertion xmlns:saml="${SAML}"><xenc:EncryptedData xmlns:xenc="${XENC}" Type="${parts.type ?? `${XENC}Element`}">${parts.cipherMethod ?? method(`${mode === 'gcm' ? XENC11 : XENC}aes${bits}-${mode}`)}${keyInfo}${data}${parts.more ?? ''}</xenc:EncryptedData>${(parts.beside ?? (() => ''))(encryptedKey)}</saml:EncryptedAssertion>`;
};
