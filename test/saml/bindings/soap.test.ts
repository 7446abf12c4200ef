import { describe, expect, it } from 'vitest';
import { soapBody, writeSoap } from '../../../src/saml/bindings/soap.ts';
import { namespaces } from '../../../src/saml/names.ts';
import { readXml } from '../../../src/saml/xml/index.ts';
import { refusedWith } from '../../fixtures/refused.ts';

const read = (xml: string) => soapBody(readXml(Buffer.from(xml), 'service-reply'));
const good = writeSoap('<a xmlns="urn:a"></a>');
describe('SOAP', () => {
  it('gives the one message in the body', () => {
    expect(read(good)).toMatchObject({ namespace: 'urn:a', localName: 'a' });
    expect(read(good.replace('<soap:Body>', '<soap:Header><x xmlns="urn:x"></x></soap:Header><soap:Body>')).localName).toBe('a');
  });
  it.each([
    ['two messages', good.replace('<a xmlns="urn:a"></a>', '$&$&')],
    ['no message', good.replace('<a xmlns="urn:a"></a>', '')],
    ['no body', good.replace(/<soap:Body>.*<\/soap:Body>/, '')],
    ['two bodies', good.replace(/<soap:Body>.*<\/soap:Body>/, '$&$&')],
    ['a fault', good.replace('<a xmlns="urn:a"></a>', '<soap:Fault></soap:Fault>')],
    ['SOAP 1.2', good.replaceAll(namespaces.soap, 'http://www.w3.org/2003/05/soap-envelope')],
    ['a header that must be understood', good.replace('<soap:Body>', '<soap:Header><x xmlns="urn:x" soap:mustUnderstand="1"></x></soap:Header><soap:Body>')],
    ['a bare message', '<a xmlns="urn:a"></a>'],
  ])('refuses %s', (_name, xml) => {
    expect(xml).not.toBe(good);
    refusedWith('saml.schema', () => read(xml));
  });
});
