/**
 * What a person may be shown, as data: ui/ turns a page into HTML, and nothing else knows HTML.
 * Only facts that the person at this browser may see belong here.
 */
import type { LogoutResultKind } from './logout-record.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { Locale, LocalisedText } from '../core/locale.ts';
import type { PostForm, ProtocolAnswer } from '../core/http-types.ts';
import type { Instant } from '../core/ports.ts';
import type { ReferenceId } from '../core/ids.ts';
import type { SupportContact } from '../parties/model.ts';
import type { PhoneFacts } from './transaction.ts';

export interface Asker { readonly name: LocalisedText; readonly logo: string | null; readonly partyName: string; readonly homeUrl: string | null }
export interface MethodOption {
  readonly id: string;
  readonly kind: 'certificate' | 'mobile' | 'upstream';
  readonly lastUsed: boolean;
  /** Not offered, and why, shown on request (a level the method cannot reach). */
  readonly unavailable: 'level' | null;
  /** Name from configuration, where several methods of one kind must be told apart; else the kind's own words. */
  readonly label?: LocalisedText;
  /** The others beside the organisation that stands above it. */
  readonly other?: true;
}
/** The IdP of a party; `id`: `<party>/<file name>`. */
export interface OrganisationOption { readonly id: string; readonly name: LocalisedText; readonly partyName: string; readonly logo: string | null; readonly lastUsed: boolean }
/** `total`: before the search; `search`: what the person looked for, empty when nothing. */
export interface OrganisationList { readonly options: readonly OrganisationOption[]; readonly total: number; readonly search: string }
export interface CommissionOption { readonly index: number; readonly unit: string; readonly provider: string; readonly purpose: string; readonly name: string; readonly lastUsed: boolean }
export interface EmployeeOption { readonly index: number; readonly organisation: string; readonly title: string | null; readonly lastUsed: boolean }
export interface SessionService { /** Names it in the form that leaves it. */ readonly key: string; readonly name: LocalisedText; readonly partyName: string; readonly answeredAt: Instant; /** Applications behind a local IdP. */ readonly behind?: readonly LocalisedText[] }

export type Page =
  | { readonly kind: 'choose-method'; readonly methods: readonly MethodOption[]; readonly failure: ErrorCode | null; readonly cancellable: boolean; /** One of them is what this browser remembers, and can be forgotten here. */ readonly remembered?: boolean }
  /** Goes on to the card host by itself (no script needed); shown while the host and the PIN prompt answer. */
  | { readonly kind: 'card'; readonly continueTo: string; readonly otherMethods: boolean }
  | { readonly kind: 'card-failed'; readonly code: ErrorCode; /** What is tried again. */ readonly methodKind: MethodOption['kind']; readonly tryAgain: string; readonly otherMethods: string | null }
  /** The beginning of a login with an app on a phone; `failure`: why the last try ended. */
  | { readonly kind: 'phone-start'; readonly method: string; /** The browser seems to be on a phone: then the app on this device comes first. */ readonly onPhone: boolean; readonly otherDevice: 'qr' | 'identity' | 'none'; readonly failure: ErrorCode | null; readonly otherMethods: string | null }
  /** `picture`: address of the QR code, changed every second by the script; `startUrl`: opens the app here. */
  | { readonly kind: 'phone'; readonly method: string; readonly device: 'same' | 'other'; readonly hint: 'start-app' | 'app-started' | 'user-sign'; readonly secondsLeft: number; readonly startUrl: string | null; readonly picture: string | null; readonly statusUrl: string; readonly otherMethods: string | null }
  | { readonly kind: 'confirm-session'; readonly personName: string; /** The service sent this browser here again and again without keeping the login. */ readonly circles?: true }
  /** For a service that asks the IdP itself; `asked`: goes along in the form, field by field. */
  | { readonly kind: 'discovery'; readonly list: OrganisationList; readonly asked: Readonly<Record<string, string>> }
  /** `others`: ways in without an organisation's login. */
  | { readonly kind: 'choose-organisation'; readonly list: OrganisationList; readonly others: readonly MethodOption[]; readonly failure: ErrorCode | null }
  | { readonly kind: 'choose-employee'; readonly options: readonly EmployeeOption[] }
  | { readonly kind: 'choose-commission'; readonly options: readonly CommissionOption[] }
  /** What is sent, in words: names of facts, never raw wire names. */
  | { readonly kind: 'what-is-sent'; readonly facts: readonly { readonly label: LocalisedText; readonly values: readonly string[] }[] }
  | { readonly kind: 'on-the-way'; readonly form: PostForm }
  | { readonly kind: 'already-logged-in'; readonly serviceUrl: string | null }
  | { readonly kind: 'start-again'; readonly code: ErrorCode; readonly serviceUrl: string | null }
  /** `answer`: the button that brings the refusal to the service in its own protocol, once the person has read the page. */
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly answer: ProtocolAnswer | null; readonly retry: string | null; /** Names of the facts that it is about, never their values. */ readonly about?: readonly LocalisedText[] }
  | { readonly kind: 'me'; readonly personName: string; readonly method: string; readonly methodKind?: MethodOption['kind']; /** Where the kind's own words would not say which. */ readonly methodNames?: LocalisedText; readonly level: string; readonly since: Instant; readonly until: Instant; /** Of a login with a phone. */ readonly phone?: PhoneFacts; readonly commission: { readonly unit: string; readonly purpose: string } | null; /** There are several to choose from: a link to the choice is shown. */ readonly canChange?: boolean; readonly services: readonly SessionService[]; /** The service that was just left. */ readonly left: LogoutLine | null }
  /** Who is in which feed of ours; `certificate`: SHA-256 of the one that signs them. */
  | { readonly kind: 'metadata-feeds'; readonly certificate: string; readonly feeds: readonly FeedLine[]; readonly frozen: FrozenLine | null }
  /** For the help desk: what would be made of a card, without a login. */
  | { readonly kind: 'card-test'; readonly partyName: string; readonly starts: readonly { readonly startUrl: string; readonly label: LocalisedText | null }[] }
  | { readonly kind: 'card-test-result'; readonly report: CardReport; readonly retry: string }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'log-out' }
  /** The browser is being sent from service to service; goes on by itself to `next`. */
  | { readonly kind: 'logging-out'; readonly services: readonly LogoutLine[]; readonly next: string; /** Past a service that does not answer from here. */ readonly skip: string; /** Address that shows whether it does. */ readonly probe: string | null }
  /** `continueTo`: the service that began, which is told when the person goes on there. */
  | { readonly kind: 'logged-out'; readonly services: readonly LogoutLine[]; readonly continueTo: { readonly name: LocalisedText; readonly path: string } | null };
