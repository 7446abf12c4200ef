/** One HTTP request on its way through oidc-provider: what our hooks in it find out and leave behind. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { BrygganError } from '../../core/errors.ts';
import type { SessionId } from '../../core/ids.ts';
import type { FlowReply } from '../../login/context.ts';
import type { Arrival } from '../../login/ports.ts';
import { lookAtGrant, type GrantLook, type SnapshotPorts } from './snapshot.ts';

/** Whom the TLS handshake on the machine listener proved. */
export interface Peer { readonly certificate: string; /** By the function CAs. */ readonly trusted: boolean; /** RFC 4514. */ readonly subject: string }

export class Exchange {
  /** Hands a verified request to the flow; only where a browser came to the authorization endpoint. */
  readonly deliver: ((arrival: Arrival) => Promise<FlowReply>) | null;
  readonly peer: Peer | null;
  /** The authorization endpoint's answer, which plugin.ts sends in oidc-provider's place. */
  prepared: { readonly location: string; readonly body: string } | null = null;
  /** What the flow answered. */
  reply: FlowReply | null = null;
  /** What the person must be told on a page. */
  failure: BrygganError | null = null;
  /** What oidc-provider sends to the client by itself, for the trail. */
  refusal: Error | null = null;
  readonly #grants = new Map<string, GrantLook>();

  constructor(deliver: Exchange['deliver'], peer: Peer | null) {
    this.deliver = deliver;
    this.peer = peer;
  }

  look(grant: string, session: SessionId | undefined, ports: SnapshotPorts): GrantLook {
    const found = this.#grants.get(grant) ?? lookAtGrant(grant, session, ports);
    this.#grants.set(grant, found);
    return found;
  }
}

const current = new AsyncLocalStorage<Exchange>();
export const inExchange = <T>(exchange: Exchange, work: () => Promise<T>): Promise<T> => current.run(exchange, work);
/** Outside of a request every look is its own. */
export const currentExchange = (): Exchange => current.getStore() ?? new Exchange(null, null);
