import { expect, it } from 'vitest';
import { confirmationMethods } from '../../../src/saml/names.ts';
import { ACS_URL, IDP_ENTITY_ID, NOW, REQUEST_ID } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, deep, textIn } from '../../fixtures/saml-answers.ts';

it('has one bearer confirmation with Recipient, InResponseTo and NotOnOrAfter, and no NotBefore', async () => {
  const { tree } = await answerTo();
  expect(deep(tree, 'SubjectConfirmation').map((confirmation) => attributeValue(confirmation, 'Method'))).toEqual([confirmationMethods.bearer]);
  const [data] = deep(tree, 'SubjectConfirmationData');
  expect([attributeValue(data, 'Recipient'), attributeValue(data, 'InResponseTo'), attributeValue(data, 'NotBefore')]).toEqual([ACS_URL, REQUEST_ID, undefined]);
  const end = Date.parse(attributeValue(data, 'NotOnOrAfter') ?? '');
  expect(end).toBeGreaterThan(NOW);
  expect(end).toBeLessThanOrEqual(NOW + 600_000);
});
it('has Issuer on response and assertion, and an AuthnStatement with SessionIndex', async () => {
  const { tree } = await answerTo();
  expect(deep(tree, 'Issuer').map(textIn)).toEqual([IDP_ENTITY_ID, IDP_ENTITY_ID]);
  expect(attributeValue(deep(tree, 'AuthnStatement')[0], 'SessionIndex')).toBeTruthy();
});
