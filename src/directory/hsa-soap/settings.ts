/** How to reach HSA's services. Names, addresses and certificates come from the operator's agreement with Inera: nothing is built in. */
import type { Clock } from '../../core/ports.ts';
import type { FeignedObjects } from '../answer.ts';
import type { OrganisationPlace } from '../dn.ts';

export interface SoapSettings {
  /** `https://host[:port]/prefix`, the first being asked first; the contract's own path is added. One or two. */
  readonly endpoints: readonly string[];
  /** HSA-id of the national service: Inera's `SE165565594230-1000` unless told otherwise. */
  readonly logicalAddress: string;
  /** DN below which people are looked for; null = all of Sweden. */
  readonly searchBase: string | null;
  /** PEM: authorities of the service's certificate, and the function certificate that we are known by. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** Milliseconds for a whole question. */
  readonly timeout: number;
  /** Milliseconds after which the second endpoint is asked too, whichever answers first. */
  readonly hedgeAfter: number;
  readonly maxConnections: number;
  readonly maxBytes: number;
  /** Title, contact data and place in the tree; without it the employer must come from another source. */
  readonly askEmployee: boolean;
  readonly askAdministrative: boolean;
  /** Organisations by their DN: the services give places in the tree, not organisation numbers. */
  readonly organisations: readonly OrganisationPlace[];
  readonly feigned: FeignedObjects;
  readonly clock: Clock;
}
