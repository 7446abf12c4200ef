/**
 * THE FLOW: the six steps in order, and the only place that picks the next one. No step calls or redirects to another.
 * Owns what happens between a verified request and its answer. Does not own: wire formats (protocols/), proofs of
 * identity (authenticators/), pages as HTML (ui/), cookies and HTTP (http/).
 *
 *   1 accept → 2 choose method → 3 authenticate → 4 choose commission → 5 release attributes → 6 respond
 *
 * A visit is one transaction seen through one browser's request. It is stored only when a page, a hop or a cross-site POST needs it.
 */
import { isBrygganError, type BrygganError } from '../core/errors.ts';
import { errorCatalogue } from '../core/error-catalogue.ts';
import { newId } from '../core/ports.ts';
import { digestOf } from '../core/secrets.ts';
import { fail } from '../core/errors.ts';
import type { SessionId } from '../core/ids.ts';
import { transactionLine } from './audit-lines.ts';
import { askerOf, frameOf, pageContent, pathOf, reply, serviceOf } from './frame.ts';
import type { Browser, CookieChange, FlowReply, LoginPorts } from './context.ts';
import type { Page } from './pages.ts';
import { chooseMethod } from './2-choose-method.ts';
import { actFor, personPartyOf, staleSinceOf, withMark } from './acting.ts';
import { rememberActing } from './single-sign-on.ts';
import { factsNamedBy, releaseFor, releaseMark, wordsOf } from './5-release.ts';
import { enabledService, refuse, respond } from './6-respond.ts';
import { methodPage, straightTo, waysOn, type StraightWay } from './providers.ts';
import { beginUpstream, checkUpstream, startUpstream } from './upstream.ts';
import type { ServiceParty } from '../parties/model.ts';
import type { SsoSession } from '../sessions/ports.ts';
import type { AcceptedRequest, AcceptedTransaction, AuthenticatedTransaction, ChosenMethod, FinishedTransaction, LoginTransaction } from './transaction.ts';

export interface Visit {
  readonly transaction: LoginTransaction;
  /** Version in the store; null = not stored (yet). */
  readonly version: number | null;
  /** The transaction cookie's value, once the browser has or gets one. */
  readonly secret: string | null;
  readonly browser: Browser;
  readonly cookies: readonly CookieChange[];
  /** The browser's session where it was looked up already; null = there is none; undefined = not looked up. */
  readonly session?: SsoSession | null;
  /** The person has just agreed to continue with the session ("Continue as …?"). */
  readonly confirmed: boolean;
}

export const advance = async (visit: Visit, ports: LoginPorts): Promise<FlowReply> => {
  const { transaction, browser } = visit;
  if (!('request' in transaction)) return finished(visit, ports);
  const { slip } = transaction.request;
  const service = enabledService(slip, ports.registry.current());
  if (transaction.state === 'accepted') {
    const chosen = await chooseMethod(transaction.request, service, browser, ports, { declined: transaction.declinedSession, confirmed: visit.confirmed, session: await sessionOf(visit, ports) }); // 2
    if (chosen.kind === 'session') return advance(await withSession(visit, transaction, chosen, ports), ports);
    if (chosen.kind === 'confirm-session') return ask(visit, { ...chosen }, ports);
    return authenticate(visit, transaction, chosen.methods, ports); // 3
  }
  checkUpstream(transaction.identity, transaction.request, service, ports.registry.current());
  const acting = await actFor(transaction, browser, ports); // 4
  if (acting.kind !== 'chosen') return ask(visit, acting.page, ports, acting.shown);
  const released = releaseFor(transaction, acting, service, ports); // 5
  const toShow = service.federation.showRelease || transaction.request.showRelease === true ? releaseMark(released, transaction.identity, ports) : null;
  const seen = toShow === null || transaction.releaseSeen || (transaction.request.showRelease !== true && browser.rememberedChoices.includes(toShow));
  if (!seen) return ask(visit, { kind: 'what-is-sent', facts: wordsOf(released.released) }, ports);
  const answer = await respond(released, { person: transaction.identity.person, personParty: acting.party, reused: transaction.reused, staleSince: staleSinceOf(acting) }, ports, claimOf(visit, ports)); // 6
  await rememberActing(transaction.session, transaction.acting, acting.choice, ports);
  if (visit.version === null) ports.pace.answeredSilently(transaction.session, service.id);
  return reply({ kind: 'answer', answer }, frameOf(ports, transaction, { secret: visit.secret, personParty: acting.party }), [...visit.cookies, ...sessionCookie(transaction.session, browser), ...(transaction.releaseSeen && toShow !== null ? [{ name: 'choices', value: withMark(toShow, browser) } as const] : [])]);
};

