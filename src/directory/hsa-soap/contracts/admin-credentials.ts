/** GetAdminCredentialsForPersonIncludingProtectedPerson 2.0: administrative commissions (facts: credentials §4.4). */
import { any, maybe, one, sequence, some, type Shape } from '../shape.ts';
import { feignedPart, pathFor, personPart, responder, type Contract } from './contract.ts';

const interaction = 'GetAdminCredentialsForPersonIncludingProtectedPerson';
const r = responder('authorizationmanagement', interaction, '2');
const c = 'urn:riv:infrastructure:directory:authorizationmanagement:2';

const sector: Shape = sequence(one(c, 'unitHsaId'), maybe(c, 'sectorFlag', 'boolean'), one(c, 'name'), maybe(c, 'feignedUnit', 'boolean'));
const adminCommission: Shape = sequence(one(c, 'adminCommissionHsaId'), one(c, 'adminCommissionResponsibleOrganisation'), any(c, 'sector', sector), maybe(c, 'feignedAdminCommission', 'boolean'));
const scopeProperties: Shape = sequence(
  one(c, 'authorizationScopeCode'), one(c, 'authorizationScopeName'), maybe(c, 'authorizationScopeDescription'),
  one(c, 'authorizationScopePropertyCode'), one(c, 'authorizationScopePropertyName'), maybe(c, 'authorizationScopePropertyDescription'), some(c, 'adminCommission', adminCommission),
);

export const adminCredentials: Contract = {
  interaction, namespace: r, path: pathFor('authorizationmanagement', interaction, '2'),
  request: (question) => [...personPart(question), feignedPart(question)],
  response: sequence(any(r, 'adminCredentialInformation', sequence(
    one(c, 'personHsaId'), maybe(c, 'givenName'), one(c, 'middleAndSurName'), maybe(c, 'protectedPerson', 'boolean'), maybe(c, 'feignedPerson', 'boolean'), any(c, 'authorizationScopeProperties', scopeProperties),
  ))),
};
