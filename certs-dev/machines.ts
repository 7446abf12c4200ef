/** Keys and certificates of machines: TLS servers, Bryggan's own signing keys, demo applications, function certificates. */
import { MARK, authorities, policies, validity, type PolicyName } from './authorities.ts';
import { EKU, type KeyKind, type LeafPlan, distribution } from './cards.ts';
import { extension, type Extension, type Name } from './certificate.ts';

const subject = (commonName: string, ...more: Name): Name => [[{ type: 'C', value: 'SE' }], [{ type: 'O', value: MARK.organisation }], [{ type: 'CN', value: `${MARK.namePrefix}${commonName}` }], ...more];
const ipv4 = Uint8Array.of(127, 0, 0, 1);
const ipv6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** Its key is public: name constraints keep it from standing for anything but this machine [RFC 5280 §4.2.1.10]. */
export const tlsAuthority = {
  file: 'tls/ca',
  keyKind: 'p-256' as KeyKind,
  subject: subject('TLS CA'),
  constraints: (): Extension => extension.permittedNames(['localhost'], [Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0), Uint8Array.of(...ipv6, ...new Array<number>(16).fill(255))]),
};

export interface MachinePlan extends LeafPlan {
  readonly id: string;
  readonly purpose: string;
  /** Below the TLS CA, below an authority of the PKI, or signed by its own key as SAML keys are. */
  readonly signedBy: 'tls' | 'authority' | 'itself';
}
const tls = (id: string, purpose: string, dns: readonly string[], addresses: readonly Uint8Array[] = []): MachinePlan => ({
  id, purpose, signedBy: 'tls', file: `tls/${id}`, keyFile: `tls/${id}`, keyKind: 'p-256', authority: 'tls', label: `DEV TLS ${id}`, subject: subject(`TLS ${id}`), validity: validity.leaf, hash: 'sha256',
  extensions: (keys) => [extension.keyUsage('digitalSignature'), extension.extendedKeyUsage(EKU.serverAuth), extension.alternativeNames(dns, addresses), extension.authorityKey(keys.issuer), extension.subjectKey(keys.subject)],
});
const own = (id: string, folder: string, purpose: string, keyKind: KeyKind): MachinePlan => ({
  id, purpose, signedBy: 'itself', file: `${folder}/${id}`, keyFile: `${folder}/${id}`, keyKind, authority: 'itself', label: `DEV ${id}`, subject: subject(purpose), validity: validity.leaf, hash: 'sha256',
  extensions: (keys) => [extension.keyUsage('digitalSignature', 'keyEncipherment'), extension.subjectKey(keys.subject)],
});
interface FunctionPlan { readonly id: string; readonly authority: 'siths-function' | 'efos-function'; readonly hsaId: string; readonly purpose: string; readonly policy: PolicyName; readonly dns: readonly string[]; readonly validity?: readonly [Date, Date] }
/** serialNumber is the HSA-id of the system (facts: credentials §1.7). */
const functionCertificate = (plan: FunctionPlan): MachinePlan => {
  const authority = authorities.find((candidate) => candidate.id === plan.authority);
  if (authority === undefined) throw new Error(`no authority ${plan.authority}`);
  return {
    id: plan.id, purpose: plan.purpose, signedBy: 'authority', file: `functions/${plan.id}`, keyFile: `functions/${plan.id}`, keyKind: 'rsa-3072', authority: plan.authority, label: `DEV ${plan.id}`,
    subject: subject(plan.purpose, [{ type: 'serialNumber', value: plan.hsaId }]), validity: plan.validity ?? validity.leaf, hash: authority.hash,
    extensions: (keys) => [
      extension.keyUsage('digitalSignature', 'keyEncipherment'), extension.extendedKeyUsage(EKU.clientAuth, EKU.serverAuth), extension.policies(policies[plan.policy].oid, '2.23.140.1.2.2'),
      extension.alternativeNames(plan.dns, []), extension.authorityKey(keys.issuer), extension.subjectKey(keys.subject), ...distribution(authority),
    ],
  };
};

export const machines: readonly MachinePlan[] = [
  tls('demo', 'Every host of the demo: Bryggan, the card host, the applications', ['localhost', 'card.localhost', '*.card.localhost'], [ipv4, ipv6]),
  tls('main', "Bryggan's public listener alone", ['localhost', 'idp.localhost']),
  tls('card', 'The card host alone: not valid for the main host', ['card.localhost', '*.card.localhost']),
  tls('application', 'Applications on another site', ['app.localhost'], [ipv4, ipv6]),
  own('saml-signing', 'keys', 'SAML signing', 'rsa-2048'),
  own('saml-signing-next', 'keys', 'SAML signing, next', 'rsa-2048'),
  own('saml-signing-ec', 'keys', 'SAML signing, elliptic curve', 'p-256'),
  own('metadata-signing', 'keys', 'Metadata signing', 'rsa-3072'),
  own('saml-encryption', 'keys', 'SAML encryption', 'rsa-3072'),
  own('demo-1', 'applications', 'Demo application 1', 'rsa-2048'),
  own('demo-2', 'applications', 'Demo application 2', 'rsa-2048'),
  own('demo-3', 'applications', 'Demo application 3, elliptic curve', 'p-256'),
  functionCertificate({ id: 'bryggan', authority: 'siths-function', hsaId: 'SE2321000131-DEV9001', purpose: 'Bryggan as a client', policy: 'functionNew', dns: ['localhost'] }),
  functionCertificate({ id: 'bryggan-old', authority: 'siths-function', hsaId: 'SE2321000131-DEV9001', purpose: 'Bryggan as a client, expired', policy: 'functionOld', dns: ['localhost'], validity: validity.past }),
  functionCertificate({ id: 'directory', authority: 'siths-function', hsaId: 'SE2321000131-DEV9002', purpose: 'Directory', policy: 'functionNew', dns: ['localhost'] }),
  functionCertificate({ id: 'proxy', authority: 'siths-function', hsaId: 'SE2321000131-DEV9003', purpose: 'Reverse proxy', policy: 'functionNew', dns: ['localhost'] }),
  functionCertificate({ id: 'authentication-service', authority: 'efos-function', hsaId: 'SE2321000131-DEV9004', purpose: 'Authentication service', policy: 'efosFunction', dns: ['localhost'] }),
];
