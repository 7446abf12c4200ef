/** The method as the flow sees it: orders behind `PhoneMethod`, and what a returned credential is worth. */
import { lowerOf } from '../../core/assurance.ts';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import type { LocalisedText } from '../../core/locale.ts';
import { fail } from '../../core/errors.ts';
import { isHsaId, isPersonalIdentityNumber } from '../../core/ids.ts';
import { digestOf } from '../../core/secrets.ts';
import type { AuthenticationMethod, OrderView, PhoneMethod } from '../../login/ports.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';
import { verifyChain, type RevocationChecker, type TrustStore } from '../../pki/index.ts';
import { demandGood, demandStillGood, identityOf, type ChainPorts, type ChainSettings } from '../chain-identity.ts';
import { addressIn, type CertificateCredential, type FailureReason, type MobileClient, type Order, type PendingOrder, type StatedCredential } from './model.ts';
import { createOrderMachine, type OrderPorts } from './orders.ts';
import type { Judge } from './poller.ts';

export interface PhoneMethodSettings extends ChainSettings {
  /** Rows of config/issuers.yaml; empty: every mobile issuer of the environment. */
  readonly issuers: readonly string[];
  readonly names: LocalisedText | null;
  /** `same`: an app on the device that shows our page must answer from the page’s own address, where its service tells one (threats I05). */
  readonly addresses: 'recorded' | 'same';
  /** The service signs who somebody is and hands over no certificate: there is none to check, at the login or later. */
  readonly stated: boolean;
}
export interface PhoneMethodPorts extends ChainPorts, Omit<OrderPorts, 'clock'> {
  readonly trust: TrustStore;
  readonly revocation: RevocationChecker;
  /** Throws unless the phone signed our challenge with this certificate; absent where the service returns no signature. */
  readonly checkSignature?: (signature: string | null, challenge: string, certificate: Uint8Array) => void;
}

const codes: Readonly<Record<FailureReason, ErrorCode>> = {
  'cancelled': 'mobile.cancelled', 'replaced': 'mobile.replaced', 'expired': 'mobile.expired', 'credential': 'mobile.credential', 'client': 'mobile.app', 'elsewhere': 'mobile.elsewhere', 'unknown-user': 'mobile.unknown-user', 'internal': 'mobile.unavailable',
};

const byCertificate = async (credential: CertificateCredential, order: PendingOrder, settings: PhoneMethodSettings, ports: PhoneMethodPorts): Promise<VerifiedIdentity> => {
  const der = Buffer.from(credential.certificate, 'base64');
  const chain = verifyChain(der, ports.trust, { now: ports.clock.now(), credentialTypes: ['mobile'], issuers: settings.issuers, intermediates: credential.intermediates.map((one) => Buffer.from(one, 'base64')) });
  await ports.revocation.ask(chain);
  demandGood(ports.revocation.check(chain));
  if (credential.ocsp !== undefined) {
    const answer = Buffer.from(credential.ocsp ?? fail('mobile.credential', 'no OCSP answer came with the signature'), 'base64');
    if (ports.revocation.offered(chain, answer) !== 'good') return fail('mobile.credential', 'the OCSP answer that came with the signature does not say good');
  }
  ports.checkSignature?.(credential.signature, order.challenge, der);
  const identity = identityOf(chain, settings, ports);
  const named = nameOf(identity);
  if (credential.userId !== null && (isPersonalIdentityNumber(credential.userId) || isHsaId(credential.userId, settings.hsaIdFormat)) && credential.userId.toUpperCase() !== named) return fail('mobile.credential', 'the service names another person than the certificate');
  return identity;
};
const nameOf = ({ person }: VerifiedIdentity): string => (person.kind === 'hsa-id' ? person.hsaId.toUpperCase() : person.number);
/** The level is the method's own: its service was asked for the registration that stands for it. */
const byStatement = ({ stated }: StatedCredential, settings: PhoneMethodSettings, { clock }: PhoneMethodPorts): VerifiedIdentity => {
  const { number, givenName, surname, issuerName } = stated;
  if (!settings.stated || !isPersonalIdentityNumber(number)) return fail('mobile.credential', 'the service names nobody by a personal identity number');
  return {
    method: settings.id, person: { kind: 'personal-identity-number', number }, level: settings.highestLevel, authenticatedAt: clock.now(), revocationHandle: null,
    credential: { givenName, surname, displayName: [givenName, surname].filter((part) => part !== null).join(' '), organisationName: null, issuerName, subjectName: '', policies: [], certificate: null },
  } as unknown as VerifiedIdentity;
};
/** Identity comes from the certificate, validated again by us, or from the signed outcome; what the service says beside it is only compared (threats I07, I08). */
const judgeWith = (settings: PhoneMethodSettings, ports: PhoneMethodPorts): Judge => async (credential, order) => {
  const phoneAddress = addressIn(credential.deviceAddress);
  if (settings.addresses === 'same' && order.device === 'same' && phoneAddress !== null && phoneAddress !== addressIn(order.address)) return fail('mobile.elsewhere', 'the app on this device answered from another address than the browser’s');
  const identity = 'stated' in credential ? byStatement(credential, settings, ports) : await byCertificate(credential, order, settings, ports);
  if (order.askedFor !== null && digestOf(nameOf(identity)) !== order.askedFor) return fail('mobile.credential', 'the phone belongs to another person than the one who was asked for');
  return identity;
};

