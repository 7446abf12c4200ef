/** Transforms that hide content, run programs or fetch; signed anew with the right key, so that the rule alone refuses them. */
import { expect, it } from 'vitest';
import { readXml, verifyEnveloped } from '../../src/saml/xml/index.ts';
import { NOW, testKey } from '../fixtures/saml.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { algorithm, DS, ENVELOPED, EXCLUSIVE, signedDocument, twoTransforms } from '../saml/xml/hand-signed.ts';

const verify = (text: string): unknown => {
  const document = readXml(Buffer.from(text), 'message');
  return verifyEnveloped(document, [testKey().publicKey], { document, now: NOW });
};
const transform = (uri: string, inside = ''): string => algorithm('Transform', uri, inside);
const enveloped = transform(ENVELOPED);
const exclusive = transform(EXCLUSIVE);
const xslt = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"></xsl:stylesheet>';
it.each([
  ['XSLT', transform('http://www.w3.org/TR/1999/REC-xslt-19991116', xslt) + exclusive],
  ['XSLT behind the two', twoTransforms + transform('http://www.w3.org/TR/1999/REC-xslt-19991116', xslt)],
  ['XPath', transform('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>false()</ds:XPath>') + exclusive],
  ['XPath filter 2', transform('http://www.w3.org/2002/06/xmldsig-filter2') + exclusive],
  ['base64', transform(`${DS}base64`) + exclusive],
  ['exclusive with comments', enveloped + transform(`${EXCLUSIVE}WithComments`)],
  ['inclusive', enveloped + transform('http://www.w3.org/TR/2001/REC-xml-c14n-20010315')],
  ['inclusive 1.1', enveloped + transform('http://www.w3.org/2006/12/xml-c14n11')],
  ['one alone', enveloped],
  ['the other alone', exclusive],
  ['none', ''],
  ['the two in another order', exclusive + enveloped],
  ['enveloped twice', enveloped + enveloped],
  ['a third', twoTransforms + exclusive],
  ['something inside enveloped', transform(ENVELOPED, '<x></x>') + exclusive],
])('B17: %s', (_name, transforms) => {
  expect(verify(signedDocument())).toBeDefined();
  refusedWith('signature.transform', () => verify(signedDocument({ transforms })));
});
