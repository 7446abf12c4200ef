/** The request to an IdP: as strict as what came, in the form that this IdP can read, or not at all. */
import { describe, expect, it } from 'vitest';
import type { UpstreamWish } from '../../../src/login/ports.ts';
import { isSigned, readXml, verifyEnveloped } from '../../../src/saml/xml/index.ts';
import { readAuthnRequest } from '../../../src/saml/messages/authn-request.ts';
import { readRedirect, verifyRedirect } from '../../../src/saml/bindings/redirect.ts';
import { startRequest } from '../../../src/upstreams/saml-sp/request.ts';
import { EMPLOYEE_HSA_ID, LOA2, LOA3, NOW } from '../../fixtures/saml.ts';
import { UPSTREAM_ID, UPSTREAM_SSO, upstreamProvider, upstreamWire } from '../../fixtures/upstream-idp.ts';
import { AT, codeOf, ourKey, upstreamSettings } from './stage.ts';

const wish = (overrides: Partial<UpstreamWish> = {}): UpstreamWish => ({
  handle: 'handle', assurance: null, levels: ['loa2', 'loa3'], freshLoginRequired: false, noInteraction: false, requesters: ['https://asker.example/sp'], proxyCount: null, providers: [], principalSelection: [], locale: null, ...overrides,
});
const start = (overrides: Partial<UpstreamWish> = {}, provider = upstreamProvider()) => startRequest(wish(overrides), provider, upstreamSettings());
const sent = async (overrides: Partial<UpstreamWish> = {}, provider = upstreamProvider()) => {
  const { answer, memory } = await start(overrides, provider);
  if (answer.kind !== 'redirect') throw new Error('not by Redirect');
  const bound = readRedirect(new URL(answer.to).search.slice(1));
  if (bound.signature === null) throw new Error('not signed');
  verifyRedirect(bound.signature, [ourKey.publicKey], AT);
  return { request: readAuthnRequest(readXml(bound.xml, 'message')), memory, relayState: bound.relayState };
};

describe('by Redirect', () => {
  it('is signed beside the message, and remembered by id, time, IdP and levels', async () => {
    const { request, memory, relayState } = await sent();
    expect(relayState).toBe('handle');
    expect(memory).toMatchObject({ requestId: request.id, sentAt: AT, entityId: UPSTREAM_ID, contexts: [LOA2, LOA3], forced: false });
    expect(request).toMatchObject({ destination: UPSTREAM_SSO, isPassive: false, forceAuthn: false });
  });
  it('asks for the levels that may answer and that the IdP reaches, no others', async () => {
    expect((await sent({ levels: ['loa3'] })).request.requestedAuthnContext?.classRefs).toEqual([LOA3]);
    const low = upstreamProvider({ trust: { ...upstreamProvider().trust, highestLevel: 'loa2' } });
    expect((await sent({}, low)).request.requestedAuthnContext?.classRefs).toEqual([LOA2]);
    expect(await codeOf(start({ levels: ['loa3'] }, low))).toBe('upstream.authn-context');
  });
  it('passes on ForceAuthn, IsPassive and PrincipalSelection', async () => {
    const { request } = await sent({ freshLoginRequired: true, noInteraction: true, principalSelection: [{ name: EMPLOYEE_HSA_ID, value: 'SE2120001439-A1B2' }] });
    expect(request).toMatchObject({ forceAuthn: true, isPassive: true, principalSelection: [{ name: EMPLOYEE_HSA_ID, value: 'SE2120001439-A1B2' }] });
  });
  it('leaves out what this IdP breaks on, and then demands nothing that it did not ask for', async () => {
    const { request, memory } = await sent({}, upstreamProvider({ wire: upstreamWire({ leaveOut: ['scoping', 'authn-context', 'name-id-policy'] }) }));
    expect([request.scoping, request.requestedAuthnContext, request.nameIdPolicy]).toEqual([null, null, null]);
    expect([memory.contexts, memory.nameIdFormat]).toEqual([[], null]);
  });
});
it('by POST it is signed inside', async () => {
  const { answer } = await start({}, upstreamProvider({ wire: upstreamWire({ singleSignOnServices: [{ url: UPSTREAM_SSO, binding: 'post' }] }) }));
  if (answer.kind !== 'post-form') throw new Error('not by POST');
  const root = readXml(Buffer.from(answer.fields['SAMLRequest'] ?? '', 'base64'), 'message');
  expect([answer.action, answer.fields['RelayState'], isSigned(root)]).toEqual([UPSTREAM_SSO, 'handle', true]);
  expect(readAuthnRequest(verifyEnveloped(root, [ourKey.publicKey], { document: root, now: AT }).element).destination).toBe(UPSTREAM_SSO);
});

describe('is not sent', () => {
  it.each([
    ['to an IdP whose metadata has ended', 'upstream.unavailable', {}, upstreamProvider({ wire: upstreamWire({ validUntil: NOW }) })],
    ['to an IdP without an address for browsers', 'upstream.unavailable', {}, upstreamProvider({ wire: upstreamWire({ singleSignOnServices: [] }) })],
    ['when nobody may stand between', 'upstream.proxy-count', { proxyCount: -1 }, upstreamProvider()],
    ['to an IdP that IDPList does not name', 'upstream.provider-list', { providers: ['https://other.example/idp'] }, upstreamProvider()],
  ] as const)('%s → %s', async (_what, code, overrides, provider) => {
    expect(await codeOf(start())).toBe('accepted');
    expect(await codeOf(start(overrides, provider))).toBe(code);
  });
});
