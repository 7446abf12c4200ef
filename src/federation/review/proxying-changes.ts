/** What a change of the applications behind a local IdP means: each has its own limit of what may leave. */
import type { ProxyingService } from '../../parties/model.ts';
import type { Difference, Risk } from './model.ts';
import { spelled } from './unruled.ts';

const listed = (words: readonly string[]): string => words.join(', ') || 'nothing';
const without = (list: readonly string[], other: readonly string[]): readonly string[] => list.filter((one) => !other.includes(one));
const nobody: ProxyingService = { requesters: new Map(), others: [] };

export const proxyingChanges = (before: ProxyingService | undefined, after: ProxyingService | undefined): readonly Difference[] => {
  const found: Difference[] = [];
  const say = (kind: string, risk: Risk, says: string): void => { found.push({ kind, risk, says }); };
  if (before === undefined && after === undefined) return found;
  if (before === undefined || after === undefined) say('proxying', 'high', after === undefined ? 'is no local IdP any more: the applications behind it have no limits of their own' : 'is a local IdP: the applications behind it have limits of their own');
  const [old, now] = [before ?? nobody, after ?? nobody];
  for (const [entityId, { allow, names }] of now.requesters) {
    const earlier = old.requesters.get(entityId);
    if (earlier === undefined) { say('behind-added', 'high', `${entityId} behind it may receive: ${listed(allow)}`); continue; }
    if (without(allow, earlier.allow).length > 0) say('behind-wider', 'high', `${entityId} behind it may receive more: ${listed(without(allow, earlier.allow))}`);
    if (without(earlier.allow, allow).length > 0) say('behind-narrower', 'high', `${entityId} behind it no longer receives: ${listed(without(earlier.allow, allow))}`);
    if (spelled(names) !== spelled(earlier.names)) say('behind-name', 'low', `${entityId} behind it is called ${names?.sv ?? 'nothing'} (was ${earlier.names?.sv ?? 'nothing'})`);
  }
  for (const entityId of old.requesters.keys()) if (!now.requesters.has(entityId)) say('behind-removed', 'high', `${entityId} behind it is one of the others from now on`);
  if (spelled(old.others.toSorted()) !== spelled(now.others.toSorted())) say('behind-others', 'high', `every other application behind it may receive: ${listed(now.others)} (was ${listed(old.others)})`);
  return found;
};
