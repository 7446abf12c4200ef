import { describe, expect, it } from 'vitest';
import { createSamlFace } from '../../src/protocols/saml-idp/respond.ts';
import { namespaces } from '../../src/saml/names.ts';
import { REQUEST_ID, testService, testWire } from '../fixtures/saml.ts';
import { answerTo, attributeValue, deep, faceSettings, releasedTransaction, requestOf, responseText, serviceReads, SESSION, textIn, treeOf } from '../fixtures/saml-answers.ts';
import { refusedWith } from '../fixtures/refused.ts';

const payloads = [
  '</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion><saml:Assertion ID="evil">', '"><evil a="', "' evil='1", '<![CDATA[x]]>', '<!--', '-->', '<?x y?>', '&lt;script&gt;', '&#60;x/&#62;', ']]>', '\r\n\t',
  '\u202Eevil', '𝒳', '{{7*7}}', '${x}',
];
describe('E02: nothing that came from outside becomes markup of ours', () => {
  it.each(payloads)('an attribute value %j is one text', async (payload) => {
    const { xml, tree } = await answerTo({ attributes: { employeeHsaId: [payload, 'second'] } });
    expect(deep(tree, 'AttributeValue').map(textIn)).toEqual([payload, 'second']);
    expect([deep(tree, 'Assertion').length, deep(tree, 'Attribute').length, deep(tree, 'Signature', namespaces.ds).length]).toEqual([1, 1, 2]);
    expect((await serviceReads(xml, testService()))?.issuer).toBe('https://login.example.se/saml');
  });
  it.each(payloads)("a RelayState %j stays a form field's text", async (payload) => {
    if (/[\r\n\t]/.test(payload)) return void refusedWith('binding.relay-state', () => requestOf(testService(), {}, payload));
    const { form, xml } = await answerTo({ relayState: payload });
    expect(form.fields['RelayState']).toBe(payload);
    expect(xml).not.toContain(payload);
  });
  it('a request ID that would become markup never gets that far', async () => {
    expect(attributeValue((await answerTo()).tree, 'InResponseTo')).toBe(REQUEST_ID);
    for (const ID of ['x" Evil="1', 'x&quot;', '<x>', "x'", 'x y', '', '-x', `_${'x'.repeat(256)}`]) refusedWith('saml.schema', () => requestOf(testService(), { attributes: { ID } }));
  });
  it("a wire name from a service's own metadata is one attribute's text", async () => {
    const name = 'urn:x"><evil/>';
    const service = testService({ wire: testWire({ attributeConsumingServices: [{ index: 1, isDefault: true, names: {}, attributes: [{ name, nameFormat: '', required: false }] }] }) });
    const request = requestOf(service, {}, undefined, { attributeByWireName: () => 'employeeHsaId' });
    const { answer } = await createSamlFace(faceSettings()).respond(releasedTransaction(request), service, SESSION);
    const tree = treeOf(responseText(answer.kind === 'post-form' ? answer.fields : {}));
    expect(deep(tree, 'Attribute').map((attribute) => attributeValue(attribute, 'Name'))).toEqual([name]);
  });
});