const sessionOf = async ({ session, browser }: Visit, ports: LoginPorts): Promise<SsoSession | undefined> =>
  session !== undefined ? (session ?? undefined) : browser.sessionId === null ? undefined : (await ports.stores.sessions.find(browser.sessionId))?.value;

const withSession = async (visit: Visit, accepted: AcceptedTransaction, chosen: Extract<ChosenMethod, { kind: 'session' }>, ports: LoginPorts): Promise<Visit> => {
  const transaction: AuthenticatedTransaction = { ...pick(accepted), state: 'authenticated', request: accepted.request, identity: chosen.identity, session: chosen.session, reused: true, acting: chosen.acting, releaseSeen: false };
  if (visit.version === null) return { ...visit, transaction };
  if (!(await ports.stores.transactions.replace(transaction, visit.version))) return fail('store.conflict', 'the login moved on in another tab');
  return { ...visit, transaction, version: visit.version + 1 };
};

const sessionCookie = (session: SessionId, browser: Browser): readonly CookieChange[] => (session === browser.sessionId ? [] : [{ name: 'session', value: session }]);

/** Shows a page, which needs a stored transaction at its own clean address; a passive request is refused instead. */
export const ask = async (visit: Visit, page: Page, ports: LoginPorts, shown = ''): Promise<FlowReply> => {
  const { transaction } = visit;
  if ('request' in transaction && transaction.request.noInteraction) return fail('login.interaction-needed', `a ${page.kind} page would be needed`); // [SAMLCore §3.4.1 IsPassive]
  const kept = await keep(visit, ports);
  if (kept !== undefined) return kept;
  const cookies = transaction.state === 'authenticated' ? [...visit.cookies, ...sessionCookie(transaction.session, visit.browser)] : visit.cookies;
  return reply(pageContent(page), frameOf(ports, transaction, { secret: visit.secret, shown }), cookies);
};

/** Stores a visit that was not stored yet and sends the browser to its address; undefined when it is stored already. */
export const keep = async (visit: Visit, ports: LoginPorts): Promise<FlowReply | undefined> => {
  if (visit.version !== null) return undefined;
  const secret = newId(ports.random, 128);
  const { transaction } = visit;
  await ports.stores.transactions.create({ ...transaction, cookieHash: digestOf(secret) });
  return reply({ kind: 'redirect', to: pathOf(transaction.id) }, frameOf(ports, transaction, { secret }), [...visit.cookies, { name: 'transaction', id: transaction.id, value: secret }]);
};

const noMethod = ({ proxying }: AcceptedRequest): never => {
  if (proxying?.ourselves === false) return fail(proxying.proxyCount === 0 ? 'upstream.proxy-count' : 'upstream.provider-list', 'Scoping leaves nobody who could log the person in'); // [SAMLCore §3.4.1.5.1]
  return fail('login.no-method', 'no method of this service reaches the level it asks for');
};
/** To the one IdP that there is, without a page and without another request of ours. */
const goStraight = (visit: Visit, transaction: AcceptedTransaction, service: ServiceParty, { method, row, upstream }: StraightWay, ports: LoginPorts): Promise<FlowReply> => {
  const start = { transaction, service, method, upstream, cookies: [...visit.cookies, { name: 'method', value: row } as const] };
  return visit.version === null ? beginUpstream(start, ports) : startUpstream({ ...start, secret: visit.secret }, ports);
};
/** Step 3 happens elsewhere: the chooser, or straight on when there is nothing to choose. */
const authenticate = async (visit: Visit, transaction: AcceptedTransaction, usable: readonly string[], ports: LoginPorts): Promise<FlowReply> => {
  const { request, lastFailure } = transaction;
  const service = enabledService(request.slip, ports.registry.current());
  const [only] = usable;
  if (request.noInteraction && lastFailure !== null) return fail(lastFailure, 'the IdP that was asked without showing anything did not answer with a login'); // [SAMLCore §3.4.1 IsPassive]
  if (only === undefined) return noMethod(request);
  const failedCard = lastFailure !== null && lastFailure !== 'login.code';
  if (failedCard) {
    const { again, others } = waysOn(transaction, [only, ...usable.slice(1)], service, ports);
    return ask(visit, { kind: 'card-failed', code: lastFailure, methodKind: ports.methods.get(only)?.kind ?? 'certificate', tryAgain: pathOf(transaction.id, again), otherMethods: others === null ? null : pathOf(transaction.id, others) }, ports);
  }
  const straight = straightTo(transaction, usable, service, ports);
  if (straight !== undefined) return goStraight(visit, transaction, service, straight, ports);
  if (usable.length === 1 && lastFailure === null && (!request.noInteraction || ports.methods.get(only)?.kind === 'upstream')) {
    return (await keep(visit, ports)) ?? reply({ kind: 'redirect', to: pathOf(transaction.id, `method/${only}`) }, frameOf(ports, transaction, { secret: visit.secret }), visit.cookies);
  }
  return ask(visit, methodPage(transaction, service, visit.browser, ports), ports);
};

