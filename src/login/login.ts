/**
 * The login's doors: one function per thing that a browser may do. http/ calls them; each ends in `advance`.
 * Owns: finding the transaction, checking cookie, code and form token. Does not own: the order of steps (flow.ts).
 */
import { fail, isBrygganError } from '../core/errors.ts';
import { newId } from '../core/ports.ts';
import { digestOf, matchesDigest } from '../core/secrets.ts';
import type { TransactionId } from '../core/ids.ts';
import type { Versioned } from '../sessions/ports.ts';
import { checkPace, newTransaction, seenBefore } from './1-accept.ts';
import { isOthersPerson } from './acting.ts';
import { isTransactionId, mintHandle, redeem, updateTransaction } from './3-authenticate.ts';
import { lineOf, transactionLine } from './audit-lines.ts';
import type { Browser, FlowReply, LoginPorts } from './context.ts';
import { askerOf, bareFrame, frameOf, pageContent, pathOf, reply, serviceOf } from './frame.ts';
import { advance, ask, pick, settle, type Visit } from './flow.ts';
import { enabledService, refuse } from './6-respond.ts';
import { methodOptions } from './2-choose-method.ts';
import { answerLevel, rankOf } from '../core/assurance.ts';
import { methodPage } from './providers.ts';
import { establishSession } from './single-sign-on.ts';
import { recordStranger } from './stranger-line.ts';
import { checkUpstream, isOffered, isTooOld, methodOf, startUpstream } from './upstream.ts';
import type { Arrival } from './ports.ts';
import type { AcceptedTransaction, AuthenticatedTransaction, LoginTransaction, VerifiedIdentity } from './transaction.ts';

export const visitOf = (transaction: LoginTransaction, version: number | null, browser: Browser, secret: string | null = null): Visit => ({ transaction, version, browser, secret, cookies: [], confirmed: false });
export const redirectTo = (visit: Visit, ports: LoginPorts, rest = ''): FlowReply =>
  reply({ kind: 'redirect', to: pathOf(visit.transaction.id, rest) }, frameOf(ports, visit.transaction, { secret: visit.secret }), visit.cookies);

/** A verified request: answered in the same breath where the browser's session allows, else given a transaction. */
export const arrive = async (arrival: Arrival, transport: 'same-site-cookies' | 'cross-site-post', browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const { outcome } = arrival;
  if (!outcome.ok) {
    await recordStranger(lineOf('request.refused', { slip: outcome.slip, code: outcome.error.code, facts: { ...outcome.error.facts, detail: outcome.error.detail } }), browser.address, ports);
    ports.observe({ party: outcome.slip.party, service: outcome.slip.service, method: 'none', result: outcome.error.code });
    const answer = await refuse(outcome.slip, outcome.error, ports);
    if (answer === null) throw outcome.error;
    return reply({ kind: 'answer', answer }, bareFrame(ports));
  }
  ports.pace.request(outcome.request.slip.service);
  const transaction = newTransaction(outcome.request, ports);
  // Asked together, so that the store is gone to once.
  const [earlier, session] = await Promise.all([
    arrival.requestKey === null ? undefined : seenBefore(arrival.requestKey, transaction, ports),
    browser.sessionId === null ? undefined : ports.stores.sessions.find(browser.sessionId),
    browser.sessionId === null || transport === 'cross-site-post' ? checkPace(browser.address, ports) : Promise.resolve(),
  ]);
  if (earlier !== undefined) return seenAgain(earlier, transaction, transport === 'cross-site-post', browser, ports);
  if (transport === 'cross-site-post') {
    const code = newId(ports.random, 128);
    await ports.stores.transactions.create({ ...transaction, beginCodeHash: digestOf(code) });
    return reply({ kind: 'redirect', to: pathOf(transaction.id, `begin?code=${code}`) }, bareFrame(ports));
  }
  const visit: Visit = { ...visitOf(transaction, null, browser), session: session?.value ?? null };
  return settle(visit, ports, () => advance(visit, ports));
};

/** Back, refresh, double click: the browser that holds the login goes on with it; anywhere else the request is spent (threats E03). */
const seenAgain = async (id: TransactionId, transaction: AcceptedTransaction, blind: boolean, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const stored = await ports.stores.transactions.find(id);
  if (stored !== undefined) return reply({ kind: 'redirect', to: pathOf(id) }, bareFrame(ports));
  const session = blind || browser.sessionId === null ? undefined : await ports.stores.sessions.find(browser.sessionId);
  const frame = frameOf(ports, transaction, { secret: null });
  if (session === undefined) return fail('saml.request-replayed', 'this request was answered or used before');
  return reply(pageContent({ kind: 'already-logged-in', serviceUrl: frame.asker?.homeUrl ?? null }), { ...frame, base: null });
};

