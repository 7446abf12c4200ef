import { expect, it } from 'vitest';
import { testService } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

it.each([[undefined, undefined, false, false], ['true', undefined, true, false], ['1', 'false', true, false], ['false', 'true', false, true], ['0', '1', false, true], ['true', 'true', true, true]])('ForceAuthn %s, IsPassive %s', (ForceAuthn, IsPassive, fresh, silent) => {
  expect(requestOf(testService(), { attributes: { ForceAuthn, IsPassive } })).toMatchObject({ freshLoginRequired: fresh, noInteraction: silent });
});
