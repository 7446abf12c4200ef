import { expect, it } from 'vitest';
import { bindings } from '../../../src/saml/names.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { ACS_URL, testService, testWire } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

const byIndex = { AssertionConsumerServiceURL: undefined, ProtocolBinding: undefined, AssertionConsumerServiceIndex: '1' };
it('AssertionConsumerServiceIndex excludes AssertionConsumerServiceURL and ProtocolBinding', () => {
  expect(requestOf(testService(), { attributes: byIndex }).slip.returnAddress.url).toBe(ACS_URL);
  refusedWith('saml.return-address', () => requestOf(testService(), { attributes: { ...byIndex, AssertionConsumerServiceURL: ACS_URL } }));
  refusedWith('saml.return-address', () => requestOf(testService(), { attributes: { ...byIndex, ProtocolBinding: bindings.post } }));
});
it('an index means the endpoint of the metadata with that index', () => {
  const other = { url: `${ACS_URL}2`, binding: bindings.post, index: 9, isDefault: false };
  const service = testService({ wire: testWire({ assertionConsumerServices: [...testWire().assertionConsumerServices, other] }) });
  expect(requestOf(service, { attributes: { ...byIndex, AssertionConsumerServiceIndex: '9' } }).slip.returnAddress.url).toBe(other.url);
});
