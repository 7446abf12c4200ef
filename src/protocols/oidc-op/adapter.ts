/**
 * oidc-provider's storage on our stores. Kept here: codes, tokens, pushed requests. Derived, never kept: clients (registry), grants
 * (snapshot.ts). Nothing else exists: sessions and interactions are the login's own. A code or token of a grant that is gone or
 * stands no longer is not found, so ending a session or a grant ends all that it gave.
 */
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { SessionId } from '../../core/ids.ts';
import type { JsonRecord, ReplayGuard } from '../../sessions/ports.ts';
import { clientMetadata } from './client.ts';
import { currentExchange } from './exchange.ts';
import { claimsParameter, enabledClient, type Snapshot, type SnapshotPorts } from './snapshot.ts';

export interface AdapterPorts extends SnapshotPorts { readonly replay: ReplayGuard }

/** `<grant>.<secret>`: the grant is looked up in the same round trip as the code. */
export const codeFor = (grant: string, secret: string): string => `${grant}.${secret}`;
const grantOfCode = (code: string): string => code.slice(0, Math.max(0, code.indexOf('.')));

const derivedGrant = (id: string, snapshot: Snapshot): AdapterPayload => ({
  kind: 'Grant', jti: id, accountId: snapshot.sub, clientId: snapshot.client, iat: snapshot.issuedAt, exp: snapshot.expiresAt,
  openid: { scope: snapshot.scopes.join(' '), claims: Object.keys(snapshot.claims) },
  ...(Object.keys(snapshot.resources).length === 0 ? {} : { resources: snapshot.resources }),
});

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const base: Adapter = { upsert: nothing, find: nothing, findByUid: nothing, findByUserCode: nothing, consume: nothing, destroy: nothing, revokeByGrantId: nothing };

const clients = (ports: AdapterPorts): Adapter => ({
  ...base,
  find: (id) => {
    const service = enabledClient(id, ports.registry);
    return Promise.resolve(service === undefined ? undefined : (clientMetadata(service) as AdapterPayload));
  },
});
const grants = (ports: AdapterPorts): Adapter => ({
  ...base,
  find: async (id) => {
    const snapshot = await currentExchange().look(id, undefined, ports).grant;
    return snapshot === undefined ? undefined : derivedGrant(id, snapshot);
  },
  destroy: (id) => ports.stores.oidc.remove('Grant', id),
});
/** Set-if-absent, once over all nodes (threats G10): oidc-provider's own look and write are two steps. */
const replays = ({ replay }: AdapterPorts): Adapter => ({
  ...base,
  upsert: async (id, _payload, seconds = 1) => {
    if ((await replay.claim('oidc-jti', id, 'used', Math.max(1, seconds))) !== undefined) throw new errors.InvalidClientAuth('assertion or proof was used before');
  },
});

interface Kept { readonly payload: AdapterPayload; readonly session: SessionId | null }
const records = (model: string, ports: AdapterPorts): Adapter => {
  const { oidc } = ports.stores;
  const withGrant = async (id: string): Promise<AdapterPayload | undefined> => {
    const prefix = model === 'AuthorizationCode' ? grantOfCode(id) : '';
    // Asked for in the same tick, so that the store is gone to once.
    if (prefix !== '') currentExchange().look(prefix, undefined, ports);
    const record = await oidc.find(model, id);
    if (record === undefined) return undefined;
    const { payload, session } = record.value as unknown as Kept;
    const snapshot = payload.grantId === undefined ? undefined : await currentExchange().look(payload.grantId, session ?? undefined, ports).grant;
    // A token for a resource server is none for userinfo, and has no claims.
    const claims = snapshot === undefined || payload.aud !== undefined ? {} : { claims: claimsParameter(snapshot) };
    return { ...payload, ...claims, ...(record.consumedAt === null ? {} : { consumed: Math.floor(record.consumedAt / 1000) }) };
  };
  return {
    ...base,
    find: withGrant,
    upsert: async (id, payload, seconds = 1) => {
      // A code's grant is written in the same moment, and is found by the code's own name.
      const session = payload.grantId === undefined || model === 'AuthorizationCode' ? null : ((await currentExchange().look(payload.grantId, undefined, ports).grant)?.session ?? null);
      const kept = { ...payload };
      delete kept.claims;
      await oidc.put(model, id, { value: { payload: kept, session } as unknown as JsonRecord, seconds });
    },
    consume: async (id) => {
      if (await oidc.consume(model, id)) return;
      // Somebody else was first in the same moment: as bad as coming second (threats G04, G11).
      const payload = await withGrant(id);
      if (payload?.grantId !== undefined) await oidc.remove('Grant', payload.grantId);
      throw new errors.InvalidGrant('already used');
    },
    destroy: (id) => oidc.remove(model, id),
  };
};

export const createAdapter = (ports: AdapterPorts) => (model: string): Adapter => {
  switch (model) {
    case 'Client': return clients(ports);
    case 'Grant': return grants(ports);
    case 'ReplayDetection': return replays(ports);
    case 'AuthorizationCode': case 'AccessToken': case 'RefreshToken': case 'PushedAuthorizationRequest': return records(model, ports);
    default: return base;
  }
};
