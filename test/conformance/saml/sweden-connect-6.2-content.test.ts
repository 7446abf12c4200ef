import { expect, it } from 'vitest';
import { iso, LOA3 } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, AUTHENTICATED_AT, deep, textIn } from '../../fixtures/saml-answers.ts';

it('AuthnInstant is when the person authenticated, not when we answer', async () => {
  expect(attributeValue(deep((await answerTo()).tree, 'AuthnStatement')[0], 'AuthnInstant')).toBe(iso(AUTHENTICATED_AT));
});
it('one AuthnStatement, one AttributeStatement, one AuthnContextClassRef', async () => {
  const { tree } = await answerTo();
  expect([deep(tree, 'AuthnStatement').length, deep(tree, 'AttributeStatement').length]).toEqual([1, 1]);
  expect(deep(tree, 'AuthnContextClassRef').map(textIn)).toEqual([LOA3]);
});
it('several values of an attribute stand in one Attribute', async () => {
  const { tree } = await answerTo({ attributes: { commissionPurpose: ['a', 'b', 'c'] } });
  expect(deep(tree, 'Attribute')).toHaveLength(1);
  expect(deep(tree, 'AttributeValue').map(textIn)).toEqual(['a', 'b', 'c']);
});