export type Opened = { readonly visit: Visit; readonly stored: Versioned<LoginTransaction> };
/** Finds the login and checks that this is its browser. */
export const open = async (id: string, browser: Browser, ports: LoginPorts): Promise<Opened | FlowReply> => {
  const stored = isTransactionId(id) ? await ports.stores.transactions.find(id) : undefined;
  if (stored === undefined) return over(browser, ports);
  const { value: transaction, version } = stored;
  const secret = browser.transactionSecret;
  if (secret === null || !matchesDigest(secret, transaction.cookieHash)) return strange(transaction, secret === null, browser, ports);
  return { visit: visitOf(transaction, version, browser, secret), stored };
};
export const isReply = (opened: Opened | FlowReply): opened is FlowReply => 'content' in opened;

const over = async (browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = browser.sessionId === null ? undefined : await ports.stores.sessions.find(browser.sessionId);
  return session === undefined
    ? reply(pageContent({ kind: 'start-again', code: 'login.unknown', serviceUrl: null }, 410), bareFrame(ports))
    : reply(pageContent({ kind: 'already-logged-in', serviceUrl: null }), bareFrame(ports));
};
/** Another browser, or its cookie is lost: nothing of the login is shown but where to start again. */
const strange = async (transaction: LoginTransaction, cookieless: boolean, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const code = cookieless ? 'login.cookie-missing' : 'login.other-browser';
  await recordStranger(transactionLine('request.refused', transaction, { code }), browser.address, ports);
  const registry = ports.registry.current();
  const service = registry.services.get(serviceOf(transaction));
  const serviceUrl = service === undefined ? null : askerOf(service, registry).homeUrl;
  return reply(pageContent({ kind: 'start-again', code, serviceUrl }, 403), { ...frameOf(ports, transaction, { secret: null }), base: null });
};

/** GET /login/<id>/begin?code= after a cross-site POST: the first request that may read and set cookies. */
export const begin = async (id: string, code: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const stored = isTransactionId(id) ? await ports.stores.transactions.find(id) : undefined;
  if (stored === undefined) return over(browser, ports);
  const { value: transaction, version } = stored;
  if (transaction.cookieHash !== null) return reply({ kind: 'redirect', to: pathOf(transaction.id) }, bareFrame(ports));
  if (!matchesDigest(code, transaction.beginCodeHash)) return strange(transaction, true, browser, ports);
  const secret = newId(ports.random, 128);
  const taken = await ports.stores.transactions.replace({ ...transaction, cookieHash: digestOf(secret), beginCodeHash: null }, version);
  if (!taken) return strange(transaction, true, browser, ports);
  return reply({ kind: 'redirect', to: pathOf(transaction.id) }, bareFrame(ports), [{ name: 'transaction', id: transaction.id, value: secret }]);
};

/** GET /login/<id>/: wherever the login stands. */
export const show = async (id: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  return settle(opened.visit, ports, () => advance(opened.visit, ports));
};

/** GET /login/<id>/method: the chooser, also when an error page sent the person back to it. */
export const showMethods = async (id: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit } = opened;
  return settle(visit, ports, () => {
    if (visit.transaction.state !== 'accepted') return Promise.resolve(redirectTo(visit, ports));
    const service = enabledService(visit.transaction.request.slip, ports.registry.current());
    return ask(visit, methodPage(visit.transaction, service, browser, ports), ports);
  });
};

/** GET /login/<id>/method/<method>: hands the browser to the method's own host with a fresh handle. */
export const startMethod = async (id: string, methodId: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const opened = await open(id, browser, ports);
  if (isReply(opened)) return opened;
  const { visit, stored } = opened;
  return settle(visit, ports, async () => {
    const { transaction } = visit;
    if (transaction.state !== 'accepted') return redirectTo(visit, ports);
    const service = enabledService(transaction.request.slip, ports.registry.current());
    const usable = methodOptions(transaction.request, service, ports, null).filter((option) => option.unavailable === null);
    const method = methodOf(methodId, ports);
    if (method === undefined || !isOffered(methodId, usable)) return fail('login.no-method', 'this method is not offered here', { method: methodId.slice(0, 40) });
    if (method.kind === 'upstream' && method.upstream === undefined) return { ...redirectTo(visit, ports, 'organisation'), cookies: [{ name: 'method', value: methodId }] };
    if (method.phone !== undefined) return { ...redirectTo(visit, ports, `phone/${methodId}`), cookies: [{ name: 'method', value: methodId }] };
    if (method.upstream !== undefined) {
      const row = usable.find(({ kind }) => kind === 'upstream')?.id ?? methodId;
      return startUpstream({ transaction, service, secret: visit.secret, method: methodId, upstream: method.upstream, cookies: [{ name: 'method', value: row }] }, ports);
    }
    const handle = await mintHandle({ value: transaction, version: stored.version }, ports);
    return reply(pageContent({ kind: 'card', continueTo: method.startUrl(handle), otherMethods: usable.length > 1 }), frameOf(ports, transaction, { secret: visit.secret }), [{ name: 'method', value: methodId }]);
  });
};

