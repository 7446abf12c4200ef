/** A request that was sent at 08:00 and an IdP that answers five seconds later, without HTTP and without a store. */
import { expect } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { isBrygganError } from '../../../src/core/errors.ts';
import type { VerifiedIdentity } from '../../../src/login/transaction.ts';
import type { Registry, SamlProvider } from '../../../src/parties/model.ts';
import { speakFor } from '../../../src/parties/upstream-trust.ts';
import type { RequestMemory, SamlUpstreamSettings } from '../../../src/upstreams/saml-sp/model.ts';
import { authenticateResponse } from '../../../src/upstreams/saml-sp/response.ts';
import { attributeByWireName, LOA3, NOW, testKey, testRegistry } from '../../fixtures/saml.ts';
import { countingRandom, signerOf } from '../../fixtures/saml-answers.ts';
import { upstreamAnswer, UPSTREAM_ID, upstreamProvider, type AnswerParts } from '../../fixtures/upstream-idp.ts';
import { nameIdFormats } from '../../../src/saml/names.ts';

export const SP_ID = 'https://login.example.se/upstream/saml/metadata';
export const ACS = 'https://login.example.se/upstream/saml/acs';
export const SLO = 'https://login.example.se/upstream/saml/slo';
export const REQUEST = '_b3a1c9de5f7708aa41d2';
export const AT = NOW + 5000;
export const ourKey = testKey('upstream sp');
export const oldDecryptionKey = testKey('upstream decryption old');
export const decryptionKey = testKey('upstream decryption');

/** Shared by all nodes of a test, as the store is. */
export const replayGuard = (): SamlUpstreamSettings['replay'] => {
  const notes = new Map<string, string>();
  return {
    claim: (scope, key, note) => {
      const name = `${scope}\n${key}`;
      const earlier = notes.get(name);
      if (earlier === undefined) notes.set(name, note);
      return Promise.resolve(earlier);
    },
  };
};
export const registryWith = (...providers: readonly SamlProvider[]): Registry => ({ ...testRegistry(), identityProviders: new Map(providers.map((provider) => [provider.id, provider])) });
export const upstreamSettings = (overrides: Partial<SamlUpstreamSettings> = {}): SamlUpstreamSettings => ({
  entityId: SP_ID, acsUrl: ACS, sloUrl: SLO, signer: signerOf(ourKey), decryptionKeys: [decryptionKey.privateKey, oldDecryptionKey.privateKey], clock: { now: () => AT }, random: countingRandom(), clockSkew: 60,
  registry: { current: () => registryWith(upstreamProvider()) }, replay: replayGuard(), attributeByWireName, speakFor: (claims, provider) => speakFor(claims, provider, 'tolerant'), ...overrides,
});
export const memoryOf = (overrides: Partial<RequestMemory> = {}): RequestMemory => ({
  provider: 'ale/idp', entityId: UPSTREAM_ID, requestId: REQUEST, sentAt: NOW, forced: false, passive: false, contexts: [LOA3], nameIdFormat: nameIdFormats.transient, ...overrides,
});
export interface Circumstances { readonly memory?: RequestMemory; readonly provider?: SamlProvider; readonly settings?: SamlUpstreamSettings }
export const answer = (parts: Partial<AnswerParts> = {}): string => upstreamAnswer({ now: AT, acs: ACS, audience: SP_ID, inResponseTo: REQUEST, ...parts });
export const take = (xml: string, { memory = memoryOf(), provider = upstreamProvider(), settings = upstreamSettings() }: Circumstances = {}): Promise<VerifiedIdentity> =>
  authenticateResponse(Buffer.from(xml), memory, provider, 'idp:ale/idp', settings);
export const codeOf = async (work: Promise<unknown>): Promise<ErrorCode | 'accepted'> => {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (isBrygganError(error)) return error.code;
    throw error;
  }
};
/** The unbroken twin is accepted under the same circumstances; the broken answer is refused with exactly this code. */
export const refused = async (code: ErrorCode, broken: Partial<AnswerParts>, circumstances: Circumstances = {}, twin: Partial<AnswerParts> = {}): Promise<void> => {
  expect(await codeOf(take(answer(twin), circumstances)), 'the unbroken twin').toBe('accepted');
  expect(await codeOf(take(answer({ ...twin, ...broken }), circumstances))).toBe(code);
};
