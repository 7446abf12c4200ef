/**
 * Logging out: ends the session, tells every service that it answered, and says the truth of each. The only code that tells services.
 * First what needs no browser, all at once and in bounded time; then the browser is sent to those that can be reached in no other
 * way, one after the other, since a frame inside our page would not carry their cookies. Does not own: messages (the faces).
 */
import { fail } from '../core/errors.ts';
import { newId } from '../core/ports.ts';
import { equalSecrets, hmac } from '../core/secrets.ts';
import type { SessionId } from '../core/ids.ts';
import type { LocalisedText } from '../core/locale.ts';
import type { ServiceEntry, SsoSession } from '../sessions/ports.ts';
import type { Browser, CookieChange, FlowReply, LoginPorts } from './context.ts';
import { lineOf } from './audit-lines.ts';
import { bareFrame, namesBehind, pageContent, reply } from './frame.ts';
import { LOGOUT_SECONDS, type EndReason, type LogoutAsker, type LogoutRecord, type LogoutResultKind, type LogoutStep, type LogoutWish } from './logout-record.ts';
import type { LogoutLine } from './pages.ts';
import { idsOf } from '../sessions/moved.ts';
import { openSessionIndex } from './session-index.ts';
import { providerOf, sessionsRemembered } from './upstream-session.ts';

export interface LogoutResult { readonly entry: ServiceEntry; readonly result: Exclude<LogoutResultKind, 'asked'>; readonly frame: string | null }

/** Services told at the same time, and for how long new ones are begun with: one logout is no storm and no wait (threats E09). */
const AT_ONCE = 8;
const BEGIN_MILLISECONDS = 5000;

const tellOne = async (entry: ServiceEntry, reason: EndReason, ports: LoginPorts): Promise<LogoutResult> => {
  const face = ports.logoutFaces[entry.protocol];
  if (face === undefined) return { entry, result: 'cannot', frame: null };
  const result = await face.tell(entry, reason);
  if (result !== null || face.carriesTo(entry) !== null) return { entry, result: result ?? 'waiting', frame: null };
  const frame = face.frame(entry);
  return { entry, result: frame === null ? 'cannot' : 'framed', frame };
};
const tellAll = async (entries: readonly ServiceEntry[], reason: EndReason, ports: LoginPorts): Promise<readonly LogoutResult[]> => {
  const until = ports.clock.now() + BEGIN_MILLISECONDS;
  const results: LogoutResult[] = [];
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    const group = entries.slice(at, at + AT_ONCE);
    results.push(...(ports.clock.now() > until ? group.map((entry): LogoutResult => ({ entry, result: 'unreachable', frame: null })) : await Promise.all(group.map((entry) => tellOne(entry, reason, ports)))));
  }
  return results;
};

const needsBrowser = new Set<LogoutResultKind>(['waiting', 'framed']);
const withoutBrowser = (one: LogoutResult): LogoutResult => (needsBrowser.has(one.result) ? { ...one, result: 'cannot', frame: null } : one);
/** Ends the session and tells its services by the back channel. `waiting` and `framed` are left for a browser; without one they mean `cannot`. Empty when somebody else ended it first. */
export const endSession = async (session: SsoSession, reason: EndReason, ports: LoginPorts, options: { readonly asker?: LogoutAsker; readonly browser?: boolean; /** The operator who ordered it. */ readonly by?: string } = {}): Promise<readonly LogoutResult[]> => {
  const ended = await ports.stores.sessions.end(session.id);
  if (ended === undefined) return [];
  // The IdP last: its own logout may end with a page of its own.
  const entries = ended.toSorted((a, b) => Number(a.protocol === 'upstream') - Number(b.protocol === 'upstream'));
  const isAsker = ({ service, protocol }: ServiceEntry): boolean => service === options.asker?.service && protocol === options.asker.protocol;
  // A service that is not waiting for an answer hears of its own logout like the others [OIDC-BCL §2.5]; the page does not name it.
  const own = entries.filter((entry) => isAsker(entry) && ports.logoutFaces[entry.protocol]?.waitsForAnswer === false);
  const [told] = await Promise.all([tellAll(entries.filter((entry) => !isAsker(entry)), reason, ports), tellAll(own, reason, ports)]);
  const results = options.browser === true ? told : told.map(withoutBrowser);
  await ports.audit.record(lineOf('session.ended', { person: session.identity.person, facts: { reason, askedBy: options.asker?.service ?? options.by ?? null, services: results.map(({ entry, result }) => ({ service: entry.service, result })) } }));
  return results;
};

const pathOf = (id: string): string => `/logout/${id}/`;
const nothingLeft = (steps: readonly LogoutStep[]): boolean => steps.every(({ result }) => result === 'logged-out');

