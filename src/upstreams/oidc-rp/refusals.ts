/** openid-client's errors as codes of ours: what the issuer says to us, and what is wrong with what it says. */
import * as oidc from 'openid-client';
import type { ErrorCode } from '../../core/error-catalogue.ts';
import { BrygganError, isBrygganError } from '../../core/errors.ts';

/** What the issuer said is said to the service as the profiles have it [OIDC Core §3.1.2.6; RFC 6749 §4.1.2.1]. */
const told: ReadonlyMap<string, ErrorCode> = new Map([
  ['login_required', 'upstream.no-passive'], ['interaction_required', 'upstream.no-passive'], ['consent_required', 'upstream.no-passive'], ['account_selection_required', 'upstream.no-passive'],
  ['access_denied', 'upstream.cancelled'], ['unmet_authentication_requirements', 'upstream.no-authn-context'], ['temporarily_unavailable', 'upstream.no-available-provider'],
]);
export const codeOfError = (error: string): ErrorCode => told.get(error) ?? 'upstream.failed';

const byClaim: ReadonlyMap<string, ErrorCode> = new Map([['nonce', 'upstream.in-response-to'], ['iss', 'upstream.issuer'], ['aud', 'upstream.audience'], ['azp', 'upstream.audience'], ['auth_time', 'upstream.authn-instant'], ['exp', 'upstream.condition-window'], ['iat', 'upstream.issue-instant'], ['nbf', 'upstream.condition-window']]);
const field = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined);
/** A parser's message quotes what it read, which may be a token. */
const wordsOf = (error: unknown): string => {
  const message = error instanceof SyntaxError ? '' : field(error, 'message');
  return typeof message === 'string' ? message : '';
};
/** The error and what caused it, outermost first. */
const chainOf = (error: unknown): readonly unknown[] => {
  const chain: unknown[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && chain.length < 6; at = field(at, 'cause')) chain.push(at);
  return chain;
};
const codeOf = (error: unknown): ErrorCode | undefined => {
  const chain = chainOf(error);
  const own = chain.find(isBrygganError);
  if (own !== undefined) return own.code.startsWith('outbound.') ? 'upstream.unavailable' : own.code;
  if (error instanceof oidc.ResponseBodyError) return error.error === 'temporarily_unavailable' ? 'upstream.no-available-provider' : 'upstream.status';
  const claim = chain.map((one) => field(one, 'claim')).find((one) => typeof one === 'string');
  if (typeof claim === 'string') return byClaim.get(claim) ?? 'upstream.unreadable';
  const codes = new Set(chain.map((one) => field(one, 'code')));
  if (codes.has('OAUTH_TIMEOUT') || codes.has('OAUTH_ABORT')) return 'upstream.unavailable';
  const words = chain.map(wordsOf).join(' ');
  if (codes.has('OAUTH_KEY_SELECTION_FAILED') || /signature|"alg"|JWS/i.test(words)) return 'upstream.signature';
  return /"iss"/.test(words) ? 'upstream.issuer' : /"(?:state|nonce)"/.test(words) ? 'upstream.in-response-to' : undefined;
};

/** Runs `work`; what openid-client throws leaves as one code of ours, `otherwise` where nothing is known of it. No text of the issuer goes further than the detail. */
export const coded = async <T>(otherwise: ErrorCode, work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (isBrygganError(error) && error.code.startsWith('upstream.')) throw error;
    if (error instanceof oidc.AuthorizationResponseError) throw new BrygganError(codeOfError(error.error), 'the IdP refused', { said: error.error.slice(0, 80) }, error);
    const said = error instanceof oidc.ResponseBodyError ? { said: error.error.slice(0, 80) } : {};
    const detail = chainOf(error).map(wordsOf).filter((text) => text !== '').join(': ').slice(0, 200);
    throw new BrygganError(codeOf(error) ?? otherwise, detail === '' ? 'the answer could not be taken' : detail, said, error);
  }
};
