import { it } from 'vitest';
import { authnRequest, ENTITY_ID, redirectQuery, testContext, testParty, testRegistry, testService, testWire } from '../fixtures/saml.ts';
import { expectAccepted, expectRefused, sendQuery } from '../fixtures/saml-endpoint.ts';

const unsigned = testService({ wire: testWire({ authnRequestsSigned: false }) });
const send = (issuer: string, context = testContext(unsigned)) => sendQuery(redirectQuery(authnRequest({ issuer }), { key: null }), context);
it.each(['https://nobody.example/', `${ENTITY_ID}/`, `${ENTITY_ID}#`, ENTITY_ID.replace('https', 'http'), ENTITY_ID.toUpperCase(), ENTITY_ID.replace('journal', 'jоurnal'), `${ENTITY_ID}\u200b`])('E10: %j is no service of ours', (issuer) => {
  expectAccepted(send(ENTITY_ID));
  expectRefused('saml.service-unknown', () => send(issuer));
});
it('E10, D13: a service or party that is switched off gets no answer either', () => {
  expectRefused('service.disabled', () => send(ENTITY_ID, testContext({ ...unsigned, enabled: false })));
  expectRefused('party.disabled', () => send(ENTITY_ID, testContext(unsigned, { registry: testRegistry([unsigned], [testParty({ enabled: false })]) })));
});