/** The answer to the service that began, or the page. */
const conclude = async (asker: LogoutAsker | null, steps: readonly LogoutStep[], ports: LoginPorts, cookies: readonly CookieChange[]): Promise<FlowReply> => {
  const answer = asker === null ? null : await ports.logoutFaces[asker.protocol]?.answer(asker, nothingLeft(steps) ? 'complete' : 'partial');
  if (answer !== null && answer !== undefined) return reply({ kind: 'answer', answer }, bareFrame(ports), cookies);
  return reply(pageContent({ kind: 'logged-out', services: shownSteps(steps, ports), continueTo: null }), bareFrame(ports), cookies);
};
/** Of a service, or of the IdP that stands among them. */
const namesOf = (service: LogoutStep['service'], ports: LoginPorts): LocalisedText | undefined => {
  const { services, identityProviders } = ports.registry.current();
  return services.get(service)?.names ?? identityProviders.get(providerOf(service) ?? '')?.names;
};
const shownSteps = (steps: readonly LogoutStep[], ports: LoginPorts) => {
  const { services } = ports.registry.current();
  return steps.flatMap(({ service, result, frame, requesters }): readonly LogoutLine[] => {
    const names = namesOf(service, ports);
    const proxy = services.get(service);
    return names === undefined ? [] : [{ name: names, result, frame, behind: proxy === undefined ? [] : namesBehind(proxy, requesters) }];
  });
};

/** The person leaves one service: it alone is told, and forgotten when it has heard. */
export const leaveService = async (session: SsoSession, key: string, ports: LoginPorts): Promise<LogoutResult | undefined> => {
  const entry = (await ports.stores.sessions.services(session.id)).find((one) => one.key === key);
  if (entry === undefined || entry.protocol === 'upstream' || !(await ports.stores.sessions.removeService(session.id, key))) return undefined;
  const result = withoutBrowser(await tellOne(entry, 'logged-out', ports));
  await ports.audit.record(lineOf('session.service-left', { slip: entry, person: session.identity.person, facts: { result: result.result } }));
  return result;
};

const forgetCookie: readonly CookieChange[] = [{ name: 'session', value: null }];

/** Logs out in the browser at hand: `session` is its own or the one that the asking service named; `elsewhere`: what became of others that it named too. */
export const beginLogout = async (session: SsoSession, asker: LogoutAsker | null, ports: LoginPorts, cookies = forgetCookie, elsewhere: readonly LogoutResult[] = []): Promise<FlowReply> => {
  const results = [...elsewhere, ...await endSession(session, 'logged-out', ports, { browser: true, ...(asker === null ? {} : { asker }) })];
  const steps = results.map(({ entry, result, frame }): LogoutStep => ({ service: entry.service, result, entry: result === 'waiting' ? entry : null, frame, ...(entry.requesters === undefined ? {} : { requesters: entry.requesters }) }));
  if (steps.length === 0 || (asker === null && steps.every(({ result }) => result !== 'waiting'))) return conclude(asker, steps, ports, cookies);
  const record: LogoutRecord = { id: newId(ports.random, 256), wish: null, unasked: false, asker, person: session.identity.person, steps, startedAt: ports.clock.now() };
  await ports.stores.logouts.create(record.id, record, LOGOUT_SECONDS);
  return reply({ kind: 'redirect', to: pathOf(record.id) }, bareFrame(ports), cookies);
};

/** GET /logout/<id>/: how far it has come. Goes on by itself; without script. */
export const showProgress = async (id: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const record = (await ports.stores.logouts.find(id))?.value;
  if (record === undefined) return reply(pageContent({ kind: 'nobody' }), bareFrame(ports));
  if (record.wish !== null) return askedLogout(record.wish, browser, ports);
  if (record.unasked) return askFirst(record, browser, ports);
  const cookies = await staleCookie(browser, ports);
  const services = shownSteps(record.steps, ports);
  const at = nextStep(record);
  const entry = record.steps[at]?.entry ?? null;
  if (entry !== null) return reply(pageContent({ kind: 'logging-out', services, next: `${pathOf(id)}next`, skip: `${pathOf(id)}skip?step=${at}`, probe: ports.logoutFaces[entry.protocol]?.carriesTo(entry) ?? null }), bareFrame(ports), cookies);
  if (record.asker !== null && nothingLeft(record.steps) && ports.logoutFaces[record.asker.protocol]?.waitsForAnswer === true) return conclude(record.asker, record.steps, ports, cookies);
  const asker = record.asker === null ? undefined : namesOf(record.asker.service, ports);
  const continueTo = asker === undefined ? null : { name: asker, path: `${pathOf(id)}done` };
  return reply(pageContent({ kind: 'logged-out', services, continueTo }), bareFrame(ports), cookies);
};
/** A POST from another site could not take the cookie away. */
const staleCookie = async (browser: Browser, ports: LoginPorts): Promise<readonly CookieChange[]> =>
  browser.sessionId !== null && (await ports.stores.sessions.find(browser.sessionId)) === undefined ? forgetCookie : [];

