/** Found by fuzzing: a namespace that is absolute but no URI. Others refuse it, or canonicalise to nothing, where we read on. */
import { expect, it } from 'vitest';
import { readXml } from '../../src/saml/xml/index.ts';
import { libxmlReading } from '../fixtures/libxml2.ts';
import { refusedWith } from '../fixtures/refused.ts';

const inNamespace = (uri: string): string => `<r xmlns="${uri}"></r>`;
it.each(['urn:a\u00a0', 'urn:a b', 'urn:å', 'urn:%4', 'urn:%zz', 'urn:a#b#c', 'urn:a[1]', 'urn:{a}', 'urn:a\\b', 'urn:a^'])('B18: the namespace %j', (uri) => {
  expect(libxmlReading(inNamespace(uri))).toBeNull();
  for (const profile of ['message', 'metadata', 'service-reply'] as const) refusedWith('xml.namespace', () => readXml(Buffer.from(inNamespace(uri)), profile));
});
it.each(['urn:a', 'urn:oasis:names:tc:SAML:2.0:protocol', 'http://www.w3.org/2000/09/xmldsig#', 'https://a.example/%C3%A5?b=c;d#e/f', "urn:x:!$'()*+,;=@~"])('B18: its twin %j', (uri) => {
  expect(libxmlReading(inNamespace(uri))).not.toBeNull();
  expect(readXml(Buffer.from(inNamespace(uri)), 'message').namespace).toBe(uri);
});
