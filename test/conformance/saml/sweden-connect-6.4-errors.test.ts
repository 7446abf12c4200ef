import { expect, it } from 'vitest';
import { BrygganError } from '../../../src/core/errors.ts';
import { createSamlFace } from '../../../src/protocols/saml-idp/respond.ts';
import { namespaces } from '../../../src/saml/names.ts';
import { testFederation, testService } from '../../fixtures/saml.ts';
import { attributeValue, deep, faceSettings, requestOf, responseText, treeOf } from '../../fixtures/saml-answers.ts';

it('a person who cancels is told by the status of the framework, in a signed response without assertion', async () => {
  const service = testService({ federation: testFederation({ cancelStatus: 'http://id.elegnamnden.se/status/1.0/cancel' }), sign: { response: true, assertion: false } });
  const answer = await createSamlFace(faceSettings()).refuse(requestOf(service).slip, new BrygganError('login.cancelled', 'x'), service);
  const tree = treeOf(responseText(answer?.kind === 'post-form' ? answer.fields : {}));
  expect(deep(tree, 'StatusCode', namespaces.samlp).map((code) => attributeValue(code, 'Value'))).toEqual(['urn:oasis:names:tc:SAML:2.0:status:Responder', 'http://id.elegnamnden.se/status/1.0/cancel']);
  expect([deep(tree, 'Signature', namespaces.ds).length, deep(tree, 'Assertion').length, deep(tree, 'EncryptedAssertion').length]).toEqual([1, 0, 0]);
});
