import { expect, it } from 'vitest';
import { toEntityId, toServiceId } from '../../src/core/ids.ts';
import { createSamlFace } from '../../src/protocols/saml-idp/respond.ts';
import { authnRequest, peerKey, redirectQuery, testContext, testKey, testRegistry, testService, testWire } from '../fixtures/saml.ts';
import { attributeValue, deep, faceSettings, releasedTransaction, responseText, SESSION, textIn, treeOf } from '../fixtures/saml-answers.ts';
import { sendQuery } from '../fixtures/saml-endpoint.ts';
import { bindings } from '../../src/saml/names.ts';

it('E05: fifty requests of five services, answered in another order: each gets its own address, id, RelayState and audience', async () => {
  const services = Array.from({ length: 5 }, (_, n) => testService({
    id: toServiceId(`ale/s${n}`),
    wire: testWire({ entityId: toEntityId(`https://s${n}.example/`), signingKeys: [peerKey(testKey(`s${n}`, 'ec'))], assertionConsumerServices: [{ url: `https://s${n}.example/acs`, binding: bindings.post, index: 1, isDefault: true }] }),
  }));
  const context = testContext(services[0], { registry: testRegistry(services) });
  const face = createSamlFace(faceSettings());
  const tabs = Array.from({ length: 50 }, (_, tab) => {
    const n = tab % 5;
    const xml = authnRequest({ issuer: `https://s${n}.example/`, attributes: { ID: `_tab${tab}`, AssertionConsumerServiceURL: `https://s${n}.example/acs` } });
    const { outcome } = sendQuery(redirectQuery(xml, { key: testKey(`s${n}`, 'ec'), algorithm: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', relayState: `tab ${tab}` }), context);
    return { tab, n, request: outcome.ok ? outcome.request : expect.fail(outcome.error.code) };
  });
  await Promise.all(tabs.toReversed().map(async ({ tab, n, request }) => {
    const { answer } = await face.respond(releasedTransaction(request), services[n]!, SESSION);
    const form = answer.kind === 'post-form' ? answer : expect.fail('no form');
    const tree = treeOf(responseText(form.fields));
    expect({ action: form.action, relayState: form.fields['RelayState'], inResponseTo: attributeValue(tree, 'InResponseTo'), audience: deep(tree, 'Audience').map(textIn), recipient: attributeValue(deep(tree, 'SubjectConfirmationData')[0], 'Recipient') })
      .toEqual({ action: `https://s${n}.example/acs`, relayState: `tab ${tab}`, inResponseTo: `_tab${tab}`, audience: [`https://s${n}.example/`], recipient: `https://s${n}.example/acs` });
  }));
});
