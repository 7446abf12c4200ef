/**
 * The states of one login. A step takes one member of `LoginTransaction` and returns the next, so a step
 * cannot see what it must not: nothing before `accepted` has an address to leak to, and `released` holds no
 * attribute that step 5 held back. Everything here is JSON: it is stored sealed between two requests.
 */
import type { AttributeValue, ReleasedIdentity, RequestedAttribute } from '../attributes/model.ts';
import type { AssuranceLevel, RequestedAssurance } from '../core/assurance.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { Branded, HsaId, PartyId, ReferenceId, ServiceId, SessionId, TransactionId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Locale } from '../core/locale.ts';
import type { Instant } from '../core/ports.ts';
import type { PersonKey } from '../directory/model.ts';

/** An address taken from the service's verified metadata, never from the request alone. Made only by the faces' accept functions. */
export type VerifiedReturnAddress = Branded<{ readonly url: string; readonly binding: string }, 'VerifiedReturnAddress'>;

/** All that step 6 needs to answer: it outlives the request itself. */
export interface AnswerSlip {
  readonly protocol: 'saml' | 'oidc';
  readonly service: ServiceId;
  readonly party: PartyId;
  readonly returnAddress: VerifiedReturnAddress;
  /** The face's own memory (request id, RelayState, NameID policy …); nobody else reads it. */
  readonly faceState: { readonly [key: string]: JsonValue };
}
/** A wish of Swedish eID services, carried along as it came: which of several persons' attributes the IdP is to log in (facts: federation §4.5). */
export type PrincipalSelection = readonly { readonly name: string; readonly value: string }[];
/** What a service that stands for others says about the chain [SAMLCore §3.4.1.2]. */
export interface Proxying {
  /** entityIDs of those it asks for, in the order of the request. */
  readonly requesters: readonly string[];
  /** How many IdPs may stand between us and the person; null: no limit. */
  readonly proxyCount: number | null;
  /** entityIDs of the IdPs that may answer; empty: any. */
  readonly providers: readonly string[];
  /** We are among `providers`, or anybody may answer: then methods of our own may. */
  readonly ourselves: boolean;
  readonly principalSelection?: PrincipalSelection;
}
/** Step 1's result: who asks for what, the same for every protocol. */
export interface AcceptedRequest {
  readonly slip: AnswerSlip;
  readonly assurance: RequestedAssurance | null;
  readonly freshLoginRequired: boolean;
  /** An earlier login answers only when it is not older. */
  readonly maximumAgeSeconds?: number;
  /** The person is shown what is sent, and agrees, also where the federation does not demand it. */
  readonly showRelease?: boolean;
  /** Language that the service asks its pages in; what the person chose goes before. */
  readonly locale?: Locale;
  /** HSA-id of the person whom the service expects: another person's session does not answer for them. */
  readonly expectedPerson?: string;
  readonly noInteraction: boolean;
  readonly requestedAttributes: readonly RequestedAttribute[];
  /** The login completes as exactly this commission or employee, or fails (facts: federation §3.6 rule 7). */
  readonly preselection: { readonly [attribute: string]: string };
  readonly receivedAt: Instant;
  readonly proxying?: Proxying;
  /** entityID of an IdP, id of a party, or a domain: whose login page the service thinks it is. */
  readonly organisationHint?: string;
}

