/** A Reference that points nowhere, at everything, at an XPointer or at another machine; signed anew with the right key. */
import { expect, it } from 'vitest';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { signedDocument } from '../saml/xml/hand-signed.ts';

const verify = (text: string): unknown => {
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, [testKey().publicKey], { document, now: NOW });
};
it.each(['', '#', '_r', '#_R', '# _r', '#_r ', '#_other', "#xpointer(/)", "#xpointer(id('_r'))", '#_r&amp;#_r', 'http://127.0.0.1:9/x#_r', 'file:///etc/passwd', 'cid:x'])('B16: the Reference "%s"', (uri) => {
  expect(verify(signedDocument({ uri: '#_r' }))).toBeDefined();
  refusedWith('signature.reference', () => verify(signedDocument({ uri })));
});
it('B16: an element without ID', () => { refusedWith('signature.reference', () => verify(signedDocument({ id: '', uri: '#' }))); });
