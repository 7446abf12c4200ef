/** A whole login whose answer is signed in a token: `keys.*.pkcs11` of the configuration, in a real process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDer, readFilePem } from '../../certs-dev/set.ts';
import { X509Certificate } from 'node:crypto';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { askingService, logIn, receivedFrom } from '../fixtures/asking-service.ts';
import { startBryggan, type Bryggan } from '../fixtures/bryggan.ts';
import { makeSoftHsm, MODULE, PIN } from './softhsm.ts';

const hsm = makeSoftHsm();
const journal = askingService({ name: 'journal', wants: ['employeeHsaId!'] });
const inToken = (certificate: string, label: string) => ({ certificateFile: `certs-dev/keys/${certificate}.crt.pem`, pkcs11: { module: MODULE, token: 'bryggan', label, pinFile: join(hsm.directory, 'pin') } });
const publicKey = (certificate: string) => new X509Certificate(readDer(`keys/${certificate}.crt.pem`)).publicKey;
let bryggan: Bryggan | undefined;
beforeAll(async () => {
  hsm.makeToken('bryggan');
  hsm.bring('bryggan', 'saml', readFilePem('keys/saml-signing.key.pem'));
  hsm.bring('bryggan', 'metadata', readFilePem('keys/metadata-signing.key.pem'));
  writeFileSync(join(hsm.directory, 'pin'), `${PIN}\n`, { mode: 0o600 });
  bryggan = await startBryggan({
    services: [journal.files], env: { SOFTHSM2_CONF: hsm.configuration },
    broker: (broker) => {
      broker.setIn(['keys', 'samlSigning', 0], broker.createNode(inToken('saml-signing', 'saml')));
      broker.setIn(['keys', 'samlMetadata'], broker.createNode(inToken('metadata-signing', 'metadata')));
    },
  });
});
afterAll(async () => { await bryggan?.stop(); hsm.remove(); });

it('signs the answer and the metadata in the token, each with its own key', async () => {
  const { xml } = receivedFrom(await logIn(bryggan!.agentFor('lars-ohman'), bryggan!, journal));
  const response = readXml(Buffer.from(xml), 'message');
  expect(verifyEnveloped(response, [publicKey('saml-signing')], { document: response, now: 0 }).element.localName).toBe('Response');
  const metadata = readXml(Buffer.from(await (await bryggan!.agentFor(null).once(`${bryggan!.baseUrl}/saml/metadata`)).text()), 'metadata');
  expect(verifyEnveloped(metadata, [publicKey('metadata-signing')], { document: metadata, now: 0 }).element.localName).toBe('EntityDescriptor');
});
it('the PIN stands in no log', () => { expect(bryggan!.log()).not.toContain(PIN); });
