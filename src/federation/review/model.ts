import type { PartyId, ServiceId } from '../../core/ids.ts';

/** `low`: may be taken by itself. `high`: somebody could lose access, or somebody else could gain it. */
export type Risk = 'low' | 'high';
export interface Difference { readonly kind: string; readonly risk: Risk; /** A sentence without a full stop. */ readonly says: string }
export interface Change extends Difference { readonly party: PartyId; readonly service: ServiceId | null; readonly provider?: string }
