/** The session as its owner sees it: /me and /logout. Logging out here ends the session and says, service by service, what became of it. */
import { hmac, equalSecrets } from '../core/secrets.ts';
import { fail } from '../core/errors.ts';
import type { SsoSession } from '../sessions/ports.ts';
import type { Browser, FlowReply, FrameContext, LoginPorts } from './context.ts';
import { bareFrame, pageContent, reply } from './frame.ts';
import { shownName } from './2-choose-method.ts';
import { endSession } from './single-sign-on.ts';

const tokenOf = (session: SsoSession): string => hmac(session.id, 'account-form');
const accountFrame = (session: SsoSession | undefined, base: string, ports: LoginPorts): FrameContext => ({ ...bareFrame(ports), base, formToken: session === undefined ? null : tokenOf(session) });

const sessionOf = async (browser: Browser, ports: LoginPorts): Promise<SsoSession | undefined> =>
  browser.sessionId === null ? undefined : (await ports.stores.sessions.find(browser.sessionId))?.value;

const methodKindOf = (session: SsoSession, ports: LoginPorts) => {
  const kind = ports.methods.get(session.identity.method)?.kind;
  return kind === undefined ? {} : { methodKind: kind };
};

export const showMe = async (browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  if (session === undefined) return reply(pageContent({ kind: 'nobody' }), bareFrame(ports));
  const registry = ports.registry.current();
  const person = await ports.directory.find(session.identity.person);
  const commission = person?.employments.flatMap((post) => post.commissions).find(({ hsaId }) => hsaId === session.acting.commissionHsaId);
  const services = (await ports.stores.sessions.services(session.id)).flatMap((entry) => {
    const service = registry.services.get(entry.service);
    return service === undefined ? [] : [{ name: service.names, partyName: registry.parties.get(service.party)?.displayName ?? '', answeredAt: entry.answeredAt }];
  });
  return reply(pageContent({
    kind: 'me', personName: await shownName(session, ports), method: session.identity.method, ...methodKindOf(session, ports), level: session.identity.level,
    since: session.identity.authenticatedAt, until: session.expiresAt,
    commission: commission === undefined ? null : { unit: commission.unit.name, purpose: commission.purpose }, services,
  }), accountFrame(session, '', ports));
};

export const showLogout = async (browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  return session === undefined ? reply(pageContent({ kind: 'nobody' }), bareFrame(ports)) : reply(pageContent({ kind: 'log-out' }), accountFrame(session, '', ports));
};

export const logOut = async (token: string, browser: Browser, ports: LoginPorts): Promise<FlowReply> => {
  const session = await sessionOf(browser, ports);
  if (session === undefined) return reply(pageContent({ kind: 'nobody' }), bareFrame(ports), [{ name: 'session', value: null }]);
  if (!equalSecrets(token, tokenOf(session))) fail('web.form-foreign', 'form token missing, old, or of another session');
  const registry = ports.registry.current();
  const results = await endSession(session, 'logged-out', ports);
  const services = results.flatMap(({ entry, result }) => {
    const service = registry.services.get(entry.service);
    return service === undefined ? [] : [{ name: service.names, result }];
  });
  return reply(pageContent({ kind: 'logged-out', services }), bareFrame(ports), [{ name: 'session', value: null }]);
};
