import { expect, it } from 'vitest';
import { readServiceMetadata } from '../../src/saml/metadata/read-service.ts';
import { bindings, namespaces } from '../../src/saml/names.ts';
import { refusedWith } from '../fixtures/refused.ts';
import { keyDescriptor, serviceMetadata, testKey } from '../fixtures/saml.ts';

const idpKey = testKey('an identity provider');
const idpRole = `<md:IDPSSODescriptor protocolSupportEnumeration="${namespaces.samlp}">${keyDescriptor(idpKey.certificate)}<md:SingleSignOnService Binding="${bindings.redirect}" Location="https://a.example/"/></md:IDPSSODescriptor>`;
const read = (text: string) => readServiceMetadata(Buffer.from(text), 'a.xml');
it('F08: keys of another role in the same document are not keys of the service', () => {
  const { wire } = read(serviceMetadata({ after: idpRole }));
  expect(wire.signingKeys.map(({ certificate }) => certificate)).toEqual([testKey().certificate]);
});
it('F08: an identity provider alone is no service', () => {
  expect(read(serviceMetadata()).wire.protocol).toBe('saml');
  refusedWith('saml.metadata', () => read(serviceMetadata().replace(/<md:SPSSODescriptor[^]*<\/md:SPSSODescriptor>/, idpRole)));
});