const nextStep = ({ steps }: LogoutRecord): number => steps.findIndex(({ result }) => result === 'waiting');
/** GET /logout/<id>/skip?step=: the browser found nobody there. */
export const skipService = async (id: string, step: string, ports: LoginPorts): Promise<FlowReply> => {
  const found = await ports.stores.logouts.find(id);
  const at = /^\d{1,3}$/.test(step) ? Number(step) : -1;
  if (found?.value.steps[at]?.result === 'waiting') await ports.stores.logouts.replace(id, withResult(found.value, at, 'unreachable'), found.version);
  return reply({ kind: 'redirect', to: pathOf(id) }, bareFrame(ports));
};

/** GET /logout/<id>/next: sends the browser to the next service. Whoever comes here again goes on with the one after it. */
export const carryOn = async (id: string, ports: LoginPorts): Promise<FlowReply> => {
  const found = await ports.stores.logouts.find(id);
  const at = found === undefined ? -1 : nextStep(found.value);
  const entry = found?.value.steps[at]?.entry ?? null;
  if (found === undefined || entry === null) return reply({ kind: 'redirect', to: pathOf(id) }, bareFrame(ports));
  const message = (await ports.logoutFaces[entry.protocol]?.carry(entry, `${id}-${at}`)) ?? null;
  const taken = await ports.stores.logouts.replace(id, withResult(found.value, at, message === null ? 'cannot' : 'asked'), found.version);
  return reply(message === null || !taken ? { kind: 'redirect', to: pathOf(id) } : { kind: 'answer', answer: message }, bareFrame(ports));
};
const withResult = (record: LogoutRecord, at: number, result: LogoutResultKind): LogoutRecord => ({ ...record, steps: record.steps.map((step, index) => (index === at ? { ...step, result, entry: null } : step)) });

/** A verified answer of the service that step `mark` ("<id>-<n>") sent the browser to; `service` must be that one. */
export const logoutAnswered = async (mark: string, service: string, succeeded: boolean, ports: LoginPorts): Promise<FlowReply> => {
  const at = Number(/-(\d{1,3})$/.exec(mark)?.[1] ?? -1);
  const id = mark.replace(/-\d{1,3}$/, '');
  const found = await ports.stores.logouts.find(id);
  const step = found?.value.steps[at];
  // Who answers for another service, or twice, changes nothing.
  if (found !== undefined && step?.service === service && step.result === 'asked') await ports.stores.logouts.replace(id, withResult(found.value, at, succeeded ? 'logged-out' : 'unreachable'), found.version);
  return reply({ kind: 'redirect', to: pathOf(id) }, bareFrame(ports));
};

/** GET /logout/<id>/done: back to the service that began. */
export const finishLogout = async (id: string, ports: LoginPorts): Promise<FlowReply> => {
  const record = (await ports.stores.logouts.find(id))?.value;
  return record === undefined ? reply(pageContent({ kind: 'nobody' }), bareFrame(ports)) : conclude(record.asker, record.steps, ports, []);
};

const entryNamed = async (session: SsoSession, wish: LogoutWish, ports: LoginPorts): Promise<boolean> => {
  const face = ports.logoutFaces[wish.asker.protocol];
  // The asker must have been answered in this session, under exactly this name (threats E08).
  return (await ports.stores.sessions.services(session.id)).some((entry) => entry.service === wish.asker.service && entry.protocol === wish.asker.protocol && face?.isNamed(entry, wish) === true);
};
/** Where the session lives by now, if it does: whoever was answered before a fresh login knows it by an earlier id. */
const livingSession = async (known: SessionId, ports: LoginPorts): Promise<SsoSession | undefined> => {
  for await (const id of idsOf(known, ports.stores)) {
    const found = await ports.stores.sessions.find(id);
    if (found !== undefined) return found.value;
  }
  return undefined;
};

/** Every session that is meant: a demand may name several, or a person at an IdP and so all of theirs [SAMLCore §3.7.3.2]. */
type Named = { readonly kind: 'sessions'; readonly sessions: readonly [SsoSession, ...SsoSession[]] } | { readonly kind: 'over' } | { readonly kind: 'unknown' };
const sessionsNamed = async (wish: LogoutWish, browser: Browser | null, ports: LoginPorts): Promise<Named> => {
  const indexed = wish.sessionIndexes.flatMap((index) => openSessionIndex(index, wish.asker.service, ports.settings.secret) ?? []);
  const known = [...indexed, ...await sessionsRemembered(wish, ports)];
  const own = wish.sessionIndexes.length === 0 && browser?.sessionId ? [browser.sessionId] : [];
  const living = await Promise.all([...known, ...own].map((id) => livingSession(id, ports)));
  const each = [...new Map(living.flatMap((session) => (session === undefined ? [] : [[session.id, session] as const]))).values()];
  const meant = await Promise.all(each.map(async (session) => ((await entryNamed(session, wish, ports)) ? [session] : [])));
  const [first, ...others] = meant.flat();
  if (first !== undefined) return { kind: 'sessions', sessions: [first, ...others] };
  // Only when none of those that are named lives is it over.
  return { kind: known.length > 0 && living.includes(undefined) ? 'over' : 'unknown' };
};

