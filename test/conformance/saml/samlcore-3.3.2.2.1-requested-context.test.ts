import { expect, it } from 'vitest';
import { refusedWith } from '../../fixtures/refused.ts';
import { LOA2, LOA3, testService } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

const asking = (uris: readonly string[], attributes = '') => requestOf(testService(), { children: `<samlp:RequestedAuthnContext${attributes}>${uris.map((uri) => `<saml:AuthnContextClassRef>${uri}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>` }).assurance;
it('without Comparison it is exact', () => {
  expect(asking([LOA2])).toEqual({ comparison: 'exact', uris: [LOA2] });
});
it('several references are alternatives in the order of preference', () => {
  expect(asking([LOA3, LOA2])?.uris).toEqual([LOA3, LOA2]);
});
it('what cannot be met is NoAuthnContext, never another level', () => {
  refusedWith('saml.authn-context', () => asking(['urn:oasis:names:tc:SAML:2.0:ac:classes:Password']));
  refusedWith('saml.authn-context', () => asking([LOA3], ' Comparison="better"'));
});
