import { describe, expect, it } from 'vitest';
import { publishMetadata } from '../../../src/protocols/saml-idp/metadata.ts';
import { writeIdentityProvider, type IdentityProviderDescription } from '../../../src/saml/metadata/write-identity-provider.ts';
import { bindings, nameIdFormats, namespaces } from '../../../src/saml/names.ts';
import { digestHash, signatureRow } from '../../../src/saml/xml/algorithms.ts';
import { readXml, verifyEnveloped, type XmlElement } from '../../../src/saml/xml/index.ts';
import { COMMISSION_PURPOSE, EMPLOYEE_HSA_ID, IDP_ENTITY_ID, iso, LOA2, LOA3, NOW, SSO_URL, testKey } from '../../fixtures/saml.ts';
import { attributeValue, deep, idpKey, signerOf, textIn } from '../../fixtures/saml-answers.ts';
import { idpDescription } from '../../fixtures/saml-metadata.ts';

const metadataKey = testKey('metadata');
const write = async (changes: Partial<IdentityProviderDescription> = {}) => {
  const xml = await writeIdentityProvider({ ...idpDescription, ...changes }, signerOf(metadataKey));
  const root = readXml(Buffer.from(xml), 'metadata');
  return { xml, root, signed: verifyEnveloped(root, [metadataKey.publicKey], { document: root, now: NOW }).element };
};
const names = (element: XmlElement | undefined) => (element?.children ?? []).flatMap((child) => (typeof child === 'string' ? [] : [child.localName]));

describe('our own metadata', () => {
  it('verifies with the metadata key and no other', async () => {
    const { root } = await write();
    expect(() => verifyEnveloped(root, [idpKey.publicKey], { document: root, now: NOW })).toThrow(/signature/);
  });
  it('stands in the order of the schema [SAMLMeta §2.4.3]', async () => {
    const { signed } = await write();
    expect(names(signed)).toEqual(['Signature', 'Extensions', 'IDPSSODescriptor', 'Organization', 'ContactPerson', 'ContactPerson']);
    expect([...new Set(names(deep(signed, 'IDPSSODescriptor', namespaces.md)[0]))]).toEqual(['Extensions', 'KeyDescriptor', 'SingleLogoutService', 'NameIDFormat', 'SingleSignOnService', 'Attribute']);
  });
  it('says everything that somebody reads (facts: federation §5.7)', async () => {
    const { signed } = await write();
    expect(attributeValue(signed, 'entityID')).toBe(IDP_ENTITY_ID);
    expect(deep(signed, 'AttributeValue').map(textIn)).toEqual([LOA2, LOA3, 'https://id.openfed.se/entityattributes/opt-in/yes']);
    expect(deep(signed, 'Scope', namespaces.shibmd).map((scope) => [textIn(scope), attributeValue(scope, 'regexp')])).toEqual([['2120001439', 'false'], ['ale.example', 'false']]);
    expect(deep(signed, 'KeyDescriptor', namespaces.md).map((key) => attributeValue(key, 'use'))).toEqual(['signing', 'signing', 'encryption']);
    expect(deep(signed, 'X509Certificate', namespaces.ds).map(textIn)).toEqual(expect.arrayContaining([idpKey.certificate, testKey('idp next').certificate, testKey('idp reads').certificate]));
    expect(deep(signed, 'SingleSignOnService', namespaces.md).map((service) => [attributeValue(service, 'Binding'), attributeValue(service, 'Location')])).toEqual([[bindings.redirect, SSO_URL], [bindings.post, SSO_URL]]);
    expect(deep(signed, 'SingleLogoutService', namespaces.md).map((service) => attributeValue(service, 'Binding'))).toEqual([bindings.redirect, bindings.post, bindings.soap]);
    expect(deep(signed, 'NameIDFormat', namespaces.md).map(textIn)).toEqual([nameIdFormats.transient, nameIdFormats.persistent]);
    const [role] = deep(signed, 'IDPSSODescriptor', namespaces.md);
    expect(attributeValue(role, 'WantAuthnRequestsSigned')).toBe('false');
    expect(deep(role!, 'Attribute').map((attribute) => attributeValue(attribute, 'Name'))).toEqual([EMPLOYEE_HSA_ID, COMMISSION_PURPOSE]);
    expect(deep(signed, 'DisplayName', namespaces.mdui).map(textIn)).toEqual(['Bryggan å', 'Bryggan & more']);
    expect(deep(signed, 'MatchValue', namespaces.psc).map((value) => attributeValue(value, 'Name'))).toEqual([EMPLOYEE_HSA_ID]);
    expect(deep(signed, 'EmailAddress', namespaces.md).map(textIn)).toEqual(['mailto:drift@region.example', 'mailto:stod@region.example']);
  });
  it('names the algorithms that our verifier takes, each of them and no other', async () => {
    const { signed } = await write();
    const named = (localName: string) => deep(signed, localName, namespaces.alg).map((method) => attributeValue(method, 'Algorithm') ?? '');
    expect(named('DigestMethod').map(digestHash)).toEqual(['sha256', 'sha384', 'sha512']);
    expect(named('SigningMethod')).toHaveLength(9);
    for (const algorithm of named('SigningMethod')) expect(signatureRow(algorithm).hash).toMatch(/^sha(256|384|512)$/);
  });
  it('is the same byte for byte while its content is, and has another ID when it is not', async () => {
    const first = await write();
    expect((await write()).xml).toBe(first.xml);
    const changed = await write({ scopes: ['2120001439'] });
    expect(attributeValue(changed.signed, 'ID')).not.toBe(attributeValue(first.signed, 'ID'));
    expect(attributeValue(first.signed, 'validUntil')).toBeUndefined();
    expect(attributeValue((await write({ validUntil: NOW })).signed, 'validUntil')).toBe(iso(NOW));
  });
  it('is published as bytes with a checksum that can be read over the phone', async () => {
    const published = await publishMetadata(idpDescription, signerOf(metadataKey));
    expect(published).toMatchObject({ contentType: 'application/samlmetadata+xml', etag: `"${published.sha256}"` });
    expect(published.bytes.toString()).toBe((await write()).xml);
  });
});
