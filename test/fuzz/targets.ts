/**
 * What the fuzzer throws at: each target takes bytes that began as something good and says nothing, or throws with what it found.
 * A refusal by one of our codes is right; any other error, a reading that libxml2 does not share, or a person who was not signed is a find.
 */
import fc from 'fast-check';
import { createHash, sign } from 'node:crypto';
import { isBrygganError } from '../../src/core/errors.ts';
import { acceptAuthnRequest } from '../../src/protocols/saml-idp/accept.ts';
import { AggregateVerifier } from '../../src/saml/xml/aggregate.ts';
import { aggregateLimits } from '../../src/saml/xml/limits.ts';
import { attributeOf, canonicalise, childElements, decryptAssertion, element, encryptAssertion, readXml, verifyEnveloped, writeXml, type XmlElement } from '../../src/saml/xml/index.ts';
import { hasInstructions, libxmlCanonical, libxmlReading, ourReading } from '../fixtures/libxml2.ts';
import { assertionSigned, bothSigned, PERSON, personIn, responseSigned, verifiedAssertion, type Demand } from '../fixtures/response-pieces.ts';
import { authnRequest, base64, NOW, redirectQuery, signXml, testContext, testKey } from '../fixtures/saml.ts';
import { strangeDocuments } from '../fixtures/xml-documents.ts';
import { mutants } from './mutate.ts';

export interface Target { readonly name: string; readonly inputs: fc.Arbitrary<Buffer>; readonly check: (input: Buffer) => void }
const refusable = <T>(action: () => T): T | null => {
  try {
    return action();
  } catch (error) {
    if (isBrygganError(error) && error.code !== 'internal') return null;
    throw error;
  }
};
const must = (holds: boolean, what: string): void => { if (!holds) throw new Error(what); };
const same = (a: unknown, b: unknown, what: string): void => must(JSON.stringify(a) === JSON.stringify(b), `${what}\n  ours:   ${JSON.stringify(a)}\n  theirs: ${JSON.stringify(b)}`);
/** libxml2 writes an ampersand, angle or quote in a namespace as it is: no canonical form that anybody could compare. */
const hasOddNamespace = (node: XmlElement): boolean => /[&<"\t\n\r]/.test(node.namespace) || node.attributes.some(({ namespace }) => /[&<"\t\n\r]/.test(namespace)) || node.children.some((child) => typeof child !== 'string' && hasOddNamespace(child));

const checkReading = (profile: 'metadata' | 'message') => (input: Buffer): void => {
  const ours = refusable(() => readXml(input, profile));
  if (ours === null) return;
  if (!hasInstructions(ours)) same(ourReading(ours), libxmlReading(input), 'read otherwise than libxml2');
  if (!hasOddNamespace(ours)) same(canonicalise(ours), libxmlCanonical(input), 'another canonical form than libxml2');
};

const twins: Readonly<Record<Demand, string>> = { assertion: assertionSigned, response: responseSigned, both: bothSigned };
/** KeyInfo is covered by nothing, and read by nobody. */
const canonicalOf = (xml: string | Buffer, demand: Demand): string => canonicalise(verifiedAssertion(xml, demand)).replace(/<ds:KeyInfo>[^]*?<\/ds:KeyInfo>/g, '').replace(/(<ds:(SignatureValue|DigestValue)>)([^<]*)/g, (_all, tag: string, _name, value: string) => tag + value.replace(/\s/g, ''));
const responseTarget = (demand: Demand): Target => ({
  name: `response-${demand}`,
  inputs: mutants(fc.constant(twins[demand])),
  check: (input) => {
    const person = refusable(() => personIn(input, demand));
    must(person === null || person === PERSON, `logged in as ${String(person)}`);
    const covers = /<saml:Subject>[^]*<\/saml:Assertion>/;
    if (person !== null) same(covers.exec(canonicalOf(input, demand))?.[0], covers.exec(canonicalOf(twins[demand], demand))?.[0], 'what was signed was changed');
  },
});

const goodRequest = signXml(authnRequest());
const context = testContext();
const wanted = (message: Parameters<typeof acceptAuthnRequest>[0]): string | null => refusable(() => {
  const { outcome } = acceptAuthnRequest(message, context);
  if (outcome.ok) return JSON.stringify(outcome.request);
  if (!isBrygganError(outcome.error) || outcome.error.code === 'internal') throw outcome.error;
  return null;
});
const posted = (xml: Buffer): string | null => wanted({ binding: 'post', fields: { SAMLRequest: xml.toString('base64') } });
const goodPosted = posted(Buffer.from(goodRequest));
const goodQuery = redirectQuery(authnRequest(), { relayState: 'r' });
const goodRedirected = wanted({ binding: 'redirect', rawQuery: goodQuery });

