import { expect, it } from 'vitest';
import { nameIdFormats } from '../../../src/saml/names.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { ENTITY_ID, testService } from '../../fixtures/saml.ts';
import { requestOf } from '../../fixtures/saml-answers.ts';

const from = (issuerXml: string) => requestOf(testService(), { issuerXml });
it('Issuer is there, and its Format is absent or entity', () => {
  expect(from(`<saml:Issuer>${ENTITY_ID}</saml:Issuer>`).slip.service).toBe('ale/journal');
  expect(from(`<saml:Issuer Format="${nameIdFormats.entity}">${ENTITY_ID}</saml:Issuer>`).slip.service).toBe('ale/journal');
  refusedWith('saml.schema', () => from(''));
  refusedWith('saml.schema', () => from(`<saml:Issuer Format="${nameIdFormats.unspecified}">${ENTITY_ID}</saml:Issuer>`));
});
