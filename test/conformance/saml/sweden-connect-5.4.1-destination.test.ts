import { expect, it } from 'vitest';
import { refusedWith } from '../../fixtures/refused.ts';
import { SSO_URL, testService } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

it('Destination is there and is one of our addresses', () => {
  expect(requestOf(testService(), { attributes: { Destination: SSO_URL } }).slip.service).toBe('ale/journal');
  for (const Destination of [undefined, `${SSO_URL}/`, 'https://other.example/saml/sso']) refusedWith('saml.destination', () => requestOf(testService(), { attributes: { Destination } }));
});
