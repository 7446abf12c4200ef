/**
 * Step 3 at a party's own IdP: when it may be used, what it is asked, and what becomes of its answer. Does not own: messages and their
 * checks (upstreams/), what an IdP may be believed in (parties/upstream-trust.ts), the page that chooses among them.
 */
import { answerLevel, assuranceLevels, rankOf, type AssuranceLevel } from '../core/assurance.ts';
import type { ErrorCode } from '../core/error-catalogue.ts';
import { fail, isBrygganError } from '../core/errors.ts';
import { newId } from '../core/ports.ts';
import { digestOf } from '../core/secrets.ts';
import type { IdentityProvider, Registry, ServiceParty } from '../parties/model.ts';
import { stillSpeaksFor } from '../parties/upstream-trust.ts';
import { park, updateTransaction, type AuthenticationOutcome } from './3-authenticate.ts';
import { enabledService } from './6-respond.ts';
import type { CookieChange, FlowReply, LoginPorts } from './context.ts';
import { frameOf, reply } from './frame.ts';
import type { AuthenticationMethod, UpstreamMethod, UpstreamWish } from './ports.ts';
import type { AcceptedRequest, AcceptedTransaction, VerifiedIdentity } from './transaction.ts';
import { providerOf } from './upstream-session.ts';

/** A method of the configuration, or an IdP that is switched on now. */
export const methodOf = (id: string, ports: Pick<LoginPorts, 'methods' | 'upstreams'>): AuthenticationMethod | undefined => ports.methods.get(id) ?? ports.upstreams?.(id);
/** An IdP is offered where the method "my organisation's login" is. */
export const isOffered = (id: string, offered: readonly { readonly id: string; readonly kind: AuthenticationMethod['kind'] }[]): boolean =>
  offered.some((one) => one.id === id || (providerOf(id) !== undefined && one.kind === 'upstream'));

const entityIdOf = ({ wire }: IdentityProvider): string => (wire.protocol === 'saml' ? wire.entityId : wire.issuer);
/** Why this request may not be answered by this IdP; null when it may. */
export const scopingRefusal = ({ proxying }: Pick<AcceptedRequest, 'proxying'>, provider: IdentityProvider): ErrorCode | null => {
  if (proxying === undefined) return null;
  if (proxying.proxyCount === 0) return 'upstream.proxy-count'; // [SAMLCore §3.4.1.5.1] zero: nobody may be asked
  return proxying.providers.length > 0 && !proxying.providers.includes(entityIdOf(provider)) ? 'upstream.provider-list' : null; // [SAMLCore §3.4.1.3]
};
/** May a method of our own answer? Logging in here is not proxying, whatever the count [SAMLCore §3.4.1.5.1]. */
export const mayAnswerOurselves = ({ proxying }: Pick<AcceptedRequest, 'proxying'>): boolean => proxying?.ourselves !== false;

const providerIn = (id: string, registry: Registry): IdentityProvider => {
  const provider = registry.identityProviders.get(id);
  if (provider?.enabled !== true) return fail('upstream.disabled', 'the IdP is gone or switched off', { provider: id });
  if (registry.parties.get(provider.party)?.enabled !== true) return fail('upstream.disabled', "the IdP's party is switched off", { provider: id, party: provider.party });
  return provider;
};
/** Everything about the IdP that may have changed since it answered, and everything the request says of it: at the answer too (threats D13). */
export const checkUpstream = (identity: VerifiedIdentity, request: AcceptedRequest, service: ServiceParty, registry: Registry): void => {
  const { upstream } = identity;
  if (upstream === undefined) {
    if (!mayAnswerOurselves(request)) fail('upstream.provider-list', 'IDPList leaves no room for a login of our own'); // [SAMLCore §3.4.1.3]
    return;
  }
  const provider = providerIn(upstream.provider, registry);
  if (!stillSpeaksFor({ ...identity, ...upstream }, provider)) fail('upstream.person', 'the IdP is not believed any more in what it said', { provider: provider.id });
  const refusal = scopingRefusal(request, provider);
  if (refusal !== null) fail(refusal, 'the request does not let this IdP answer', { provider: upstream.provider });
  const audiences = upstream.restriction?.audiences ?? null;
  if (audiences !== null && !audiences.includes(service.wire.entityId)) fail('upstream.proxy-restriction', 'the IdP lets its login be used for other services only', { provider: upstream.provider }); // [SAMLCore §2.5.1.6]
};

/** Levels that may answer the service [SAMLCore §3.3.2.2.1]. */
export const levelsFor = (request: Pick<AcceptedRequest, 'assurance'>, service: ServiceParty): readonly AssuranceLevel[] =>
  assuranceLevels.filter((level) => rankOf(level) >= rankOf(service.minimumLevel) && answerLevel(level, request.assurance ?? undefined, service.federation.assurance) !== undefined);