/** What a presented certificate says and what we conclude; shown to whoever presented it, and nowhere kept. */
export interface CardReport {
  readonly verdict: { readonly ok: true; readonly level: string } | { readonly ok: false; readonly code: ErrorCode };
  /** Null when no certificate came, or none that can be read. `identifier`: HSA-id, or a personal identity number without its last four digits. */
  readonly certificate: { readonly holder: string; readonly identifier: string | null; readonly issuer: string; /** Our row for the issuer. */ readonly listed: string | null; readonly serial: string; readonly validFrom: Instant; readonly validTo: Instant; readonly policies: readonly string[] } | null;
  /** Null when there is no path to ask it about. */
  readonly revocation: { readonly status: 'good' | 'revoked'; readonly source: 'crl' | 'ocsp'; readonly asOf: Instant; readonly stale: boolean } | { readonly status: 'unknown'; readonly why: string } | null;
}
/** One metadata feed on the page that people compare fingerprints on. */
export interface FeedLine {
  readonly id: 'local-idps' | 'sambi' | 'applications';
  readonly path: string;
  readonly signedAt: Instant;
  readonly validUntil: Instant;
  readonly sha256: string;
  readonly members: readonly { readonly entityId: string; readonly name: LocalisedText; readonly organisation: string; readonly kind: 'identity-provider' | 'service'; readonly since: Instant }[];
}
/** Hashes to read over the phone. */
export interface FrozenLine { readonly path: string; readonly sha1: string; readonly sha256: string }
export interface LogoutLine { readonly name: LocalisedText; readonly result: LogoutResultKind; /** Called by a frame of the page. */ readonly frame: string | null; /** Applications behind a local IdP. */ readonly behind?: readonly LocalisedText[] }

/** What surrounds every page. */
export interface PageFrame {
  readonly locale: Locale;
  readonly asker: Asker | null;
  readonly support: SupportContact | null;
  readonly reference: ReferenceId | null;
  /** Environment banner outside production. */
  readonly environment: 'test' | 'acceptance' | 'production';
  /** Hidden field of every form on the page. */
  readonly formToken: string | null;
  /** Where the page's forms post to and its relative links start, e.g. `/login/<id>`; null on pages without forms. */
  readonly base: string | null;
  /** The same page in the other language. */
  readonly otherLanguageUrl: string;
}
