/** The session as its owner sees it: /me, and the question that /logout asks first. */
import { hmac, equalSecrets } from '../core/secrets.ts';
import { fail } from '../core/errors.ts';
import type { DirectoryPerson } from '../directory/model.ts';
import type { SsoSession } from '../sessions/ports.ts';
import type { Browser, FlowReply, FrameContext, LoginPorts } from './context.ts';
import { bareFrame, namesBehind, pageContent, reply } from './frame.ts';
import { lookUp, lookUpIfThere, ofOurParties, personPartyOf, withinLogin } from './acting.ts';
import { lineOf } from './audit-lines.ts';
import { shownName } from './2-choose-method.ts';
import { chooseActing, type ChoiceOutcome } from './4-choose-commission.ts';
import { beginLogout, leaveService } from './logout.ts';
import type { LogoutLine } from './pages.ts';
import { rememberActing } from './single-sign-on.ts';
import { methodOf } from './upstream.ts';
import type { ActingChoice } from './transaction.ts';
import { providerOf } from './upstream-session.ts';

const tokenOf = (session: SsoSession): string => hmac(session.id, 'account-form');
/** Every commission of the post, none taken silently: the choice of step 4 without the commission chosen before. */
const commissionsOf = (session: SsoSession, found: DirectoryPerson | undefined, ports: LoginPorts): Extract<ChoiceOutcome, { kind: 'ask-commission' }> | null => {
  if (found === undefined) return null;
  const person = ofOurParties(found, ports.registry.current());
  const wish = { attribute: 'commissionHsaId', wireName: '', required: true };
  const isCurrent = (choice: ActingChoice): boolean => choice.commissionHsaId === session.acting.commissionHsaId;
  if (person.employments.every((post) => post.commissions.length === 0)) return null;
  const outcome = chooseActing({ identity: session.identity, person, requested: [wish], preselection: {}, previousChoice: { employeeHsaId: session.acting.employeeHsaId, commissionHsaId: null }, remembered: isCurrent });
  return outcome.kind === 'ask-commission' ? outcome : null;
};
const shownOf = (outcome: Extract<ChoiceOutcome, { kind: 'ask-commission' }>): string => outcome.options.map(({ choice }) => choice.commissionHsaId ?? '').join('|');

/** GET /me/commission: answers from now on carry the new one; what services were told before stays as it was. */
export const showCommissions = async (browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  const outcome = session === undefined ? null : commissionsOf(session, withinLogin(await lookUp(session.identity, ports), session.identity, ports.registry.current()), ports);
  if (session === undefined || outcome === null) return showMe(browser, ports);
  const frame = await accountFrame(session, '/me', ports);
  return reply(pageContent({ kind: 'choose-commission', options: outcome.options.map(({ option }) => option) }), { ...frame, formToken: `${tokenOf(session)}.${hmac(session.id, 'list', shownOf(outcome))}` });
};

/** POST /me/commission: the index counts in the list that was shown (threats J06). */
export const changeCommission = async (token: string, index: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  const outcome = session === undefined ? null : commissionsOf(session, withinLogin(await lookUp(session.identity, ports), session.identity, ports.registry.current()), ports);
  if (session === undefined || outcome === null) return showMe(browser, ports);
  if (!equalSecrets(token, `${tokenOf(session)}.${hmac(session.id, 'list', shownOf(outcome))}`)) fail('web.form-foreign', 'form token missing, old, or of another list');
  const chosen = (/^\d{1,3}$/.test(index) ? outcome.options[Number(index)] : undefined) ?? fail('commission.choice', 'no option has this index');
  await rememberActing(session.id, session.acting, chosen.choice, ports);
  await ports.audit.record(lineOf('session.commission-changed', { person: session.identity.person, facts: { commission: chosen.choice.commissionHsaId } }));
  return reply({ kind: 'redirect', to: '/me' }, bareFrame(ports));
};

/** Whom to turn to is known here: the person's own party. */
const accountFrame = async (session: SsoSession, base: string, ports: LoginPorts): Promise<FrameContext> => {
  const party = await personPartyOf(session, ports);
  const support = party === undefined ? undefined : ports.registry.current().parties.get(party)?.support;
  return { ...bareFrame(ports), ...(support === undefined ? {} : { support }), base, formToken: tokenOf(session) };
};

const sessionOf = async (browser: Browser, ports: LoginPorts): Promise<SsoSession | undefined> =>
  browser.sessionId === null ? undefined : (await ports.stores.sessions.find(browser.sessionId))?.value;

/** How the person logged in, as the page of methods calls it: an organisation by its own name. */
const methodWordsOf = ({ identity: { method: id } }: SsoSession, ports: LoginPorts) => {
  const method = methodOf(id, ports);
  const names = ports.registry.current().identityProviders.get(providerOf(id) ?? '')?.names ?? method?.names ?? undefined;
  return { ...(method === undefined ? {} : { methodKind: method.kind }), ...(names === undefined ? {} : { methodNames: names }) };
};

/** POST /me/leave: out of one service, with what became of it; the session and the others stay. */
export const leaveOne = async (token: string, key: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  if (session === undefined) return showMe(browser, ports);
  if (!equalSecrets(token, tokenOf(session))) fail('web.form-foreign', 'form token missing, old, or of another session');
  const left = await leaveService(session, key, ports);
  const name = left === undefined ? undefined : ports.registry.current().services.get(left.entry.service)?.names;
  return showMe(browser, ports, left === undefined || name === undefined ? null : { name, result: left.result, frame: null });
};

export const showMe = async (browser: Browser, ports: LoginPorts, left: LogoutLine | null = null): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  if (session === undefined) return reply(pageContent({ kind: 'nobody' }), bareFrame(ports));
  const registry = ports.registry.current();
  const person = withinLogin(await lookUpIfThere(session.identity, ports), session.identity, registry);
  const commission = person?.employments.flatMap((post) => post.commissions).find(({ hsaId }) => hsaId === session.acting.commissionHsaId);
  const services = (await ports.stores.sessions.services(session.id)).flatMap((entry) => {
    const service = registry.services.get(entry.service);
    return service === undefined ? [] : [{ key: entry.key, name: service.names, partyName: registry.parties.get(service.party)?.displayName ?? '', answeredAt: entry.answeredAt, behind: namesBehind(service, entry.requesters) }];
  });
  return reply(pageContent({
    kind: 'me', personName: shownName(person), method: session.identity.method, ...methodWordsOf(session, ports), level: session.identity.level,
    ...(session.identity.phone === undefined ? {} : { phone: session.identity.phone }),
    since: session.identity.authenticatedAt, until: session.expiresAt,
    commission: commission === undefined ? null : { unit: commission.unit.name, purpose: commission.purpose }, canChange: commissionsOf(session, person, ports) !== null, services, left,
  }), await accountFrame(session, '', ports));
};

export const showLogout = async (browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  return session === undefined ? reply(pageContent({ kind: 'nobody' }), bareFrame(ports)) : reply(pageContent({ kind: 'log-out' }), await accountFrame(session, '', ports));
};

export const logOut = async (token: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  if (session === undefined) return reply(pageContent({ kind: 'nobody' }), bareFrame(ports), [{ name: 'session', value: null }]);
  if (!equalSecrets(token, tokenOf(session))) fail('web.form-foreign', 'form token missing, old, or of another session');
  return beginLogout(session, null, ports);
};
