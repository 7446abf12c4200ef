/** What a session remembers of each service that it answered. */
import type { PartyId, ServiceId } from '../core/ids.ts';
import type { JsonValue } from '../core/json.ts';
import type { Instant } from '../core/ports.ts';

/** A service the session answered: what logout needs later. `key` names the field: adding the same service again renews it. */
export interface ServiceEntry {
  readonly key: string;
  readonly service: ServiceId;
  readonly party: PartyId;
  /** `upstream`: not a service but the IdP that the person logged in at; `service` is its method, `idp:<provider>`. */
  readonly protocol: 'saml' | 'oidc' | 'upstream';
  readonly answeredAt: Instant;
  /** The face's own memory (NameID, SessionIndex, sid …). */
  readonly faceState: { readonly [key: string]: JsonValue };
  /** Of a local IdP that asks for others: entityIDs of the applications that it was answered for, the last one first. */
  readonly requesters?: readonly string[];
}
