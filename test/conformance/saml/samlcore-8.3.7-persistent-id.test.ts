import { expect, it } from 'vitest';
import { nameIdFormats } from '../../../src/saml/names.ts';
import { ENTITY_ID, IDP_ENTITY_ID } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, deep, textIn } from '../../fixtures/saml-answers.ts';

it('is opaque, at most 256 characters, qualified by both sides, and the same next time', async () => {
  const ask = async () => deep((await answerTo({ parts: { children: `<samlp:NameIDPolicy Format="${nameIdFormats.persistent}"/>` } })).tree, 'NameID')[0];
  const nameId = await ask();
  expect(textIn(nameId)).toMatch(/^_[0-9a-f]{64}$/);
  expect([attributeValue(nameId, 'NameQualifier'), attributeValue(nameId, 'SPNameQualifier')]).toEqual([IDP_ENTITY_ID, ENTITY_ID]);
  expect(textIn(await ask())).toBe(textIn(nameId));
});