/** A service's verified demand that a browser brings. Wrong names end nothing; the service is told, or the person asked. */
export const askedLogout = async (wish: LogoutWish, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const named = await sessionsNamed(wish, browser, ports);
  const own = named.kind === 'sessions' ? named.sessions.find(({ id }) => id === browser.sessionId) : undefined;
  if (own !== undefined && wish.ownSessionOnly) return beginLogout(own, wish.asker, ports, forgetCookie);
  if (named.kind === 'sessions' && !wish.ownSessionOnly) {
    const here = own ?? named.sessions[0];
    // The browser goes from service to service for one of them; the others' services are told without it.
    const elsewhere = await Promise.all(named.sessions.filter((session) => session !== here).map((session) => endSession(session, 'logged-out', ports, { asker: wish.asker })));
    return beginLogout(here, wish.asker, ports, own === undefined ? [] : forgetCookie, elsewhere.flat());
  }
  if (wish.ownSessionOnly) return offerLogout(wish.asker, browser, ports);
  if (named.kind === 'over') return conclude(wish.asker, [], ports, []);
  const answer = (await ports.logoutFaces[wish.asker.protocol]?.answer(wish.asker, 'unknown-session')) ?? null;
  return answer === null ? reply(pageContent({ kind: 'nobody' }), bareFrame(ports)) : reply({ kind: 'answer', answer }, bareFrame(ports));
};

const keep = async (record: Omit<LogoutRecord, 'id' | 'person' | 'steps' | 'startedAt'>, ports: LoginPorts): Promise<FlowReply> => {
  const id = newId(ports.random, 256);
  await ports.stores.logouts.create(id, { ...record, id, person: null, steps: [], startedAt: ports.clock.now() }, LOGOUT_SECONDS);
  return reply({ kind: 'redirect', to: pathOf(id) }, bareFrame(ports));
};
/** Somebody wants this browser logged out without proving for which session: the person decides, and a browser without a session goes back at once. */
export const offerLogout = (asker: LogoutAsker | null, browser: Browser | null, ports: LoginPorts): Promise<FlowReply> =>
  browser !== null && browser.sessionId === null ? conclude(asker, [], ports, []) : keep({ wish: null, unasked: true, asker }, ports);
const askFirst = async (record: LogoutRecord, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = browser.sessionId === null ? undefined : (await ports.stores.sessions.find(browser.sessionId))?.value;
  if (session === undefined) return conclude(record.asker, [], ports, await staleCookie(browser, ports));
  return reply(pageContent({ kind: 'log-out' }), { ...bareFrame(ports), base: pathOf(record.id).slice(0, -1), formToken: confirmToken(record.id, session) });
};
const confirmToken = (id: string, session: SsoSession): string => hmac(session.id, 'confirm-logout', id);
/** POST /logout/<id>/logout: the person said yes. */
export const confirmLogout = async (id: string, token: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const record = (await ports.stores.logouts.find(id))?.value;
  const session = browser.sessionId === null ? undefined : (await ports.stores.sessions.find(browser.sessionId))?.value;
  if (record?.unasked !== true || session === undefined) return reply({ kind: 'redirect', to: pathOf(id) }, bareFrame(ports));
  if (!equalSecrets(token, confirmToken(id, session))) fail('web.form-foreign', 'form token missing, old, or of another session');
  return beginLogout(session, record.asker, ports);
};
/** The same by a cross-site POST, which reads no cookie (DESIGN §1 rule 2): kept, and taken up by a GET. */
export const postedLogout = (wish: LogoutWish, ports: LoginPorts): Promise<FlowReply> => keep({ wish, unasked: false, asker: null }, ports);
/** The same over the back channel: services are told without a browser. */
export const directLogout = async (wish: LogoutWish, ports: LoginPorts): Promise<'complete' | 'partial' | 'unknown-session'> => {
  const named = await sessionsNamed(wish, null, ports);
  if (named.kind !== 'sessions') return named.kind === 'over' ? 'complete' : 'unknown-session';
  const results = (await Promise.all(named.sessions.map((session) => endSession(session, 'logged-out', ports, { asker: wish.asker })))).flat();
  return results.every(({ result }) => result === 'logged-out') ? 'complete' : 'partial';
};
