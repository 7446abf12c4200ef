import { expect, it } from 'vitest';
import { BrygganError } from '../../../src/core/errors.ts';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { createSamlFace } from '../../../src/protocols/saml-idp/respond.ts';
import { namespaces, statuses } from '../../../src/saml/names.ts';
import { testService } from '../../fixtures/saml.ts';
import { attributeValue, deep, faceSettings, requestOf, responseText, treeOf } from '../../fixtures/saml-answers.ts';

it.each<[ErrorCode, string, string | undefined]>([
  ['saml.version', statuses.versionMismatch, undefined],
  ['saml.authn-context', statuses.requester, statuses.noAuthnContext],
  ['saml.name-id-policy', statuses.requester, statuses.invalidNameIdPolicy],
  ['saml.binding-unsupported', statuses.requester, statuses.unsupportedBinding],
  ['saml.subject', statuses.requester, statuses.requestUnsupported],
  ['saml.scoping', statuses.requester, statuses.noSupportedIdp],
  ['login.interaction-needed', statuses.responder, statuses.noPassive],
  ['login.cancelled', statuses.responder, statuses.authnFailed],
  ['principal.mismatch', statuses.responder, statuses.unknownPrincipal],
  ['release.required-missing', statuses.responder, statuses.requestDenied],
  ['commission.none', statuses.responder, statuses.requestDenied],
  ['directory.unavailable', statuses.responder, undefined],
])('%s is told as its status pair', async (code, top, second) => {
  const service = testService();
  const answer = await createSamlFace(faceSettings()).refuse(requestOf(service).slip, new BrygganError(code, 'x'), service);
  const tree = treeOf(responseText(answer?.kind === 'post-form' ? answer.fields : {}));
  expect(deep(tree, 'StatusCode', namespaces.samlp).map((status) => attributeValue(status, 'Value'))).toEqual(second === undefined ? [top] : [top, second]);
});