const claimOf = (visit: Visit, ports: LoginPorts) => {
  const { transaction, version } = visit;
  if (version === null) return { take: () => Promise.resolve(true), undo: () => Promise.resolve() };
  const end: FinishedTransaction = { ...pick(transaction), state: 'answered', service: serviceOf(transaction) };
  return {
    take: () => ports.stores.transactions.replace(end, version),
    undo: async () => { await ports.stores.transactions.replace(transaction, version + 1); },
  };
};
export const pick = ({ id, reference, expiresAt, cookieHash, beginCodeHash, locale }: LoginTransaction) => ({ id, reference, expiresAt, cookieHash, beginCodeHash, locale });

const finished = (visit: Visit, ports: LoginPorts): FlowReply => {
  const registry = ports.registry.current();
  const service = registry.services.get(serviceOf(visit.transaction));
  const serviceUrl = service === undefined ? null : askerOf(service, registry).homeUrl;
  const page: Page = visit.transaction.state === 'cancelled' ? { kind: 'start-again', code: 'login.cancelled', serviceUrl } : { kind: 'already-logged-in', serviceUrl };
  return reply(pageContent(page), frameOf(ports, visit.transaction, { secret: null }), visit.cookies);
};

/** Refusals end here: told to the service at once when nobody looks at a page, else shown with the way back. */
export const settle = async (visit: Visit, ports: LoginPorts, work: () => Promise<FlowReply>): Promise<FlowReply> => {
  try {
    return await work();
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    return refused(visit, error, ports);
  }
};

const refused = async (visit: Visit, error: BrygganError, ports: LoginPorts): Promise<FlowReply> => {
  const { transaction } = visit;
  const row = errorCatalogue[error.code];
  const passive = 'request' in transaction && transaction.request.noInteraction;
  // A refusal that a person must read gets an address first, so that it survives reload; it is recorded there.
  const stored = !passive && row.audited ? await keep(visit, ports) : undefined;
  if (stored !== undefined) return stored;
  if (row.audited) await ports.audit.record(transactionLine('login.refused', transaction, { code: error.code, facts: { ...error.facts, detail: error.detail } }));
  ports.log[row.log]({ code: error.code, reference: transaction.reference, detail: error.detail }, 'login refused');
  if (!('request' in transaction)) throw error;
  const { slip } = transaction.request;
  ports.observe({ party: slip.party, service: slip.service, method: 'identity' in transaction ? transaction.identity.method : 'none', result: error.code });
  const answer = await refuse(slip, error, ports);
  const personParty = passive || transaction.state !== 'authenticated' ? undefined : await personPartyOf(transaction, ports);
  const frame = frameOf(ports, transaction, { secret: visit.secret, ...(personParty === undefined ? {} : { personParty }) });
  if (passive && answer !== null) return reply({ kind: 'answer', answer }, frame, visit.cookies);
  return reply(pageContent({ kind: 'error', code: error.code, answer, retry: visit.secret === null ? null : pathOf(transaction.id), about: factsNamedBy(error) }, row.http), frame, visit.cookies);
};
