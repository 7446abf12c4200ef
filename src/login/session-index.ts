/**
 * What a service calls a session: SessionIndex in SAML, `sid` in OpenID Connect. Different for every service, so that services cannot
 * compare, and opened again by us alone, so that a logout without a browser finds its session with nothing kept for it.
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { ServiceId, SessionId } from '../core/ids.ts';

const NONCE = 12;
const TAG = 16;
interface Keys { readonly secret: string; readonly nonce: KeyObject; readonly seal: KeyObject }
const derive = (secret: string): Keys => {
  const part = (label: string): KeyObject => createSecretKey(createHmac('sha256', secret).update(label).digest());
  return { secret, nonce: part('session-index nonce'), seal: part('session-index seal') };
};
let known: Keys | null = null;
const keysOf = (secret: string): Keys => {
  if (known?.secret !== secret) known = derive(secret);
  return known;
};

/** 80 characters of base64url. The nonce is derived from what is sealed, so that a service sees the same index throughout a session. */
export const sessionIndexOf = (session: SessionId, service: ServiceId, secret: string): string => {
  const keys = keysOf(secret);
  const id = Buffer.from(session, 'base64url');
  const nonce = createHmac('sha256', keys.nonce).update(`${service}:`).update(id).digest().subarray(0, NONCE);
  const cipher = createCipheriv('aes-256-gcm', keys.seal, nonce);
  cipher.setAAD(Buffer.from(service));
  const body = Buffer.concat([cipher.update(id), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
};

/** The session behind an index that this service was given; undefined for everything else. */
export const openSessionIndex = (index: string, service: ServiceId, secret: string): SessionId | undefined => {
  if (!/^[A-Za-z0-9_-]{60,120}$/.test(index)) return undefined;
  const bytes = Buffer.from(index, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', keysOf(secret).seal, bytes.subarray(0, NONCE));
    decipher.setAAD(Buffer.from(service));
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('base64url') as SessionId;
  } catch {
    return undefined;
  }
};
