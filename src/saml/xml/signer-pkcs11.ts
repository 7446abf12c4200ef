/**
 * A signer whose key stays in a token (HSM, smart card, SoftHSM): the hash is made here, the token signs it [PKCS11 §5.13]. The library
 * `pkcs11js` is optional and loaded when a key of this kind is configured. Owns sessions and their renewal; not where the PIN comes from.
 */
import { createHash, verify, X509Certificate, type KeyObject } from 'node:crypto';
import type { Handle, Mechanism, PKCS11, RsaPSS } from 'pkcs11js';
import { fail } from '../../core/errors.ts';
import { keyFits, keyInput, signatureUri, factsOf, type SignatureAlgorithm } from './algorithms.ts';
import { algorithmFor, type Signer, type SignerOptions } from './signer.ts';

/** `certificate`: DER in base64 of the key's certificate. `module`: path of the token's library. */
export interface TokenKey { readonly module: string; readonly token: string; readonly label: string; readonly pin: string; readonly certificate: string }
type Library = typeof import('pkcs11js');

/** Return values that say: somebody in this process has done it already [PKCS11 §5.4, §5.6]. */
const ALREADY_INITIALISED = 0x191;
const ALREADY_LOGGED_IN = 0x100;
/** CKR_PIN_INCORRECT … CKR_PIN_LOCKED. */
const isPinFault = (code: number): boolean => code >= 0xa0 && code <= 0xa4;
const codeOf = (error: unknown): number => (error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 0);
/** What the token said, by its own name of it; never the PIN. */
const shown = (error: unknown): { readonly token: string } => ({ token: `0x${codeOf(error).toString(16)}` });

const loadLibrary = async (): Promise<Library> => {
  try {
    return (await import('pkcs11js')).default;
  } catch (error) {
    return fail('key.invalid', 'the optional package pkcs11js is not installed', {}, error);
  }
};
const initialise = (library: Library, module: string): PKCS11 => {
  const api = new library.PKCS11();
  try {
    api.load(module);
    api.C_Initialize({ flags: library.CKF_OS_LOCKING_OK });
  } catch (error) {
    if (codeOf(error) !== ALREADY_INITIALISED) return fail('key.invalid', `the token's library ${module} cannot be used`, shown(error), error);
  }
  return api;
};

/** DigestInfo of SHA-256 without the hash [RFC 8017 §9.2]. */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const mechanismOf = (library: Library, { family }: SignatureAlgorithm): Mechanism => {
  if (family === 'ec') return { mechanism: library.CKM_ECDSA };
  if (family === 'rsa') return { mechanism: library.CKM_RSA_PKCS };
  const parameter: RsaPSS = { type: library.CK_PARAMS_RSA_PSS, hashAlg: library.CKM_SHA256, mgf: library.CKG_MGF1_SHA256, saltLen: 32 };
  return { mechanism: library.CKM_RSA_PKCS_PSS, parameter };
};

class Token {
  private readonly library: Library;
  private readonly api: PKCS11;
  private readonly key: TokenKey;
  /** Tokens lock themselves after a few wrong PINs: one refusal, and we ask no more until we are started again. */
  private pinRefused = false;
  constructor(library: Library, key: TokenKey) {
    this.library = library;
    this.api = initialise(library, key.module);
    this.key = key;
  }

  /** A session in which the key can be used. */
  open(): { readonly session: Handle; readonly handle: Handle } {
    const { api, library } = this;
    const session = api.C_OpenSession(this.slot(), library.CKF_SERIAL_SESSION);
    try {
      this.logIn(session);
      return { session, handle: this.find(session) };
    } catch (error) {
      this.close(session);
      throw error;
    }
  }

  close(session: Handle): void {
    try {
      this.api.C_CloseSession(session);
    } catch {
      // It was closed already, or the token is gone: then there is nothing to close.
    }
  }

  /** `signatureBytes`: an EC signature comes as r and s side by side, which is what XML wants [XMLDSig11 §6.4.3]. */
  sign({ session, handle }: { readonly session: Handle; readonly handle: Handle }, row: SignatureAlgorithm, data: Uint8Array, signatureBytes: number): Promise<Buffer> {
    const hash = createHash(row.hash).update(data).digest();
    this.api.C_SignInit(session, mechanismOf(this.library, row), handle);
    return this.api.C_SignAsync(session, row.family === 'rsa' ? Buffer.concat([SHA256_INFO, hash]) : hash, Buffer.alloc(signatureBytes));
  }

