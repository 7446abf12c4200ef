import { expect, it } from 'vitest';
import { ENTITY_ID } from '../../fixtures/saml.ts';
import { answerTo, deep, textIn } from '../../fixtures/saml-answers.ts';

it('one AudienceRestriction with one Audience: the service that asked', async () => {
  const { tree } = await answerTo();
  expect(deep(tree, 'AudienceRestriction')).toHaveLength(1);
  expect(deep(tree, 'Audience').map(textIn)).toEqual([ENTITY_ID]);
});
