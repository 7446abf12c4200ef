import { expect, it } from 'vitest';
import { bindings } from '../../../src/saml/names.ts';
import { testService, testWire } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

const acs = (index: number, isDefault = false) => ({ url: `https://journal.example.se/acs${index}`, binding: bindings.post, index, isDefault });
const chosen = (...assertionConsumerServices: ReturnType<typeof acs>[]) => requestOf(testService({ wire: testWire({ assertionConsumerServices }) }), { attributes: { AssertionConsumerServiceURL: undefined, ProtocolBinding: undefined } }).slip.returnAddress.url;
it('isDefault, else the lowest index', () => {
  expect(chosen(acs(3), acs(1), acs(2, true))).toBe(acs(2).url);
  expect(chosen(acs(3), acs(1), acs(2))).toBe(acs(1).url);
});
