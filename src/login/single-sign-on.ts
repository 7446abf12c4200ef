/**
 * When an earlier login may answer a new request, and what happens to the session when somebody logs in.
 * The session is one for all protocols and parties; it never changes level, and never changes person.
 */
import { answerLevel, rankOf } from '../core/assurance.ts';
import { isBrygganError } from '../core/errors.ts';
import { newId } from '../core/ports.ts';
import { sameHsaId, type HsaId, type SessionId } from '../core/ids.ts';
import type { DirectoryPerson, PersonDirectory, PersonKey } from '../directory/model.ts';
import type { ServiceParty } from '../parties/model.ts';
import type { SsoSession } from '../sessions/ports.ts';
import type { LoginPorts } from './context.ts';
import { lookUpIfThere } from './acting.ts';
import { endSession } from './logout.ts';
import type { AuthenticationMethod } from './ports.ts';
import { checkUpstream, isOffered, methodOf } from './upstream.ts';
import { rememberUpstream } from './upstream-session.ts';
import type { AcceptedRequest, ActingChoice, VerifiedIdentity } from './transaction.ts';

export type Reuse = 'reuse' | 'confirm' | 'no';

/** Rules for answering from a session; each names the reason it exists. Uses cached data only. */
export const reuseOf = async (session: SsoSession, request: AcceptedRequest, service: ServiceParty, offered: readonly AuthenticationMethod[], ports: LoginPorts): Promise<Reuse> => {
  const { identity } = session;
  const age = (ports.clock.now() - identity.authenticatedAt) / 1000;
  if (service.sso === 'never') return 'no';
  if (request.freshLoginRequired) return 'no'; // [SAMLCore §3.4.1 ForceAuthn]
  if (identity.upstream?.once === true) return 'no'; // [SAMLCore §2.5.1.5 OneTimeUse]
  if (age > service.federation.sessionLifetime) return 'no'; // Sweden Connect: 60 minutes from the original login
  if (request.maximumAgeSeconds !== undefined && age > request.maximumAgeSeconds) return 'no'; // [OIDC §3.1.2.1 max_age]
  if (request.expectedPerson !== undefined && !(await isPerson(session, request.expectedPerson, ports))) return 'no'; // not the colleague
  if (!isOffered(identity.method, offered)) return 'no';
  if (rankOf(identity.level) < rankOf(service.minimumLevel)) return 'no';
  if (answerLevel(identity.level, request.assurance ?? undefined, service.federation.assurance) === undefined) return 'no'; // [SC-DP §5.4.5] an exact level is never met by another
  if (!mayAnswer(identity, request, service, ports)) return 'no';
  if (!(await stillTrusted(session, ports))) return 'no';
  return service.sso === 'confirm' ? 'confirm' : 'reuse';
};

/** The IdP behind the session: still switched on, and one that this request lets answer (threats D13). */
const mayAnswer = (identity: VerifiedIdentity, request: AcceptedRequest, service: ServiceParty, ports: LoginPorts): boolean => {
  try {
    checkUpstream(identity, request, service, ports.registry.current());
    return true;
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    return false;
  }
};

/** By HSA-id: the session's own, else one of the person's posts. Whom nobody can tell is not the one who is expected; a hint that is no HSA-id was left out by the face. */
const isPerson = async ({ identity, acting }: SsoSession, expected: string, ports: LoginPorts): Promise<boolean> => {
  const known = identity.person.kind === 'hsa-id' ? identity.person.hsaId : acting.employeeHsaId;
  if (known !== null) return sameHsaId(known, expected as HsaId);
  return (await lookUpIfThere(identity, ports))?.employments.some((post) => sameHsaId(post.hsaId, expected as HsaId)) === true;
};

/** A card blocked since the login ends the session at the next use (threats H11). */
const stillTrusted = async (session: SsoSession, ports: LoginPorts): Promise<boolean> => {
  const method = methodOf(session.identity.method, ports);
  if (method === undefined) return false;
  try {
    method.recheck(session.identity);
    return true;
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    // Only a definite "revoked" ends the session; revocation data that is away just now sends the person to the card again.
    if (error.code === 'card.revoked') await endSession(session, 'revoked', ports);
    return false;
  }
};

const namesSamePost = (person: DirectoryPerson, key: PersonKey): boolean =>
  key.kind === 'hsa-id' ? person.employments.some((post) => sameHsaId(post.hsaId, key.hsaId)) : person.personalIdentityNumber === key.number;

/** The same human being, also when one card carries an HSA-id and the other a personal identity number. */
export const isSamePerson = async (a: PersonKey, b: PersonKey, directory: PersonDirectory): Promise<boolean> => {
  if (a.kind === 'hsa-id' && b.kind === 'hsa-id' && sameHsaId(a.hsaId, b.hsaId)) return true;
  if (a.kind === 'personal-identity-number' && b.kind === 'personal-identity-number') return a.number === b.number;
  const person = await directory.find(a);
  return person !== undefined && namesSamePost(person, b);
};

const create = async (session: SsoSession, ports: LoginPorts): Promise<void> => {
  await ports.stores.sessions.create(session, ports.settings.idleSeconds);
  await rememberUpstream(session, ports);
};
/**
 * A new session under a new id for a fresh login (threats K01). The browser's earlier session ends: a colleague's is logged
 * out of its services first, the same person's hands its services over so that logout still reaches them.
 */
export const establishSession = async (identity: VerifiedIdentity, earlierId: SessionId | null, ports: LoginPorts): Promise<SsoSession> => {
  const { sessions } = ports.stores;
  const now = ports.clock.now();
  const noChoice: ActingChoice = { employeeHsaId: null, commissionHsaId: null };
  const session: SsoSession = { id: newId(ports.random, 256) as SessionId, identity, acting: noChoice, createdAt: now, expiresAt: Math.min(now + ports.settings.absoluteSeconds * 1000, identity.upstream?.endsAt ?? Infinity) };
  const earlier = earlierId === null ? undefined : await sessions.find(earlierId);
  if (earlier === undefined) {
    await create(session, ports);
    return session;
  }
  if (!(await isSamePerson(earlier.value.identity.person, identity.person, { find: (key) => ports.directory.find(key, { level: identity.level }) }))) {
    await endSession(earlier.value, 'other-person', ports);
    await create(session, ports);
    return session;
  }
  const continued: SsoSession = { ...session, acting: earlier.value.acting };
  await create(continued, ports);
  await ports.stores.movedSessions.create(earlier.value.id, continued.id, ports.settings.absoluteSeconds);
  // The IdP's newer name of the login has taken the older one's place.
  const handedOver = ((await sessions.end(earlier.value.id)) ?? []).filter(({ protocol, service }) => protocol !== 'upstream' || service !== identity.method);
  for (const entry of handedOver) await sessions.addService(continued.id, entry, ports.settings.idleSeconds);
  return continued;
};

/** The post and commission chosen once are the session's from now on; a lost race only means that the question comes again. */
export const rememberActing = async (id: SessionId, before: ActingChoice, choice: ActingChoice, ports: LoginPorts): Promise<void> => {
  const acting = { employeeHsaId: choice.employeeHsaId ?? before.employeeHsaId, commissionHsaId: choice.commissionHsaId ?? before.commissionHsaId };
  if (acting.employeeHsaId === before.employeeHsaId && acting.commissionHsaId === before.commissionHsaId) return;
  const session = await ports.stores.sessions.find(id);
  if (session !== undefined) await ports.stores.sessions.replace({ ...session.value, acting }, session.version);
};
