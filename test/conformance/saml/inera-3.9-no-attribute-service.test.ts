import { expect, it } from 'vitest';
import { testService, testWire } from '../../fixtures/saml.ts';
import { answerTo, deep, requestOf } from '../../fixtures/saml-answers.ts';

it('a service without AttributeConsumingService receives no attributes', async () => {
  const service = testService({ wire: testWire({ attributeConsumingServices: [] }) });
  expect(requestOf(service).requestedAttributes).toEqual([]);
  expect(deep((await answerTo({ service })).tree, 'Attribute')).toEqual([]);
  expect(deep((await answerTo()).tree, 'Attribute')).toHaveLength(2);
});
