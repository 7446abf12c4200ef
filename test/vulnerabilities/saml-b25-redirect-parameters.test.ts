import { describe, expect, it } from 'vitest';
import { authnRequest, redirectQuery, postFields } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendForm, sendQuery } from '../fixtures/saml-endpoint.ts';

/** CVE-2025-31335 and its kind: what is verified and what is read are two different copies of a parameter. */
const good = redirectQuery(authnRequest(), { relayState: 'good' });
const [request = '', relay = '', algorithm = '', signature = ''] = good.split('&');
const evil = redirectQuery(authnRequest({ attributes: { ID: '_evil', IsPassive: 'true' } }), { key: null });

describe('B25: games with the parameters of HTTP-Redirect', () => {
  it('the untouched twin is accepted, with the signed RelayState', () => {
    const { outcome } = sendQuery(good);
    expect(outcome.ok && outcome.request.slip.faceState['relayState']).toBe('good');
  });
  it.each([
    ['the evil message in front', `${evil}&${good}`], ['the evil message behind', `${good}&${evil}`], ['the evil message between', `${request}&${evil}&${relay}&${algorithm}&${signature}`],
    ['a second RelayState in front', `RelayState=evil&${good}`], ['a second RelayState behind', `${good}&RelayState=evil`], ['RelayState moved behind the signature', `${request}&${algorithm}&${signature}&RelayState=evil`],
    ['an upper-case twin', `${good}&SAMLREQUEST=${evil.slice(12)}`], ['a percent-encoded twin', `${good}&%53AMLRequest=${evil.slice(12)}`], ['an array', `${good}&SAMLRequest[]=${evil.slice(12)}`],
    ['a response beside it', `${good}&SAMLResponse=${evil.slice(12)}`], ['a second SigAlg', `${good}&${algorithm}`], ['a second Signature', `${signature}&${good}`],
  ])('%s is refused', (_name, query) => {
    expectRefused('binding.parameter', () => sendQuery(query));
  });
  it('a RelayState that was not signed is refused', () => {
    expectRefused('signature.invalid', () => sendQuery(`${request}&RelayState=evil&${algorithm}&${signature}`));
    const [bare = '', ...rest] = redirectQuery(authnRequest()).split('&');
    expectAccepted(sendQuery([bare, ...rest].join('&')));
    expectRefused('signature.invalid', () => sendQuery([bare, 'RelayState=evil', ...rest].join('&')));
  });
  it('parameters of HTTP-Redirect in a form are refused', () => {
    const form = new URLSearchParams(postFields()).toString();
    expectAccepted(sendForm(form));
    expectRefused('binding.parameter', () => sendForm(`${form}&${algorithm}&${signature}`));
    expectRefused('binding.parameter', () => sendForm(good));
  });
});