const federation = testKey('federation');
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
/** An aggregate that is rightly signed whatever its content is. */
const aggregate = (content: string): string | null => {
  const text = (signature: string): string => `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:x="urn:x" ID="_all">${signature}<md:EntityDescriptor entityID="https://a.example">${content}</md:EntityDescriptor></md:EntitiesDescriptor>`;
  const unsigned = refusable(() => readXml(Buffer.from(text('')), 'metadata'));
  if (unsigned === null) return null;
  const digest = createHash('sha256').update(canonicalise(unsigned)).digest('base64');
  const info = (declared: string): string => `<ds:SignedInfo${declared}><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod><ds:Reference URI="#_all"><ds:Transforms><ds:Transform Algorithm="${DS}enveloped-signature"></ds:Transform><ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  const value = sign('sha256', Buffer.from(info(` xmlns:ds="${DS}"`)), federation.privateKey).toString('base64');
  return text(`<ds:Signature xmlns:ds="${DS}">${info('')}<ds:SignatureValue>${value}</ds:SignatureValue></ds:Signature>`);
};
const withoutHead = (text: string): string => text.replace(/^(?:<\?xml[^?]*\?>\s*)/, '');
const keys = [federation.publicKey];
/** The stream in pieces of a size that depends on the content, against the tree. */
const checkAggregate = (input: Buffer): void => {
  const size = 1 + (createHash('sha256').update(input).digest()[0] ?? 0);
  const stream = refusable(() => {
    const verifier = new AggregateVerifier(keys, { now: NOW }, aggregateLimits);
    for (let at = 0; at < input.length; at += size) verifier.push(input.subarray(at, at + size));
    return verifier.finish().entries.map(({ entityId }) => entityId);
  });
  const tree = refusable(() => {
    const document = readXml(input, 'metadata');
    return childElements(verifyEnveloped(document, keys, { document, now: NOW }).element, 'urn:oasis:names:tc:SAML:2.0:metadata', 'EntityDescriptor').map((entity) => attributeOf(entity, 'entityID'));
  });
  if (stream !== null) same(stream, tree, 'the stream verified what the tree does not');
};

const ours = testKey('our-encryption');
const sealed = writeXml(encryptAssertion(element('saml:Assertion', { ID: '_a' }, [element('saml:Issuer', {}, ['x'])]), { key: ours.publicKey, certificate: ours.certificate, methods: ['http://www.w3.org/2009/xmlenc11#aes256-gcm'], digests: [] }));

export const targets: readonly Target[] = [
  { name: 'reading', inputs: mutants(strangeDocuments), check: checkReading('metadata') },
  { name: 'reading-message', inputs: mutants(fc.constantFrom(assertionSigned, bothSigned, goodRequest)), check: checkReading('message') },
  responseTarget('assertion'), responseTarget('response'), responseTarget('both'),
  { name: 'request-post', inputs: mutants(fc.constant(goodRequest)), check: (input) => { const read = posted(input); if (read !== null) same(read, goodPosted, 'another request than the signed one'); } },
  { name: 'request-redirect', inputs: mutants(fc.constant(goodQuery)), check: (input) => {
    const read = wanted({ binding: 'redirect', rawQuery: input.toString('latin1') });
    // Unsigned parameters in front, behind and of others are let pass; the request stays the signed one.
    if (read !== null) same(read, goodRedirected, 'another request than the signed one');
  } },
  { name: 'form', inputs: mutants(fc.constant(base64(goodRequest))), check: (input) => { const read = wanted({ binding: 'post', fields: { SAMLRequest: input.toString('latin1') } }); if (read !== null) same(read, goodPosted, 'another request than the signed one'); } },
  { name: 'aggregate', inputs: strangeDocuments.map((text) => Buffer.from(aggregate(withoutHead(text)) ?? '<none/>')), check: checkAggregate },
  { name: 'aggregate-broken', inputs: mutants(strangeDocuments.map((text) => aggregate(withoutHead(text)) ?? '<none/>')), check: checkAggregate },
  { name: 'encrypted', inputs: mutants(fc.constant(sealed)), check: (input) => {
    const plain = refusable(() => decryptAssertion(readXml(input, 'message'), [ours.privateKey], { coveredBy: null }));
    if (plain !== null) must(attributeOf(plain, 'ID') === '_a' && canonicalise(plain).endsWith('>x</saml:Issuer></saml:Assertion>'), 'another plaintext');
  } },
];