const secondsSince = (order: Order, now: number): number => Math.floor((now - order.startedAt) / 1000);
const pendingView = (order: PendingOrder, client: MobileClient, now: number, way: { readonly returnUrl: string; readonly userAgent: string }): OrderView => ({
  state: 'pending', device: order.device, hint: order.hint, secondsLeft: Math.max(0, Math.round((order.expiresAt - now) / 1000)),
  startUrl: order.device === 'same' ? client.startUrl(order.order, way.returnUrl, way.userAgent) : null,
  qr: order.device === 'other' && order.hint === 'start-app' ? client.qrText(order.order, secondsSince(order, now)) : null,
});

/** Identifiers that certificates of these issuers carry: what a person may type is compared with one of them. */
type Identifiers = ReadonlySet<'hsa-id' | 'personal-identity-number' | 'none'>;

const createPhone = (settings: PhoneMethodSettings, identifiers: Identifiers, client: MobileClient, ports: PhoneMethodPorts): PhoneMethod => {
  const machine = createOrderMachine(settings.id, client, judgeWith(settings, ports), ports);
  return {
    otherDevice: client.otherDevice,
    isPerson: (text) => (identifiers.has('personal-identity-number') && isPersonalIdentityNumber(text)) || (identifiers.has('hsa-id') && isHsaId(text, settings.hsaIdFormat)),
    start: async (wish) => (await machine.start(wish)).id,
    look: async (id, way) => {
      const order = await machine.look(id);
      if (order === undefined) return undefined;
      if (order.state === 'failed') return { state: 'failed', code: codes[order.reason] };
      return order.state === 'complete' ? { state: 'complete', identity: order.identity, deviceAddress: order.deviceAddress, deviceName: order.deviceName } : pendingView(order, client, ports.clock.now(), way);
    },
    cancel: (id) => machine.cancel(id),
    forget: async (id) => { await machine.take(id); },
  };
};

export const createPhoneMethod = (settings: PhoneMethodSettings, client: MobileClient, ports: PhoneMethodPorts): AuthenticationMethod => {
  const phone = (identifiers: Identifiers): PhoneMethod => createPhone(settings, identifiers, client, ports);
  const common = { id: settings.id, kind: 'mobile' as const, highestLevel: settings.highestLevel, names: settings.names, startUrl: (): string => fail('internal', 'a phone has no host of its own') };
  if (settings.stated) return { ...common, levels: [settings.highestLevel], phone: phone(new Set(['personal-identity-number'])), recheck: () => undefined };
  const rows = ports.trust.issuers.filter(({ row }) => row.credentialType === 'mobile' && (settings.issuers.length === 0 || settings.issuers.includes(row.id))).map(({ row }) => row);
  const reachable = rows.flatMap((row) => [...(row.level === null ? [] : [row.level]), ...row.policies.values()]).map((level) => lowerOf(level, settings.highestLevel));
  return {
    ...common, levels: [...new Set(reachable)], phone: phone(new Set(rows.map(({ identifierType }) => identifierType))),
    recheck: (identity) => demandStillGood(identity, ports.revocation, ports.clock.now()),
  };
};
