/** Algorithms of XML encryption [SC-DP §8, XMLEnc]: block ciphers, and RSA-OAEP as the only way to carry a key (threats C02). */
import { constants, createHash, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto';
import type { Random } from '../../core/ports.ts';

export const XENC = 'http://www.w3.org/2001/04/xmlenc#';
export const XENC11 = 'http://www.w3.org/2009/xmlenc11#';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';

export interface BlockCipher { readonly name: string; readonly keyBytes: number; readonly ivBytes: number; readonly tagBytes: number }
export const BLOCK_BYTES = 16;
const sizes = [128, 192, 256] as const;
export const blockCiphers: ReadonlyMap<string, BlockCipher> = new Map(sizes.flatMap((bits) => [
  [`${XENC11}aes${bits}-gcm`, { name: `aes-${bits}-gcm`, keyBytes: bits / 8, ivBytes: 12, tagBytes: 16 }],
  [`${XENC}aes${bits}-cbc`, { name: `aes-${bits}-cbc`, keyBytes: bits / 8, ivBytes: BLOCK_BYTES, tagBytes: 0 }],
]));
/** With tag: GCM, which notices a change by itself. */
export const isAuthenticated = ({ tagBytes }: BlockCipher): boolean => tagBytes > 0;

export type OaepHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';
/** SHA-1 stays here: OAEP does not rest on collisions, and Sweden Connect makes it mandatory. */
export const oaepDigests: ReadonlyMap<string, OaepHash> = new Map([[`${DS}sha1`, 'sha1'], [`${XENC}sha256`, 'sha256'], [`${MORE}sha384`, 'sha384'], [`${XENC}sha512`, 'sha512']]);
export const maskFunctions: ReadonlyMap<string, OaepHash> = new Map((['sha1', 'sha256', 'sha384', 'sha512'] as const).map((hash) => [`${XENC11}mgf1${hash}`, hash]));
export const OAEP = `${XENC}rsa-oaep-mgf1p`;
export const OAEP11 = `${XENC11}rsa-oaep`;
/** Digest of the label, and of the mask. Node's own OAEP knows only pairs that are equal; XML encryption's default is any digest with MGF1-SHA1 [XMLEnc11 §5.5.2]. */
export interface OaepParameters { readonly digest: OaepHash; readonly mask: OaepHash }

const mgf1 = (seed: Uint8Array, length: number, hash: OaepHash): Buffer => {
  const blocks: Buffer[] = [];
  for (let made = 0, counter = 0; made < length; counter += 1) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(number).digest();
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length); // [RFC 8017 §B.2.1]
};
const xor = (a: Uint8Array, b: Uint8Array): Buffer => Buffer.from(a.map((octet, at) => octet ^ (b[at] ?? 0)));
const emptyLabel = (hash: OaepHash): Buffer => createHash(hash).digest();

/** [RFC 8017 §7.1.1] */
const encode = (message: Uint8Array, length: number, { digest, mask }: OaepParameters, random: Random): Buffer => {
  const label = emptyLabel(digest);
  const data = Buffer.concat([label, Buffer.alloc(length - message.length - 2 * label.length - 2), Buffer.from([1]), message]);
  const seed = random.bytes(label.length);
  const maskedData = xor(data, mgf1(seed, data.length, mask));
  return Buffer.concat([Buffer.from([0]), xor(seed, mgf1(maskedData, seed.length, mask)), maskedData]);
};
/** 1 when equal, else 0, by arithmetic alone. */
const same = (a: number, b: number): number => ((a ^ b) - 1) >>> 31;
/** [RFC 8017 §7.1.2] Every octet is looked at alike whatever is wrong with it, so that time tells nothing (threats C01); null for every failure. */
const decode = (encoded: Buffer, { digest, mask }: OaepParameters): Buffer | null => {
  const label = emptyLabel(digest);
  const maskedData = encoded.subarray(1 + label.length);
  const seed = xor(encoded.subarray(1, 1 + label.length), mgf1(maskedData, label.length, mask));
  const data = xor(maskedData, mgf1(seed, maskedData.length, mask));
  let good = same(encoded[0] ?? 1, 0);
  for (let at = 0; at < label.length; at += 1) good &= same(data[at] ?? 0, label[at] ?? 1);
  let looking = 1;
  let begin = 0;
  for (let at = label.length; at < data.length; at += 1) {
    const octet = data[at] ?? 0;
    const isOne = same(octet, 1);
    begin += looking * isOne * (at + 1);
    good &= 1 - looking * (1 - isOne) * (1 - same(octet, 0));
    looking *= 1 - isOne;
  }
  return (good & (1 - looking)) === 1 ? data.subarray(begin) : null;
};

const bytesOf = (key: KeyObject): number => Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
/** The content key, readable by the owner of `key` only. `key` is RSA of at least 2048 bits. */
export const wrapKey = (key: KeyObject, contentKey: Uint8Array, parameters: OaepParameters, random: Random): Buffer =>
  parameters.digest === parameters.mask
    ? publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: parameters.digest }, contentKey)
    : publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encode(contentKey, bytesOf(key), parameters, random));
/** As `unwrapKey`, for any pair of digest and mask. */
export const unwrapByHand = (key: KeyObject, wrapped: Uint8Array, parameters: OaepParameters): Buffer | null => {
  try {
    return decode(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped), parameters);
  } catch {
    return null;
  }
};
/** The content key; null for every reason why there is none. */
export const unwrapKey = (key: KeyObject, wrapped: Uint8Array, parameters: OaepParameters): Buffer | null => {
  if (parameters.digest !== parameters.mask) return unwrapByHand(key, wrapped, parameters);
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: parameters.digest }, wrapped);
  } catch {
    return null;
  }
};
