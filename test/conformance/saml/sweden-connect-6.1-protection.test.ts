import { expect, it } from 'vitest';
import { algorithms, namespaces } from '../../../src/saml/names.ts';
import { rejectedWith } from '../../fixtures/refused.ts';
import { EMPLOYEE_HSA_ID, peerKey, testKey, testService, testWire } from '../../fixtures/saml.ts';
import { answerTo, attributeValue, deep, EMPLOYEE_ID, serviceReads } from '../../fixtures/saml-answers.ts';

const reader = testKey('reader');
const swedenConnect = (methods: readonly string[] = [], wire = {}) => testService({ sign: { response: true, assertion: false }, encryption: 'require', wire: testWire({ encryptionKeys: [{ ...peerKey(reader), methods, digests: [] }], ...wire }) });
it('the response is signed and the assertion encrypted', async () => {
  const service = swedenConnect();
  const { tree, xml } = await answerTo({ service });
  expect([deep(tree, 'EncryptedAssertion').length, deep(tree, 'Assertion').length, deep(tree, 'Signature', namespaces.ds).length]).toEqual([1, 0, 1]);
  expect((await serviceReads(xml, service, { decryptionPvk: reader.pem, wantAssertionsSigned: false }))?.[EMPLOYEE_HSA_ID]).toBe(EMPLOYEE_ID);
});
it('the assertion is signed too when the service says WantAssertionsSigned', async () => {
  const service = swedenConnect([], { wantAssertionsSigned: true });
  expect((await serviceReads((await answerTo({ service })).xml, service, { decryptionPvk: reader.pem, wantAssertionsSigned: true }))?.[EMPLOYEE_HSA_ID]).toBe(EMPLOYEE_ID);
});
it('never without a key to encrypt for', async () => {
  await rejectedWith('encrypt.failed', answerTo({ service: swedenConnect([], { encryptionKeys: [] }) }));
});
it.each([[[algorithms.aes256Gcm], algorithms.aes256Gcm], [['urn:unknown', algorithms.aes128Gcm], algorithms.aes128Gcm], [[], algorithms.aes256Cbc]])('§8: the cipher is the one that metadata names, else a mandatory one', async (methods, cipher) => {
  const { tree } = await answerTo({ service: swedenConnect(methods) });
  expect(deep(tree, 'EncryptionMethod', namespaces.xenc).map((method) => attributeValue(method, 'Algorithm'))).toEqual([cipher, algorithms.rsaOaepMgf1p]);
});
