/** Our metadata as a service of IdPs, read by the reader that other services' files go through. */
import { expect, it } from 'vitest';
import { readServiceMetadata } from '../../../src/saml/metadata/read-service.ts';
import { writeServiceProvider } from '../../../src/saml/metadata/write-service-provider.ts';
import { algorithms, nameIdFormats } from '../../../src/saml/names.ts';
import { readXml, verifyEnveloped } from '../../../src/saml/xml/index.ts';
import { EMPLOYEE_HSA_ID, NOW, testKey } from '../../fixtures/saml.ts';
import { signerOf } from '../../fixtures/saml-answers.ts';

const texts = { sv: 'Inloggning', en: 'Login' };
const description = {
  entityId: 'https://login.example.se/upstream/saml/metadata', signingCertificates: [testKey('sp one').certificate, testKey('sp two').certificate], encryptionCertificates: [testKey('enc one').certificate, testKey('enc two').certificate],
  acsUrl: 'https://login.example.se/upstream/saml/acs', singleLogout: [{ binding: 'redirect', url: 'https://login.example.se/upstream/saml/slo' }, { binding: 'post', url: 'https://login.example.se/upstream/saml/slo' }] as const,
  nameIdFormats: [nameIdFormats.transient], attributes: [{ name: EMPLOYEE_HSA_ID, friendlyName: 'employeeHsaId', required: true }], names: texts, descriptions: texts,
  organisation: { names: texts, displayNames: texts, urls: { sv: 'https://example.se/', en: 'https://example.se/en' } },
  contacts: [{ type: 'technical' as const, company: 'Exempel', givenName: 'Drift', surname: null, email: 'drift@example.se', telephone: null }],
};
const key = testKey('metadata');

it('says who we are, where answers go, and with which keys: two of each during a rollover', async () => {
  const { wire } = readServiceMetadata(Buffer.from(await writeServiceProvider(description, signerOf(key))), 'sp.xml');
  expect(wire).toMatchObject({ entityId: description.entityId, authnRequestsSigned: true, wantAssertionsSigned: true, nameIdFormats: [nameIdFormats.transient] });
  expect(wire.assertionConsumerServices.map(({ url }) => url)).toEqual([description.acsUrl]);
  expect(wire.signingKeys.map(({ certificate }) => certificate)).toEqual(description.signingCertificates);
  expect(wire.encryptionKeys.map(({ certificate }) => certificate)).toEqual(description.encryptionCertificates);
  expect(wire.encryptionKeys[0]?.methods[0]).toBe(algorithms.aes256Gcm);
  expect(wire.singleLogoutServices.map(({ binding }) => binding)).toEqual(['redirect', 'post']);
  expect(wire.attributeConsumingServices[0]?.attributes).toMatchObject([{ name: EMPLOYEE_HSA_ID, required: true }]);
});
it('is signed, and the same every time', async () => {
  const [once, again] = [await writeServiceProvider(description, signerOf(key)), await writeServiceProvider(description, signerOf(key))];
  expect(once).toBe(again);
  const document = readXml(Buffer.from(once), 'metadata');
  expect(verifyEnveloped(document, [key.publicKey], { document, now: NOW }).element).toBe(document);
});
