import { expect, it } from 'vitest';
import { namespaces } from '../../../src/saml/names.ts';
import type { XmlElement } from '../../../src/saml/xml/index.ts';
import { lookUp } from '../../../src/saml/xml/scope.ts';
import { iso, LOA3, testFederation, testService } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, AUTHENTICATED_AT, deep, serviceReads, textIn } from '../../fixtures/saml-answers.ts';

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
it('values say that they are strings, in a namespace that the signatures cover; elsewhere they say nothing', async () => {
  const service = testService({ federation: testFederation({ attributeDialect: 'sweden-connect' }) });
  const { xml, tree } = await answerTo({ service });
  const typeOf = (value: XmlElement): string | undefined => value.attributes.find(({ namespace, localName }) => namespace === namespaces.xsi && localName === 'type')?.value;
  expect(deep(tree, 'AttributeValue').map(typeOf)).toEqual(['xs:string', 'xs:string']);
  expect(deep(tree, 'AttributeValue').map(({ scope }) => lookUp(scope, 'xs'))).toEqual([namespaces.xs, namespaces.xs]);
  expect(xml.match(/PrefixList="xs"/g)).toHaveLength(2);
  expect(await serviceReads(xml, service)).toMatchObject({ issuer: 'https://login.example.se/saml' });
  const plain = await answerTo();
  expect(deep(plain.tree, 'AttributeValue').map(typeOf)).toEqual([undefined, undefined]);
  expect(plain.xml).not.toContain('PrefixList');
});
