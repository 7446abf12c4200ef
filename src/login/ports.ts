/** What the flow needs from outside: one interface per role, chosen in app.ts. */
import type { ReleaseDecision } from '../attributes/model.ts';
import type { AssuranceLevel, RequestedAssurance } from '../core/assurance.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { BrygganError } from '../core/errors.ts';
import type { ProtocolAnswer } from '../core/http-types.ts';
import type { PartyId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Locale, LocalisedText } from '../core/locale.ts';
import type { Registry, ServiceParty } from '../parties/model.ts';
import type { ServiceEntry } from '../sessions/ports.ts';
import type { EndReason, LogoutAsker, LogoutWish } from './logout-record.ts';
import type { AcceptedRequest, AnswerSlip, PrincipalSelection, ReleasedTransaction, VerifiedIdentity } from './transaction.ts';

/**
 * Result of step 1. A request whose sender or return address could not be verified is thrown instead;
 * what is refused after that (a level nobody can reach, a NameID format we lack) is answered in the protocol.
 */
export interface Arrival {
  /** Seen twice = replayed. `issuer` is the entityID, `id` the request's own id; null where requests have none: each is a login of its own. */
  readonly requestKey: { readonly issuer: string; readonly id: string } | null;
  readonly outcome: { readonly ok: true; readonly request: AcceptedRequest } | { readonly ok: false; readonly slip: AnswerSlip; readonly error: BrygganError };
}

/** Step 6 for one protocol. Neither method does I/O except signing. */
export interface ProtocolFace {
  readonly protocol: AnswerSlip['protocol'];
  /** The positive answer, and what logout will need to know about it. `subjectSecret` derives pseudonymous ids. */
  respond(transaction: ReleasedTransaction, service: ServiceParty, session: { readonly index: string; readonly expiresAt: number }): Promise<FaceAnswer>;
  /** The refusal in the asker's protocol, or null where the catalogue says that the service is never told. */
  refuse(slip: AnswerSlip, error: BrygganError, service: ServiceParty): Promise<ProtocolAnswer | null>;
}
export interface FaceAnswer {
  readonly answer: ProtocolAnswer;
  readonly entry: ServiceEntry;
  /** Message ids and algorithm for the audit line; no attribute values. */
  readonly auditFacts: { readonly [name: string]: JsonValue };
  /** Uses up what may be answered once; throws when it was before. Done when the login is this answer's alone, before anything is on record. */
  readonly once?: () => Promise<void>;
  /** Writes what the answer stands on (a code and its grant); done beside the session's entry, before the answer leaves. */
  readonly keep?: () => Promise<void>;
}

/** How a protocol ends logins at its services (login/logout.ts decides whom, when and in which order). A service's fault is a result, never thrown. */
export interface LogoutFace {
  /** The service keeps its own login until it is answered: then it is not kept waiting for a person to read. */
  readonly waitsForAnswer: boolean;
  /** Without a browser and in bounded time; null when the service publishes no way. */
  tell(entry: ServiceEntry, reason: EndReason): Promise<'logged-out' | 'unreachable' | null>;
  /** Address that a frame of our page calls, where that is all the service offers; whether it worked cannot be seen. */
  frame(entry: ServiceEntry): string | null;
  /** Where the browser would go; null when the service publishes no such way. */
  carriesTo(entry: ServiceEntry): string | null;
  /** The message for the browser to carry; the service's answer names `mark`. Null when the way is gone. */
  carry(entry: ServiceEntry, mark: string): Promise<ProtocolAnswer | null>;
  /** Is this entry the one that the demand names? */
  isNamed(entry: ServiceEntry, wish: LogoutWish): boolean;
  /** To the service that began; null when it wants no answer. */
  answer(asker: LogoutAsker, end: LogoutEnd): Promise<ProtocolAnswer | null>;
}
export type LogoutEnd = 'complete' | 'partial' | 'unknown-session';

