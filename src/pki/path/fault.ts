/** Why a path does not hold. A value, not an exception: the next candidate may. */
export type FaultReason =
  | 'no-issuer' | 'signature' | 'not-yet-valid' | 'expired' | 'profile' | 'key' | 'critical-extension' | 'basic-constraints' | 'key-usage' | 'extended-key-usage'
  | 'path-length' | 'names' | 'name-constraints' | 'policies' | 'work' | 'depth';
export interface PathFault {
  readonly reason: FaultReason;
  /** For operations; no personal data. */
  readonly detail: string;
  /** RFC 5280. */
  readonly clause: string;
}
export const fault = (reason: FaultReason, detail: string, clause: string): PathFault => ({ reason, detail, clause });
