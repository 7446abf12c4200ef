/**
 * mobile-eid: logging in with an app on a phone. One order machine (orders.ts, poller.ts) for every service; a small client a service
 * (clients/). Owns orders, their hints and outcomes, and what a returned credential is worth (method.ts).
 * Does not own: the login around it (login/phone.ts), paths and revocation (pki/), pages as HTML (ui/).
 */
import { isIP } from 'node:net';
import type { JsonRecord } from '../../sessions/ports.ts';
import type { Instant } from '../../core/ports.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';

/** Where the app is: on the device that shows our page, or on another. */
export type Device = 'same' | 'other';
/** What the person is told while the order waits (facts: credentials §3.4). */
export type Hint = 'start-app' | 'app-started' | 'user-sign';
/** Why an order ended without a credential; each has a code and a text of its own. */
export type FailureReason = 'cancelled' | 'replaced' | 'expired' | 'credential' | 'client' | 'elsewhere' | 'unknown-user' | 'internal';

export interface StartContext {
  /** Address of the person's device, from the trusted proxy hop alone (threats I05). */
  readonly address: string;
  readonly device: Device;
  /** Identifier that the person typed; null where none is needed. Never stored readable. */
  readonly person: string | null;
  /** One line for the app: who asks (threats I11). */
  readonly text: string;
  /** Ours, random, for the app to sign: base64. */
  readonly challenge: string;
}
export interface StartedOrder {
  /** The service's name for it; never leaves the server but as the app's start token, where the two are one. */
  readonly reference: string;
  readonly lifetimeSeconds: number;
  /** What the client needs later (QR secrets, tokens); stored sealed, never shown. */
  readonly memory: JsonRecord;
}
/** What the phone proved, as the service hands it over. Nothing of it is believed before method.ts has looked. */
export type Credential = CertificateCredential | StatedCredential;
/** Read from an outcome that the service's own key signed, where no certificate is handed over; the client has checked the signature. */
export interface StatedCredential {
  readonly stated: { readonly number: string; readonly givenName: string | null; readonly surname: string | null; readonly issuerName: string };
  readonly deviceAddress: string | null;
}
export interface CertificateCredential {
  /** DER in base64. */
  readonly certificate: string;
  readonly intermediates: readonly string[];
  /** Over our challenge, in base64, where the service returns one. */
  readonly signature: string | null;
  /** As the service says, for comparing; identity comes from the certificate. */
  readonly userId: string | null;
  readonly deviceAddress: string | null;
  /** What the service calls the phone; for the person to read, for nothing else. */
  readonly deviceName?: string | null;
  /** OCSP answer about the certificate that the service fetched, DER in base64; absent where none is looked at, null where one is demanded and none came. */
  readonly ocsp?: string | null;
}
/** An address in its plain form; null for what is none. Written to the trail beside the browser's own (threats I05). */
export const addressIn = (text: string | null): string | null => {
  const plain = text?.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase() ?? '';
  return isIP(plain) === 0 ? null : plain;
};
/** A phone's name as it may stand on a page: one short line. */
export const nameIn = (text: string | null | undefined): string | null => {
  const plain = (text ?? '').normalize('NFC').replace(/[^\p{L}\p{N}\p{Pd} .,()/+’']/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 60);
  return plain === '' ? null : plain;
};
export type Polled =
  | { readonly kind: 'pending'; readonly hint: Hint }
  | { readonly kind: 'complete'; readonly credential: Credential }
  | { readonly kind: 'failed'; readonly reason: FailureReason; /** The service's word for it, for operations. */ readonly detail: string };

/** One service. Every call is bounded in time by the client; `mobile.unavailable` when it cannot be reached or understood. */
export interface MobileClient {
  /** How an order on another device begins: by a picture, or by typing who one is where the service has no other way. */
  readonly otherDevice: 'qr' | 'identity' | 'none';
  readonly pollMilliseconds: number;
  /** A refusal at the start is an outcome, like one later. */
  start(context: StartContext): Promise<StartedOrder | Extract<Polled, { kind: 'failed' }>>;
  poll(order: StartedOrder): Promise<Polled>;
  /** Where the service knows it; else the order runs out by itself. */
  cancel(order: StartedOrder): Promise<void>;
  /** Opens the app on this device and names where it leads back to (threats I10). */
  startUrl(order: StartedOrder, returnUrl: string, userAgent: string): string;
  /** Text of the picture after so many whole seconds; null where there is none. */
  qrText(order: StartedOrder, seconds: number): string | null;
}

/** One order as it is kept. JSON, sealed; `transaction` binds it to one login, and through that to one browser (threats I03, I04). */
interface OrderBase { readonly transaction: string; readonly method: string; readonly device: Device; readonly startedAt: Instant; readonly expiresAt: Instant }
export type Order =
  | (OrderBase & { readonly state: 'pending'; readonly hint: Hint; readonly order: StartedOrder; readonly challenge: string; /** Hash of what the person typed. */ readonly askedFor: string | null; /** Of the browser that began. */ readonly address: string })
  | (OrderBase & { readonly state: 'complete'; readonly identity: VerifiedIdentity; /** Of the phone, where the service says it. */ readonly deviceAddress: string | null; readonly deviceName: string | null })
  | (OrderBase & { readonly state: 'failed'; readonly reason: FailureReason });
export type PendingOrder = Extract<Order, { state: 'pending' }>;
