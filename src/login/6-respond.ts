/** Step 6: say it in the asker's protocol. The last place that checks that everybody is still enabled; no answer leaves unrecorded. */
import type { BrygganError } from '../core/errors.ts';
import { fail } from '../core/errors.ts';
import type { ProtocolAnswer } from '../core/http-types.ts';
import type { PartyId, SessionId } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import type { Registry, ServiceParty } from '../parties/model.ts';
import { holdsReturnAddress } from '../parties/return-address.ts';
import type { PersonKey } from '../directory/model.ts';
import { lineOf } from './audit-lines.ts';
import type { LoginPorts } from './context.ts';
import { applicationBehind } from './frame.ts';
import { idsOf } from '../sessions/moved.ts';
import type { ServiceEntry } from '../sessions/ports.ts';
import { sessionIndexOf } from './session-index.ts';
import type { AnswerSlip, ReleasedTransaction } from './transaction.ts';

/** Whom the audit line names; the answer itself knows only what was released. */
export interface AuditSubject { readonly person: PersonKey; readonly personParty: PartyId; readonly reused: boolean; /** When the directory said what is answered, where that is older than it should be because the directory is away (threats J05). */ readonly staleSince?: Instant | null }

/** The service as it stands now: switched off in the middle of a login means stopped (threats D13, DESIGN §1 rule 6). */
export const enabledService = (slip: AnswerSlip, registry: Registry): ServiceParty => {
  const service = registry.services.get(slip.service);
  if (service === undefined || !service.enabled) return fail('service.disabled', 'the service is gone or switched off', { service: slip.service });
  if (registry.parties.get(service.party)?.enabled !== true) return fail('party.disabled', "the service's party is switched off", { party: service.party });
  const { url } = slip.returnAddress;
  if (!holdsReturnAddress(service.wire, url)) return fail('saml.return-address', 'the return address left the metadata during the login', { service: slip.service });
  return service;
};

/** Tabs of one person that log in at once renew the session under each other; whoever was answered follows it to where it moved. */
const keepWithSession = async (session: SessionId, entry: ServiceEntry, ports: LoginPorts): Promise<boolean> => {
  for await (const id of idsOf(session, ports.stores)) if (await ports.stores.sessions.addService(id, entry, ports.settings.idleSeconds)) return true;
  return false;
};

const APPLICATIONS = 20;
/** A local IdP is one entry, however many applications behind it were answered: those that people know by name are kept beside it. */
const withApplications = async (entry: ServiceEntry, session: SessionId, service: ServiceParty, requesters: readonly string[], ports: LoginPorts): Promise<ServiceEntry> => {
  if (service.proxying === undefined) return entry;
  const earlier = (await ports.stores.sessions.services(session)).find(({ key }) => key === entry.key)?.requesters ?? [];
  const now = applicationBehind(service, requesters);
  const all = now === undefined ? earlier : [now, ...earlier.filter((one) => one !== now)];
  return all.length === 0 ? entry : { ...entry, requesters: all.slice(0, APPLICATIONS) };
};

/**
 * `claim` moves the stored transaction to its end, once; it runs after signing and before recording, and is undone when
 * the line cannot be made durable.
 */
export const respond = async (
  transaction: ReleasedTransaction, subject: AuditSubject, ports: LoginPorts, claim: { take(): Promise<boolean>; undo(): Promise<void> },
): Promise<ProtocolAnswer> => {
  const { slip, session, identity } = transaction;
  const { staleSince } = subject;
  const service = enabledService(slip, ports.registry.current());
  const face = ports.faces[slip.protocol] ?? fail('internal', `no face for ${slip.protocol}`);
  const lifetime = Math.min(ports.settings.absoluteSeconds, service.federation.sessionLifetime) * 1000;
  const index = sessionIndexOf(session, service.id, ports.settings.secret);
  const { answer, entry, auditFacts, once, keep } = await face.respond(transaction, service, { index, expiresAt: Math.min(identity.authenticatedAt + lifetime, identity.upstream?.endsAt ?? Infinity) });
  if (!(await claim.take())) return fail('login.done', 'another tab finished this login first');
  const line = lineOf('login.succeeded', {
    reference: transaction.reference, slip, person: subject.person, personParty: subject.personParty,
    facts: {
      ...auditFacts, ...(staleSince == null ? {} : { staleSince: new Date(staleSince).toISOString() }), method: identity.method, level: identity.level, assurance: transaction.assuranceUri, reused: subject.reused,
      ...(transaction.released.requesters === undefined ? {} : { requesters: transaction.released.requesters }),
      released: transaction.released.decisions.map(({ attribute, outcome, rule }) => `${attribute} ${outcome} ${rule}`),
    },
  });
  try {
    await once?.();
    const remembered = await withApplications(entry, session, service, transaction.released.requesters ?? [], ports);
    const [kept] = await Promise.all([keepWithSession(session, remembered, ports), ports.audit.record(line), keep?.()]);
    if (!kept) return fail('login.state', 'the session ended while the answer was made');
  } catch (error) {
    await claim.undo();
    throw error;
  }
  ports.observe({ party: slip.party, service: slip.service, method: identity.method, result: subject.reused ? 'reused' : 'succeeded', stale: staleSince != null });
  return answer;
};

/** The refusal in the asker's protocol; null where only a page is right. */
export const refuse = async (slip: AnswerSlip, error: BrygganError, ports: LoginPorts): Promise<ProtocolAnswer | null> => {
  const service = ports.registry.current().services.get(slip.service);
  const face = ports.faces[slip.protocol];
  return service === undefined || face === undefined ? null : face.refuse(slip, error, service);
};