/** One way to log in (step 3), as the chooser sees it. */
export interface AuthenticationMethod {
  readonly id: string;
  readonly kind: 'certificate' | 'mobile' | 'upstream';
  /** From configuration, where several of one kind must be told apart. */
  readonly names?: LocalisedText | null;
  /** Highest level that this method can prove. */
  readonly highestLevel: AssuranceLevel;
  /** Levels that a login by this method may end at; used to offer or not to offer it. */
  readonly levels: readonly AssuranceLevel[];
  /** Where the browser goes with its handle. */
  startUrl(handle: string): string;
  /** Methods with an app on a phone stay on our own host and have this instead of a start address. */
  readonly phone?: PhoneMethod;
  /** Methods that send the browser to an IdP with a message of ours have this instead of a start address. */
  readonly upstream?: UpstreamMethod;
  /** Looks again, in cached data only, when a session is reused: throws `card.revoked` and its like. */
  recheck(identity: VerifiedIdentity): void;
}

/** What an IdP is asked, the same for every protocol. */
export interface UpstreamWish {
  /** Comes back with the answer (RelayState, state). */
  readonly handle: string;
  readonly assurance: RequestedAssurance | null;
  /** Levels that may answer the service, from its request, its own minimum and its federation. */
  readonly levels: readonly AssuranceLevel[];
  readonly freshLoginRequired: boolean;
  readonly noInteraction: boolean;
  /** entityIDs of those whom the login is for: the chain of the request with the asking service appended [SAMLCore §3.4.1.5.1]. */
  readonly requesters: readonly string[];
  /** What is left for those behind the IdP; null: no limit. */
  readonly proxyCount: number | null;
  /** entityIDs of the IdPs that may answer; empty: any. */
  readonly providers: readonly string[];
  readonly principalSelection: PrincipalSelection;
  readonly locale: Locale | null;
}
/** An IdP of a party, as the login sees it. */
export interface UpstreamMethod {
  /** `<party>/<file name>` */
  readonly provider: string;
  readonly party: PartyId;
  /** The message to the IdP, and what its answer will be checked against. Errors: `upstream.unavailable`. */
  start(wish: UpstreamWish): Promise<{ readonly answer: ProtocolAnswer; readonly memory: { readonly [key: string]: JsonValue } }>;
  /** Not there when the IdP publishes no way. */
  readonly logout?: UpstreamLogout;
}
type Json = { readonly [key: string]: JsonValue };
/** Logout at an IdP, both ways. `memory`: what its login left in `UpstreamFacts.session`. */
export interface UpstreamLogout {
  /** Where the browser would go; null when there is no way. */
  urlOf(memory: Json): string | null;
  /** The message for the browser to carry; the IdP's answer names `mark`. */
  carry(memory: Json, mark: string): Promise<ProtocolAnswer | null>;
  /** Is this login the one that the IdP's demand names? */
  isNamed?(memory: Json, wish: LogoutWish): boolean;
  /** To the IdP that began; null when it wants no answer. */
  answer?(asker: LogoutAsker, end: LogoutEnd): Promise<ProtocolAnswer | null>;
}

/** An order as its page may show it. The service's own reference and secrets are not in it, but for the app's start address. */
export type OrderView =
  | { readonly state: 'pending'; readonly device: 'same' | 'other'; readonly hint: 'start-app' | 'app-started' | 'user-sign'; readonly secondsLeft: number; /** Opens the app on this device. */ readonly startUrl: string | null; /** Text of the picture at this second. */ readonly qr: string | null }
  | { readonly state: 'failed'; readonly code: ErrorCode }
  | { readonly state: 'complete'; readonly identity: VerifiedIdentity; /** Of the phone, where its service says it. */ readonly deviceAddress: string | null; readonly deviceName: string | null };
export interface PhoneMethod {
  readonly otherDevice: 'qr' | 'identity' | 'none';
  /** Could somebody be called this? Without blanks, in upper case; a personal identity number without hyphen. */
  isPerson(text: string): boolean;
  /** Errors: `mobile.unavailable`. */
  start(wish: { readonly transaction: string; readonly device: 'same' | 'other'; readonly person: string | null; readonly address: string; readonly text: string }): Promise<string>;
  look(order: string, way: { readonly returnUrl: string; readonly userAgent: string }): Promise<OrderView | undefined>;
  cancel(order: string): Promise<void>;
  /** The outcome was used. */
  forget(order: string): Promise<void>;
}

export interface ExplainedDecision extends ReleaseDecision { readonly label?: string }
export type { Registry };
