/**
 * Lines about requests that anybody can send without proving anything. One address gets no more of them in a minute than logins: else
 * whoever has a script fills the disk of the trail, and without a trail nobody is let in (threats K11, L05).
 */
import type { AuditEvent } from '../audit/model.ts';
import { isOfParty } from './1-accept.ts';
import type { LoginPorts } from './context.ts';

/** `address`: null where it would be a proxy's and so everybody's. Errors: `audit.unavailable`. */
export const recordStranger = async (line: AuditEvent, address: string | null, ports: LoginPorts): Promise<void> => {
  const { startsPerMinute } = ports.settings;
  const count = address === null || isOfParty(address, ports) ? 0 : ports.pace.refusals(address);
  if (count <= startsPerMinute) return ports.audit.record(line);
  // The last one says that there are more.
  if (count === startsPerMinute + 1) await ports.audit.record({ ...line, code: 'web.rate', facts: { detail: `more than ${startsPerMinute} refused requests in a minute from one address; the rest of the minute is not on record`, last: line.code } });
};
