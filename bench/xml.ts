/** XML: what it costs to build and sign a Response, and to verify a request and a response; each peer on the same input. */
import { claimedIssuer, readAuthnRequest } from '../src/saml/messages/authn-request.ts';
import { readPost } from '../src/saml/bindings/post.ts';
import { childElements, readXml, verifyEnveloped } from '../src/saml/xml/index.ts';
import { namespaces } from '../src/saml/names.ts';
import { NOW } from '../test/fixtures/saml.ts';
import type { BenchResult, BenchRow } from './row.ts';
import { buildAndSign, idpKey, serviceKey, signedRequest, unsignedResponse } from './xml-inputs.ts';
import { certificatePem, hasXmlsec1, libxmlSigns, libxmlVerifies, nodeSamlReads, xmlCryptoSigns, xmlCryptoVerifies, xmlsec1Cpu } from './xml-peers.ts';

const ROUNDS = 15;
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
/** CPU milliseconds of one, warm, median of rounds of about 50 ms. */
const cpuOf = async (work: () => unknown): Promise<number> => {
  const round = async (count: number): Promise<number> => {
    const before = process.cpuUsage();
    for (let at = 0; at < count; at += 1) await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / count;
  };
  const warm = performance.now();
  let first = await round(5);
  while (performance.now() - warm < 600) first = await round(20);
  const count = Math.max(3, Math.min(2000, Math.round(50 / Math.max(first, 0.01))));
  const values: number[] = [];
  for (let at = 0; at < ROUNDS; at += 1) values.push(await round(count));
  return median(values);
};
type Peers = Readonly<Record<string, () => unknown>>;
const beside = async (unit: number, ours: () => unknown, peers: Peers, xmlsec: () => number): Promise<BenchResult> => {
  const cpuMs = await cpuOf(ours);
  const measured: Record<string, number> = {};
  for (const [name, work] of Object.entries(peers)) measured[name] = (await cpuOf(work)) / unit;
  if (hasXmlsec1) measured['xmlsec1'] = xmlsec() / unit;
  return { ratio: cpuMs / unit, cpuMs, peers: measured };
};

const SAML_ASSERTION = `${namespaces.saml}:Assertion`;
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const { ds } = namespaces;
const template = `<ds:Signature xmlns:ds="${ds}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="#_bench-assertion"><ds:Transforms><ds:Transform Algorithm="${ds}enveloped-signature"/><ds:Transform Algorithm="${EXCLUSIVE}"/></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>`;
const buildSignResponse: BenchRow = {
  id: 'build-sign-response', budget: 1.2, unit: 'R',
  measure: async ({ rsa2048SignMs }) => {
    const unsigned = await unsignedResponse();
    const withTemplate = unsigned.replace(/(<saml:Assertion [^]*?<\/saml:Issuer>)/, `$1${template}`);
    return beside(rsa2048SignMs, buildAndSign, { 'xml-crypto': () => xmlCryptoSigns(unsigned), 'libxml2-wasm (hash and sign only)': () => { libxmlSigns(unsigned); } },
      () => xmlsec1Cpu(['--sign', '--privkey-pem', 'key.pem', '--id-attr:ID', SAML_ASSERTION], withTemplate, { 'key.pem': idpKey.pem }));
  },
};
const verifyRequest: BenchRow = {
  id: 'verify-post-authnrequest', budget: 0.35, unit: 'R',
  measure: ({ rsa2048SignMs }) => {
    const fields = { SAMLRequest: Buffer.from(signedRequest).toString('base64') };
    const keys = [serviceKey.publicKey];
    const pem = certificatePem(serviceKey);
    const ours = (): unknown => {
      const document = readXml(readPost({ fields }).xml, 'message');
      claimedIssuer(document);
      return readAuthnRequest(verifyEnveloped(document, keys, { document, now: NOW }).element);
    };
    // node-saml is a service: it reads no AuthnRequest.
    const peers: Peers = { 'xml-crypto': () => { xmlCryptoVerifies(signedRequest, pem); }, 'libxml2-wasm': () => { libxmlVerifies(signedRequest, serviceKey, '/*'); } };
    return beside(rsa2048SignMs, ours, peers, () => xmlsec1Cpu(['--verify', '--pubkey-cert-pem', 'crt.pem', '--id-attr:ID', `${namespaces.samlp}:AuthnRequest`, '--enabled-key-data', 'rsa'], signedRequest, { 'crt.pem': pem }));
  },
};
const verifyResponse: BenchRow = {
  id: 'verify-response', budget: 0.8, unit: 'R',
  measure: async ({ rsa2048SignMs }) => {
    const xml = await buildAndSign();
    const bytes = Buffer.from(xml);
    const keys = [idpKey.publicKey];
    const pem = certificatePem(idpKey);
    const ours = (): unknown => {
      const document = readXml(bytes, 'message');
      const [assertion] = childElements(document, namespaces.saml, 'Assertion');
      return verifyEnveloped(assertion ?? document, keys, { document, now: NOW });
    };
    const peers: Peers = { 'xml-crypto': () => { xmlCryptoVerifies(xml, pem); }, 'node-saml': nodeSamlReads(xml, idpKey), 'libxml2-wasm': () => { libxmlVerifies(xml, idpKey, "/*/*[local-name()='Assertion']"); } };
    const result = await beside(rsa2048SignMs, ours, peers, () => xmlsec1Cpu(['--verify', '--pubkey-cert-pem', 'crt.pem', '--id-attr:ID', SAML_ASSERTION, '--enabled-key-data', 'rsa'], xml, { 'crt.pem': pem }));
    return { ...result, note: `${String(bytes.length)} bytes` };
  },
};
export const rows: readonly BenchRow[] = [buildSignResponse, verifyRequest, verifyResponse];
