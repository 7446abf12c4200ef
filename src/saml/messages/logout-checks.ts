/** What every receiver of a logout message checks, and how its outcome is said: the same for services and for IdPs [SAMLProf §4.4]. */
import { fail } from '../../core/errors.ts';
import type { Instant } from '../../core/ports.ts';
import { statuses } from '../names.ts';
import type { LogoutRequest, LogoutResponse } from './logout.ts';
import type { Status } from './status.ts';

/** `urls`: our addresses for logout. */
export interface LogoutAim { readonly urls: readonly string[]; readonly now: Instant; readonly skewSeconds: number }
const LIFETIME_SECONDS = 300;

/** Errors: `saml.destination`, `saml.issue-instant`. */
export const checkLogout = (message: LogoutRequest | LogoutResponse, { urls, now, skewSeconds }: LogoutAim): void => {
  if (message.destination === null || !urls.includes(message.destination)) fail('saml.destination', 'Destination is missing or not one of our addresses', { entityId: message.issuer }); // [SAMLBind §3.4.5.2]
  const skew = skewSeconds * 1000;
  const age = now - message.issueInstant;
  if (age > LIFETIME_SECONDS * 1000 + skew || age < -skew) fail('saml.issue-instant', 'IssueInstant is too old or in the future', { entityId: message.issuer, ageSeconds: Math.round(age / 1000), skewSeconds });
  const end = 'notOnOrAfter' in message ? message.notOnOrAfter : null;
  if (end !== null && end + skew <= now) fail('saml.issue-instant', 'NotOnOrAfter has passed', { entityId: message.issuer }); // [SAMLCore §3.7.1]
};

/** Partial is a success with a second code below it [facts: federation §5.5.2]. */
export const logoutEnds: Readonly<Record<'complete' | 'partial' | 'unknown-session', Status>> = {
  'complete': { top: statuses.success, second: null, message: null },
  'partial': { top: statuses.success, second: statuses.partialLogout, message: null },
  'unknown-session': { top: statuses.requester, second: statuses.unknownPrincipal, message: null },
};
/** A peer by whose word a session ended as it says itself: success without "partial" below it. */
export const isCompleteLogout = ({ top, second }: Status): boolean => top === statuses.success && second === null;