/** GET /login/<id>/return?code=: the browser comes back with what its card proved. */
export const returned = async (id: string, code: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const stored = isTransactionId(id) ? await ports.stores.transactions.find(id) : undefined;
  if (stored === undefined) return over(browser, ports);
  const { value: transaction, version } = stored;
  const secret = browser.transactionSecret;
  const cookieHolds = secret !== null && matchesDigest(secret, transaction.cookieHash);
  if (transaction.state !== 'accepted') return cookieHolds ? reply({ kind: 'redirect', to: pathOf(transaction.id) }, bareFrame(ports)) : strange(transaction, secret === null, browser, ports);
  const visit = visitOf(transaction, version, browser, secret);
  if (!cookieHolds) {
    await redeem({ value: transaction, version }, code, false, ports).catch(async () => {
      await ports.audit.record(transactionLine('login.refused', transaction, { code: 'login.other-browser' }));
    });
    return strange(transaction, secret === null, browser, ports);
  }
  return settle(visit, ports, () => takeUp(visit, transaction, version, code, ports));
};

const takeUp = async (visit: Visit, transaction: AcceptedTransaction, version: number, code: string, ports: LoginPorts): Promise<FlowReply> => {
  const result = await redeem({ value: transaction, version }, code, true, ports);
  // What the card host refused has its line already; a code that did not fit has not.
  if (result.kind === 'failed' && result.code === 'login.code') await ports.audit.record(transactionLine('login.refused', transaction, { code: 'login.code' }));
  if (result.kind !== 'identity') return redirectTo(visit, ports);
  return acceptIdentity(visit, transaction, version, result.identity, ports);
};

/** Who somebody proved to be becomes this login's and the session's, once: at `version` of the transaction or not at all. */
export const acceptIdentity = async (visit: Visit, transaction: AcceptedTransaction, version: number, identity: VerifiedIdentity, ports: LoginPorts): Promise<FlowReply> => {
  const service = enabledService(transaction.request.slip, ports.registry.current());
  const tooLow = rankOf(identity.level) < rankOf(service.minimumLevel);
  if (tooLow || answerLevel(identity.level, transaction.request.assurance ?? undefined, service.federation.assurance) === undefined) {
    // A lower or other level than asked for, or than the operator demands, is never answered with [SAMLCore §3.3.2.2.1]; the person may try another card.
    await updateTransaction(transaction.id, ports, (current) => (current.state === 'accepted' ? { ...current, parked: null, order: null, lastFailure: 'saml.authn-context' } : null));
    await ports.audit.record(transactionLine('login.refused', transaction, { person: identity.person, code: 'saml.authn-context', facts: { level: identity.level } }));
    return redirectTo(visit, ports);
  }
  checkUpstream(identity, transaction.request, service, ports.registry.current());
  const refusal = isTooOld(identity, transaction.request, service, ports.clock.now()) ? 'upstream.authn-instant' : await isOthersPerson(identity, ports) ? 'upstream.person' : null;
  if (refusal !== null) {
    // No session stands for whoever the IdP may not speak for (threats D11).
    await updateTransaction(transaction.id, ports, (current) => (current.state === 'accepted' ? { ...current, parked: null, lastFailure: refusal } : null));
    await ports.audit.record(transactionLine('login.refused', transaction, { person: identity.person, code: refusal }));
    return redirectTo(visit, ports);
  }
  const session = await establishSession(identity, visit.browser.sessionId, ports);
  const next: AuthenticatedTransaction = { ...pick(transaction), state: 'authenticated', request: transaction.request, identity, session: session.id, reused: false, acting: session.acting, releaseSeen: false };
  if (!(await ports.stores.transactions.replace(next, version))) {
    await ports.stores.sessions.end(session.id);
    return redirectTo(visit, ports);
  }
  const moved: Visit = { ...visit, transaction: next, version: version + 1, cookies: [{ name: 'session', value: session.id }] };
  return identity.upstream === undefined ? redirectTo(moved, ports) : answerOrShow(moved, ports);
};
/** What comes from an IdP is answered in the same breath; what a person must read or choose gets its own address. */
const answerOrShow = async (visit: Visit, ports: LoginPorts): Promise<FlowReply> => {
  try {
    const flow = await advance({ ...visit, cookies: [] }, ports);
    if (flow.content.kind === 'answer') return flow;
  } catch (error) {
    if (!isBrygganError(error)) throw error;
  }
  return redirectTo(visit, ports);
};
