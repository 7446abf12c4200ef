import { expect, it } from 'vitest';
import { namespaces } from '../../../src/saml/names.ts';
import { EMPLOYEE_HSA_ID, testService } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

it('MatchValues become the preselection that the login must end with', () => {
  const children = `<samlp:Extensions><psc:PrincipalSelection xmlns:psc="${namespaces.psc}"><psc:MatchValue Name="${EMPLOYEE_HSA_ID}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">SE2120001439-A1</psc:MatchValue></psc:PrincipalSelection></samlp:Extensions>`;
  expect(requestOf(testService(), { children }).preselection).toEqual({ employeeHsaId: 'SE2120001439-A1' });
});
