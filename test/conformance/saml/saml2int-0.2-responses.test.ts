import { expect, it } from 'vitest';
import { nameIdFormats, namespaces } from '../../../src/saml/names.ts';
import { testService } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, deep } from '../../fixtures/saml-answers.ts';

it('rule 1: attributes have NameFormat uri', async () => {
  for (const attribute of deep((await answerTo()).tree, 'Attribute')) expect(attributeValue(attribute, 'NameFormat')).toBe('urn:oasis:names:tc:SAML:2.0:attrname-format:uri');
});
it('rule 6: the Assertion itself is signed where the federation wants it', async () => {
  const [assertion] = deep((await answerTo({ service: testService({ sign: { response: false, assertion: true } }) })).tree, 'Assertion');
  expect(assertion?.children.some((child) => typeof child !== 'string' && child.localName === 'Signature' && child.namespace === namespaces.ds)).toBe(true);
});
it('rule 7: exactly one assertion, one AuthnStatement, at most one AttributeStatement', async () => {
  const full = (await answerTo()).tree;
  expect([deep(full, 'Assertion').length, deep(full, 'AuthnStatement').length, deep(full, 'AttributeStatement').length]).toEqual([1, 1, 1]);
  expect(deep((await answerTo({ attributes: {} })).tree, 'AttributeStatement')).toEqual([]);
});
it('rule 8: transient by default, never BaseID or EncryptedID', async () => {
  const { tree, xml } = await answerTo({ parts: { children: '' } });
  expect(attributeValue(deep(tree, 'NameID')[0], 'Format')).toBe(nameIdFormats.transient);
  expect(xml).not.toMatch(/BaseID|EncryptedID/);
});
