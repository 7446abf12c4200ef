import { expect, it } from 'vitest';
import { nameIdFormats } from '../../../src/saml/names.ts';
import { testFederation, testService } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, deep } from '../../fixtures/saml-answers.ts';

it('persistent when the service is silent, transient when it asks for it', async () => {
  const service = testService({ federation: testFederation({ defaultNameId: 'persistent' }) });
  const format = async (children: string) => attributeValue(deep((await answerTo({ service, parts: { children } })).tree, 'NameID')[0], 'Format');
  expect(await format('')).toBe(nameIdFormats.persistent);
  expect(await format(`<samlp:NameIDPolicy Format="${nameIdFormats.transient}"/>`)).toBe(nameIdFormats.transient);
});