  private slot(): Handle {
    const found = this.api.C_GetSlotList(true).filter((slot) => this.api.C_GetTokenInfo(slot).label.trimEnd() === this.key.token);
    const [slot, more] = found;
    return slot === undefined || more !== undefined ? fail('key.invalid', `not exactly one token is called ${this.key.token}`) : slot;
  }

  private logIn(session: Handle): void {
    if (this.pinRefused) fail('key.unavailable', 'the token refused the PIN; it is not asked again');
    try {
      this.api.C_Login(session, this.library.CKU_USER, this.key.pin);
    } catch (error) {
      if (codeOf(error) === ALREADY_LOGGED_IN) return;
      this.pinRefused = isPinFault(codeOf(error));
      fail('key.invalid', this.pinRefused ? `the token ${this.key.token} refuses the PIN` : `no login to the token ${this.key.token}`, shown(error));
    }
  }

  private find(session: Handle): Handle {
    const { api, library } = this;
    api.C_FindObjectsInit(session, [{ type: library.CKA_CLASS, value: library.CKO_PRIVATE_KEY }, { type: library.CKA_LABEL, value: this.key.label }]);
    const [handle, more] = api.C_FindObjects(session, 2);
    api.C_FindObjectsFinal(session);
    return handle === undefined || more !== undefined ? fail('key.invalid', `not exactly one private key is called ${this.key.label}`) : handle;
  }
}

/** One session signs one thing at a time; several lanes sign side by side, as many as the runtime has threads for it. */
const LANES = 4;
class Lane {
  private readonly token: Token;
  private readonly row: SignatureAlgorithm;
  private readonly signatureBytes: number;
  private opened: ReturnType<Token['open']> | null = null;
  private last: Promise<unknown> = Promise.resolve();
  constructor(token: Token, row: SignatureAlgorithm, signatureBytes: number) {
    this.token = token;
    this.row = row;
    this.signatureBytes = signatureBytes;
  }

  sign(data: Uint8Array): Promise<Buffer> {
    const signature = this.last.then(() => this.attempt(data).catch(() => this.attempt(data)));
    this.last = signature.catch(() => undefined);
    return signature;
  }

  /** A session that failed is not used again: tokens restart, and sessions with them. */
  private async attempt(data: Uint8Array): Promise<Buffer> {
    try {
      this.opened ??= this.token.open();
      return await this.token.sign(this.opened, this.row, data, this.signatureBytes);
    } catch (error) {
      if (this.opened !== null) this.token.close(this.opened.session);
      this.opened = null;
      throw error;
    }
  }
}

const proves = (publicKey: KeyObject, row: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean => verify(row.hash, data, keyInput(publicKey, row), signature);

/**
 * The key is found, and proven to be the certificate's by a signature, before this returns. Errors: `key.invalid`; of the signer
 * `key.unavailable`.
 */
export const tokenSignerFor = async (key: TokenKey, options: SignerOptions = {}): Promise<Signer> => {
  const { publicKey } = new X509Certificate(Buffer.from(key.certificate, 'base64'));
  const row = algorithmFor(publicKey, options);
  if (!keyFits(publicKey, row)) return fail('key.invalid', 'not an RSA key of at least 2048 bits or EC key on P-256, P-384, P-521');
  const token = new Token(await loadLibrary(), key);
  const { signatureBytes } = factsOf(publicKey);
  const probe = Buffer.from('which key is this?');
  const { session, handle } = token.open();
  try {
    const signature = await token.sign({ session, handle }, row, probe, signatureBytes).catch((error: unknown) => fail('key.invalid', `the key ${key.label} does not sign`, shown(error), error));
    if (!proves(publicKey, row, probe, signature)) return fail('key.invalid', `the key ${key.label} does not belong to the certificate`);
  } finally {
    token.close(session);
  }
  const lanes = Array.from({ length: LANES }, () => new Lane(token, row, signatureBytes));
  let turn = 0;
  const sign = (data: Uint8Array): Promise<Buffer> => {
    turn = (turn + 1) % LANES;
    const lane = lanes[turn] ?? fail('internal', 'no lane');
    return lane.sign(data).catch((error: unknown) => fail('key.unavailable', `the token ${key.token} does not sign`, shown(error), error));
  };
  return { algorithm: signatureUri(row), certificate: key.certificate, sign };
};