/** Facts read from the credential itself; released only as credential attributes. */
export interface CredentialFacts {
  readonly givenName: string | null;
  readonly surname: string | null;
  readonly displayName: string;
  readonly organisationName: string | null;
  readonly issuerName: string;
  readonly subjectName: string;
  readonly policies: readonly string[];
  /** DER in base64. */
  readonly certificate: string | null;
}
/** What an IdP of a party said, as far as later steps need it. */
export interface UpstreamFacts {
  /** `<party>/<file name>`. */
  readonly provider: string;
  /** entityIDs of all who took part, in the order of the answer to the service: the upstream's own list first, then the upstream itself [SAMLCore §3.4.1.5.1]. */
  readonly authorities: readonly string[];
  /** `keys`: under which its logout finds our session (hashed names); `memory`: the adapter's own (NameID, SessionIndex, ID token). */
  readonly session: { readonly keys: readonly string[]; readonly memory: { readonly [key: string]: JsonValue } } | null;
  /** By catalogue id; already within what its trust limits allow. */
  readonly attributes: { readonly [attribute: string]: readonly AttributeValue[] };
  readonly directory: 'ask' | 'stands';
  /** The IdP's own end of the session. */
  readonly endsAt?: Instant | null;
  /** Said for the one login that asked: nothing later is answered from it [SAMLCore §2.5.1.5]. */
  readonly once?: boolean;
  /** To whom what it said may be said again, and through how many more; null: no limit [SAMLCore §2.5.1.6]. */
  readonly restriction?: { readonly count: number | null; readonly audiences: readonly string[] | null } | null;
}
/** Where a login with a phone came from; address and name of the phone where its service tells them. */
export interface PhoneFacts { readonly browserAddress: string; readonly address: string | null; readonly name: string | null }
/** Step 3's result: the only way an authenticator or an upstream says who somebody is. */
export type VerifiedIdentity = Branded<{
  readonly method: string;
  readonly person: PersonKey;
  readonly level: AssuranceLevel;
  readonly authenticatedAt: Instant;
  readonly credential: CredentialFacts;
  /** Looked up again, in the cached revocation data, whenever the session is reused. `notAfter`: last instant of the certificate; lists forget those that are past it. */
  readonly revocationHandle: { readonly issuerId: string; readonly serial: string; readonly notAfter?: Instant } | null;
  /** Only of a login with a phone: what its person may compare (threats I05). */
  readonly phone?: PhoneFacts;
  /** Only of a login at a party's own IdP. */
  readonly upstream?: UpstreamFacts;
}, 'VerifiedIdentity'>;
/** Which of the person's posts and commissions they act under. */
export interface ActingChoice { readonly employeeHsaId: HsaId | null; readonly commissionHsaId: HsaId | null }

/** A result obtained on another host or device, waiting for its own browser to come back with the code (DESIGN: browser rule 4). */
export interface ParkedResult {
  readonly codeHash: string;
  readonly expiresAt: Instant;
  readonly outcome: { readonly ok: true; readonly identity: VerifiedIdentity } | { readonly ok: false; readonly code: ErrorCode };
}

interface TransactionBase {
  readonly id: TransactionId;
  readonly reference: ReferenceId;
  readonly expiresAt: Instant;
  /** SHA-256 of the transaction cookie; null until the first GET under /login/<id>/ has set it. */
  readonly cookieHash: string | null;
  /** SHA-256 of the one-time code in the 303 that follows a cross-site POST. */
  readonly beginCodeHash: string | null;
  readonly locale: Locale | null;
}
export interface AcceptedTransaction extends TransactionBase {
  readonly state: 'accepted';
  readonly request: AcceptedRequest;
  /** The order at a phone's service that this login waits for. */
  readonly order: { readonly id: string; readonly method: string } | null;
  /** The request that an IdP is to answer, with the adapter's memory of it. */
  readonly upstream?: { readonly method: string; readonly memory: { readonly [key: string]: JsonValue } } | null;
  /** Shown on the page the person comes back to. */
  readonly lastFailure: ErrorCode | null;
  /** SHA-256 of the secret half of the handle that the method's own host was given. */
  readonly handleHash: string | null;
  readonly handleExpiresAt: Instant;
  readonly parked: ParkedResult | null;
  /** The person said "not me" or "another way": an existing session must not answer. */
  readonly declinedSession: boolean;
}
export interface AuthenticatedTransaction extends TransactionBase {
  readonly state: 'authenticated';
  readonly request: AcceptedRequest;
  readonly identity: VerifiedIdentity;
  readonly session: SessionId;
  /** An earlier login's session answers; false after a login of this transaction's own. */
  readonly reused: boolean;
  readonly acting: ActingChoice;
  /** The person has seen what is sent and agreed (federations that demand it). */
  readonly releaseSeen: boolean;
}
export interface ReleasedTransaction extends TransactionBase {
  readonly state: 'released';
  readonly slip: AnswerSlip;
  readonly identity: Pick<VerifiedIdentity, 'method' | 'level' | 'authenticatedAt' | 'upstream'>;
  readonly assuranceUri: string;
  readonly released: ReleasedIdentity;
  readonly session: SessionId;
}
/** Step 2's result: an earlier session answers, the person is asked to confirm it, or somebody must authenticate. */
export type ChosenMethod =
  | { readonly kind: 'session'; readonly session: SessionId; readonly identity: VerifiedIdentity; readonly acting: ActingChoice }
  | { readonly kind: 'confirm-session'; readonly personName: string; readonly circles?: true }
  | { readonly kind: 'methods'; readonly methods: readonly string[] };

/** Kept until it expires so that Back, Refresh and old tabs find a way on instead of a dead end. */
export interface FinishedTransaction extends TransactionBase {
  readonly state: 'answered' | 'cancelled';
  readonly service: ServiceId;
}
export type LoginTransaction = AcceptedTransaction | AuthenticatedTransaction | ReleasedTransaction | FinishedTransaction;
