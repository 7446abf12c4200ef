import { expect, it } from 'vitest';
import { nameIdFormats } from '../../../src/saml/names.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { ENTITY_ID } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, deep } from '../../fixtures/saml-answers.ts';

const format = async (policy: string) => attributeValue(deep((await answerTo({ parts: { children: policy } })).tree, 'NameID')[0], 'Format');
it('the NameID has the format asked for', async () => {
  expect(await format(`<samlp:NameIDPolicy Format="${nameIdFormats.persistent}"/>`)).toBe(nameIdFormats.persistent);
  expect(await format(`<samlp:NameIDPolicy Format="${nameIdFormats.transient}" SPNameQualifier="${ENTITY_ID}"/>`)).toBe(nameIdFormats.transient);
});
it('a format that is not offered is InvalidNameIDPolicy', async () => {
  for (const name of [nameIdFormats.emailAddress, nameIdFormats.encrypted]) await format(`<samlp:NameIDPolicy Format="${name}"/>`).then(() => expect.fail('answered'), (error: unknown) => refusedWith('saml.name-id-policy', () => { throw error; }));
});
