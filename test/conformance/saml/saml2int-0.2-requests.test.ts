import { expect, it } from 'vitest';
import { refusedWith } from '../../fixtures/refused.ts';
import { ACS_URL, testService } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

it('rule 3: the address is compared as a string, case included', () => {
  expect(requestOf().slip.returnAddress.url).toBe(ACS_URL);
  refusedWith('saml.return-address', () => requestOf(testService(), { attributes: { AssertionConsumerServiceURL: ACS_URL.replace('acs', 'Acs') } }));
});
it('rule 4: no Subject; Scoping may be missing', () => {
  expect(requestOf(testService(), { children: '' }).assurance).toBeNull();
  refusedWith('saml.subject', () => requestOf(testService(), { children: '<saml:Subject><saml:NameID>x</saml:NameID></saml:Subject>' }));
});