/** What the request becomes towards an IdP: conditions as strict as those that came, or stricter [SAMLCore §3.4.1.5.1]. */
export const wishOf = (transaction: AcceptedTransaction, service: ServiceParty, handle: string): UpstreamWish => {
  const { request, declinedSession, lastFailure } = transaction;
  const { proxying } = request;
  return {
    handle, assurance: request.assurance, levels: levelsFor(request, service), noInteraction: request.noInteraction, locale: transaction.locale,
    // "Somebody else", and an answer from an old login, are met by a fresh one.
    freshLoginRequired: request.freshLoginRequired || request.maximumAgeSeconds !== undefined || declinedSession || lastFailure === 'upstream.authn-instant',
    requesters: [...(proxying?.requesters ?? []), service.wire.entityId], // [SAMLCore §3.4.1.5.1]
    proxyCount: proxying?.proxyCount == null ? null : proxying.proxyCount - 1, providers: proxying?.providers ?? [], principalSelection: proxying?.principalSelection ?? [],
  };
};

export interface UpstreamStart { readonly transaction: AcceptedTransaction; readonly service: ServiceParty; readonly secret: string | null; readonly method: string; readonly upstream: UpstreamMethod; readonly cookies: readonly CookieChange[] }
/** Sends the browser to the IdP. What the answer will be checked against is stored with the handle, in one write. */
export const startUpstream = async ({ transaction, service, secret, method, upstream, cookies }: UpstreamStart, ports: LoginPorts): Promise<FlowReply> => {
  const { answer, put } = await askUpstream({ transaction, service, method, upstream }, ports);
  await updateTransaction(transaction.id, ports, (current) => (current.state === 'accepted' ? put(current) : null));
  return reply({ kind: 'answer', answer }, frameOf(ports, transaction, { secret }), cookies);
};
/** The same for a login that is not stored yet: it is written once, with what was asked, and the browser leaves with its cookie. */
export const beginUpstream = async (start: Omit<UpstreamStart, 'secret'>, ports: LoginPorts): Promise<FlowReply> => {
  const { transaction, cookies } = start;
  const { answer, put } = await askUpstream(start, ports);
  const secret = newId(ports.random, 128);
  await ports.stores.transactions.create({ ...put(transaction), cookieHash: digestOf(secret) });
  return reply({ kind: 'answer', answer }, frameOf(ports, transaction, { secret }), [...cookies, { name: 'transaction', id: transaction.id, value: secret }]);
};
const askUpstream = async ({ transaction, service, method, upstream }: Omit<UpstreamStart, 'secret' | 'cookies'>, ports: LoginPorts) => {
  const refusal = scopingRefusal(transaction.request, providerIn(upstream.provider, ports.registry.current()));
  if (refusal !== null) return fail(refusal, 'the request does not let this IdP answer', { provider: upstream.provider });
  const handle = newId(ports.random, 128);
  const { answer, memory } = await upstream.start(wishOf(transaction, service, `${transaction.id}.${handle}`));
  const put = (current: AcceptedTransaction): AcceptedTransaction => ({ ...current, handleHash: digestOf(handle), handleExpiresAt: current.expiresAt, parked: null, upstream: { method, memory } });
  return { answer, put };
};

/** One answer of an IdP, by whatever protocol. Returns where the browser goes next. `verify` throws what is wrong with it. */
export const upstreamAnswered = (handle: string, verify: (method: string, memory: NonNullable<AcceptedTransaction['upstream']>['memory']) => Promise<VerifiedIdentity>, ports: LoginPorts): Promise<string> =>
  park(handle, async (transaction): Promise<AuthenticationOutcome> => {
    const { upstream, request } = transaction;
    try {
      if (upstream == null) return fail('upstream.unsolicited', 'nothing was asked of any IdP'); // threats D01
      enabledService(request.slip, ports.registry.current());
      providerIn(providerOf(upstream.method) ?? '', ports.registry.current());
      return { ok: true, identity: await verify(upstream.method, upstream.memory) };
    } catch (error) {
      if (!isBrygganError(error)) throw error;
      return { ok: false, code: error.code, facts: { ...error.facts, method: upstream?.method ?? 'none', detail: error.detail } };
    }
  }, ports, { refused: 'upstream.refused', method: 'upstream', late: '' });

/** Older than the service or its federation lets a login be, though the IdP gave it just now. */
export const isTooOld = (identity: VerifiedIdentity, request: AcceptedRequest, service: ServiceParty, now: number): boolean => {
  const age = (now - identity.authenticatedAt) / 1000;
  return identity.upstream !== undefined && (age > service.federation.sessionLifetime || age > (request.maximumAgeSeconds ?? Infinity));
};
