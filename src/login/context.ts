/** What every step shares: the ports chosen in app.ts, what the browser brought, and what goes back to it. */
import type { ReleasePolicy } from '../attributes/policy.ts';
import type { AuditTrail } from '../audit/model.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { ProtocolAnswer } from '../core/http-types.ts';
import type { PartyId, ReferenceId, SessionId, TransactionId } from '../core/ids.ts';
import type { Locale } from '../core/locale.ts';
import type { Clock, Log, Random } from '../core/ports.ts';
import type { PersonDirectory } from '../directory/model.ts';
import type { PartyRegistry } from '../parties/model.ts';
import type { ServiceEntry, Stores } from '../sessions/ports.ts';
import type { Asker, Page } from './pages.ts';
import type { SupportContact } from '../parties/model.ts';
import type { Pace } from './pace.ts';
import type { AuthenticationMethod, LogoutFace, ProtocolFace } from './ports.ts';
import type { AnswerSlip } from './transaction.ts';

export interface LoginSettings {
  /** Origin of the public listener, no trailing slash. */
  readonly publicUrl: string;
  readonly environment: 'test' | 'acceptance' | 'production';
  readonly transactionSeconds: number;
  /** A session ends when it was not used for so long … */
  readonly idleSeconds: number;
  /** … and in any case so long after its login. */
  readonly absoluteSeconds: number;
  /** New logins per address and minute, outside the parties' networks. */
  readonly startsPerMinute: number;
  /** Derives pseudonymous subjects, form tokens and remembered choices. At least 256 bits. */
  readonly secret: string;
}

export interface LoginPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registry: PartyRegistry;
  readonly stores: Stores;
  readonly directory: PersonDirectory;
  readonly audit: AuditTrail;
  readonly releasePolicy: () => ReleasePolicy;
  readonly faces: Readonly<Partial<Record<AnswerSlip['protocol'], ProtocolFace>>>;
  readonly methods: ReadonlyMap<string, AuthenticationMethod>;
  /** The method of an IdP in the serving registry, by `idp:<provider>`; undefined when it is not there, or it or its party is disabled. */
  readonly upstreams?: (id: string) => AuthenticationMethod | undefined;
  readonly logoutFaces: Readonly<Partial<Record<ServiceEntry['protocol'], LogoutFace>>>;
  readonly pace: Pace;
  readonly settings: LoginSettings;
  /** Whom people turn to when no party is known. */
  readonly operatorSupport: SupportContact;
  /** Counts outcomes; no person in it. `stale`: answered with facts older than their lifetime, for the directory was away. */
  readonly observe: (outcome: { party: PartyId; service: string; method: string; result: 'succeeded' | 'reused' | ErrorCode; stale?: boolean }) => void;
}

/** What the browser brought. Cross-site POST endpoints pass `noCookies(...)`. */
export interface Browser {
  readonly sessionId: SessionId | null;
  readonly transactionSecret: string | null;
  readonly lastMethod: string | null;
  /** IdP that was chosen last in this browser, `<party>/<file name>`. */
  readonly lastOrganisation: string | null;
  readonly rememberedChoices: readonly string[];
  readonly address: string;
  /** Only for words and for how an app leads back; nothing is decided by it. */
  readonly userAgent: string;
  readonly locale: Locale | null;
}
export const noCookies = (browser: Browser): Browser => ({ ...browser, sessionId: null, transactionSecret: null, lastMethod: null, lastOrganisation: null, rememberedChoices: [] });

export type CookieChange =
  | { readonly name: 'session'; readonly value: SessionId | null }
  | { readonly name: 'transaction'; readonly id: TransactionId; readonly value: string }
  | { readonly name: 'method'; readonly value: string | null }
  | { readonly name: 'organisation'; readonly value: string | null }
  | { readonly name: 'choices'; readonly value: readonly string[] };

/** What surrounds the page, as far as the login knows it. */
export interface FrameContext {
  readonly asker: Asker | null;
  readonly support: SupportContact;
  readonly reference: ReferenceId | null;
  readonly formToken: string | null;
  readonly base: string | null;
  /** Asked for by the service. */
  readonly locale?: Locale | null;
}
export type FlowContent =
  | { readonly kind: 'page'; readonly page: Page; readonly status: number }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'answer'; readonly answer: ProtocolAnswer };
export interface FlowReply { readonly content: FlowContent; readonly frame: FrameContext; readonly cookies: readonly CookieChange[] }
