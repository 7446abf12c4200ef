import { describe, expect, it } from 'vitest';
import type { Arrival } from '../../src/login/ports.ts';
import { BrygganError } from '../../src/core/errors.ts';
import { authnRequest, signXml, SSO_URL } from '../fixtures/saml.ts';
import { expectAccepted, sendXml } from '../fixtures/saml-endpoint.ts';

/**
 * Signature wrapping (Somorovsky et al., "On Breaking SAML", 2012): the signed request is kept somewhere, and another one is
 * put where a reader looks. The evil request asks for IsPassive, so reading it would show.
 */
const signed = signXml(authnRequest());
const signature = /<ds:Signature[^]*<\/ds:Signature>/.exec(signed)?.[0] ?? '';
const evil = (children = '', id = '_evil') => authnRequest({ attributes: { ID: id, IsPassive: 'true', Destination: SSO_URL }, children });
const evilSigned = (inside: string, id = '_evil', rest = '') => evil(rest, id).replace('</saml:Issuer>', `</saml:Issuer>${inside}`);
const withoutSignature = signed.replace(signature, '');
const object = (inside: string) => signature.replace('</ds:Signature>', `<ds:Object>${inside}</ds:Object></ds:Signature>`);

const outcomeOf = (send: () => Arrival): string => {
  try {
    const { outcome } = send();
    return outcome.ok ? `accepted, passive ${outcome.request.noInteraction}` : outcome.error.code;
  } catch (error) {
    return error instanceof BrygganError ? 'refused' : `broke: ${String(error)}`;
  }
};

describe('XSW on AuthnRequest by HTTP-POST', () => {
  it('the untouched twin is accepted', () => {
    expectAccepted(sendXml(signed));
    expect(outcomeOf(() => sendXml(signed))).toBe('accepted, passive false');
  });
  it.each([
    ['XSW1: original inside the signature of the evil one', evilSigned(object(withoutSignature))],
    ['XSW2: original behind a detached signature', evilSigned(signature, '_evil', withoutSignature)],
    ['XSW3: evil in front, original as a child', evilSigned('', '_evil', signed)],
    ['XSW4: original around the evil one', signed.replace('</samlp:AuthnRequest>', `${evil()}</samlp:AuthnRequest>`)],
    ['XSW5: same ID on evil and original', evilSigned(signature, /ID="([^"]+)"/.exec(signed)?.[1] ?? '', withoutSignature)],
    ['XSW7: original in Extensions', evilSigned(signature, '_evil', `<samlp:Extensions>${withoutSignature}</samlp:Extensions>`)],
    ['XSW8: original in ds:Object, evil with the same ID', evilSigned(object(withoutSignature), /ID="([^"]+)"/.exec(signed)?.[1] ?? '')],
    ['a signed original in a foreign extension', evilSigned(signature, '_evil', `<samlp:Extensions><x xmlns="urn:x">${withoutSignature}</x></samlp:Extensions>`)],
    ['a second Signature', signed.replace(signature, signature + signature)],
    ['a Signature in Extensions only', evil(`<samlp:Extensions><x xmlns="urn:x">${signature}</x></samlp:Extensions>`)],
    ['a reference to nothing', signed.replace(/URI="#[^"]*"/, 'URI=""')],
    ['a reference elsewhere', signed.replace(/URI="#[^"]*"/, 'URI="#_other"')],
    ['one attribute added', signed.replace(' Version="2.0"', ' Version="2.0" IsPassive="true"')],
    ['one attribute taken away', signed.replace(/ ProtocolBinding="[^"]*"/, '')],
    ['one child added', signed.replace('</samlp:AuthnRequest>', '<samlp:Scoping/></samlp:AuthnRequest>')],
    ['another text', signed.replace('loa3<', 'loa2<')],
  ])('%s is refused', (_name, xml) => {
    expect(xml).not.toBe(signed);
    expect(outcomeOf(() => sendXml(xml))).toBe('refused');
  });
});
