/** GetEmployeeIncludingProtectedPerson 4.0: title, contact data, dates and place in the tree (facts: credentials §4.4). */
import { element } from '../../../saml/xml/index.ts';
import { any, maybe, one, sequence, some, type Shape } from '../shape.ts';
import { feignedPart, pathFor, personPart, responder, type Contract } from './contract.ts';

const interaction = 'GetEmployeeIncludingProtectedPerson';
const r = responder('employee', interaction, '4');
const e = 'urn:riv:infrastructure:directory:employee:4';

const personInformation: Shape = sequence(
  one(e, 'personHsaId'), maybe(e, 'givenName'), one(e, 'middleAndSurName'), maybe(e, 'nickName'), maybe(e, 'mail'), any(e, 'telephoneNumber'), maybe(e, 'switchboardNumber'),
  any(e, 'nonPublicTelephoneNumber'), any(e, 'mobileNumber'), any(e, 'facsimileTelephoneNumber'), any(e, 'telephoneHour', sequence()), maybe(e, 'postalAddress', sequence(some(e, 'addressLine'))),
  maybe(e, 'description'), maybe(e, 'title'), any(e, 'healthCareProfessionalLicence'), any(e, 'paTitle', sequence(maybe(e, 'paTitleName'), maybe(e, 'paTitleCode'))),
  any(e, 'specialityName'), any(e, 'specialityCode'), one(e, 'dn'), maybe(e, 'protectedPerson', 'boolean'), maybe(e, 'personStartDate', 'dateTime'), maybe(e, 'personEndDate', 'dateTime'),
  maybe(e, 'feignedPerson', 'boolean'), any(e, 'healthCareProfessionalLicenceSpeciality', sequence(one(e, 'healthCareProfessionalLicence'), one(e, 'specialityCode'), one(e, 'specialityName'))),
  maybe(e, 'age'), maybe(e, 'gender'),
  maybe(e, 'structuredPostalAddress', sequence(some(e, 'addressee'), maybe(e, 'street'), maybe(e, 'premisesNumber'), maybe(e, 'premisesLetter'), one(e, 'postCode'), one(e, 'town'))),
);

export const employee: Contract = {
  interaction, namespace: r, path: pathFor('employee', interaction, '4'),
  // Unlike in GetCredentials, profile lies in the namespace of the message.
  request: (question) => [...personPart(question), feignedPart(question), element('profile', {}, ['FULL'])],
  response: sequence(any(r, 'personInformation', personInformation)),
};
