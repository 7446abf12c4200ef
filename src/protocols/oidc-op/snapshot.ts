/**
 * What a grant stands on: an immutable snapshot of what was released, and the SSO session it was released from. Owns the record
 * and the question "does it still stand?". oidc-provider's grants and accounts are derived from it and stored nowhere else.
 */
import { mayStillLeave } from '../../attributes/release.ts';
import type { AttributeId } from '../../attributes/model.ts';
import type { ReleasePolicy } from '../../attributes/policy.ts';
import { isBrygganError } from '../../core/errors.ts';
import type { PartyId, ReferenceId, ServiceId, SessionId } from '../../core/ids.ts';
import type { JsonValue } from '../../core/json.ts';
import type { VerifiedIdentity } from '../../login/transaction.ts';
import { isOidcParty, type OidcParty, type PartyRegistry } from '../../parties/model.ts';
import { idsOf } from '../../sessions/moved.ts';
import type { JsonRecord, SsoSession, Stores } from '../../sessions/ports.ts';
import type { Place } from './wishes.ts';

export interface SnapshotClaim { readonly attribute: AttributeId; readonly value: JsonValue; readonly places: readonly Place[] }
export interface Snapshot {
  readonly client: string;
  readonly service: ServiceId;
  readonly party: PartyId;
  readonly session: SessionId;
  readonly reference: ReferenceId;
  readonly sub: string;
  readonly sid: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** Seconds since 1970, of the login itself. */
  readonly authTime: number;
  readonly scopes: readonly string[];
  readonly resources: { readonly [uri: string]: string };
  readonly claims: { readonly [claim: string]: SnapshotClaim };
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}
export const snapshotRecord = (snapshot: Snapshot): JsonRecord => snapshot as unknown as JsonRecord;
const readSnapshot = (record: JsonRecord): Snapshot => record as unknown as Snapshot;

export interface Standing { readonly snapshot: Snapshot; readonly service: OidcParty }
/** One look-up per grant and request: the grant, and the answer to whether all that it rests on still stands. */
export interface GrantLook { readonly grant: Promise<Snapshot | undefined>; readonly standing: Promise<Standing | undefined> }
export interface SnapshotPorts {
  readonly stores: Pick<Stores, 'oidc' | 'sessions' | 'movedSessions'>;
  readonly registry: PartyRegistry;
  readonly releasePolicy: () => ReleasePolicy;
  /** Looks at the card's cached revocation again (threats H11); throws when the login is not trusted any more. */
  readonly recheck: (identity: VerifiedIdentity) => void;
}
const sessionOf = async (known: SessionId, { stores }: SnapshotPorts): Promise<SsoSession | undefined> => {
  // A fresh login by the same person moved it: what it granted goes on.
  for await (const id of idsOf(known, stores)) {
    const found = await stores.sessions.find(id);
    if (found !== undefined) return found.value;
  }
  return undefined;
};
const isTrusted = (session: SsoSession, { recheck }: SnapshotPorts): boolean => {
  try {
    recheck(session.identity);
    return true;
  } catch (error) {
    if (!isBrygganError(error)) throw error;
    return error.code !== 'card.revoked' && error.code !== 'card.expired';
  }
};
/** The client as it stands now; undefined when it or its party is gone or switched off (DESIGN §1 rule 6). */
export const enabledClient = (clientId: string, registry: PartyRegistry): OidcParty | undefined => {
  const { servicesByEntityId, parties } = registry.current();
  const service = servicesByEntityId.get(clientId as OidcParty['wire']['entityId']);
  return service !== undefined && isOidcParty(service) && service.enabled && parties.get(service.party)?.enabled === true ? service : undefined;
};

/** Begins at once, the session's look-up too where its id is known already. */
export const lookAtGrant = (id: string, knownSession: SessionId | undefined, ports: SnapshotPorts): GrantLook => {
  const early = knownSession === undefined ? undefined : sessionOf(knownSession, ports);
  const grant = ports.stores.oidc.find('Grant', id).then((record) => (record === undefined ? undefined : readSnapshot(record.value)));
  const standing = grant.then(async (snapshot) => {
    if (snapshot === undefined) return undefined;
    const service = enabledClient(snapshot.client, ports.registry);
    const session = await (snapshot.session === knownSession && early !== undefined ? early : sessionOf(snapshot.session, ports));
    return service === undefined || session === undefined || !isTrusted(session, ports) ? undefined : { snapshot, service };
  });
  // Awaited by whoever needs them; a store that is away must not end the process.
  for (const promise of [early, grant, standing]) promise?.catch(() => undefined);
  return { grant, standing };
};

/** oidc-provider's `claims` of a code or token: every claim of the snapshot at its places. Derived, so that it is not kept three times over. */
export const claimsParameter = ({ claims }: Snapshot): { readonly id_token: Record<string, null>; readonly userinfo: Record<string, null> } => {
  const at = (place: Place): Record<string, null> => Object.fromEntries(Object.entries(claims).flatMap(([claim, { places }]) => (places.includes(place) ? [[claim, null]] : [])));
  return { id_token: at('id_token'), userinfo: at('userinfo') };
};
/** Claims for one place, by today's policy: what an operator took away is gone at the next userinfo and refresh (threats G19). */
export const claimsFor = ({ snapshot, service }: Standing, place: Place, policy: ReleasePolicy): Record<string, JsonValue> =>
  Object.fromEntries(Object.entries(snapshot.claims).flatMap(([claim, { attribute, value, places }]) => (places.includes(place) && mayStillLeave(attribute, service, policy) ? [[claim, value]] : [])));
