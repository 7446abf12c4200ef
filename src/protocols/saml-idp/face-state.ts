/** What this face keeps with a login until it answers: the slip's `faceState`, and the session entry's for logout. */
import type { AttributeId } from '../../attributes/model.ts';
import { fail } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { NameIdFormat } from '../../parties/model.ts';

export interface SlipState {
  readonly requestId: string;
  readonly relayState: string | null;
  readonly nameIdFormat: NameIdFormat;
  /** Names by which the service asked, in its order; one attribute may be asked for by several. */
  readonly wishes: readonly (readonly [attribute: AttributeId, wireName: string])[];
}
type Json = Readonly<Record<string, JsonValue>>;

export const slipState = (state: SlipState): Json => ({ ...state });
export const readSlipState = (faceState: Json): SlipState => {
  const { requestId, relayState, nameIdFormat, wishes } = faceState as unknown as Partial<SlipState>;
  // Our own words come back sealed from the store; another shape means another version of the program.
  if (typeof requestId !== 'string' || relayState === undefined || (nameIdFormat !== 'transient' && nameIdFormat !== 'persistent') || !Array.isArray(wishes)) return fail('login.state', 'the slip was not written by this face');
  return { requestId, relayState, nameIdFormat, wishes };
};

/** Whom a logout must name, exactly as it was issued [SAMLCore §3.7.1]. */
export interface EntryState { readonly nameId: string; readonly nameIdFormat: string; readonly nameQualifier: string | null; readonly spNameQualifier: string | null; readonly sessionIndex: string }
export const entryState = (state: EntryState): Json => ({ ...state });
export const readEntryState = (faceState: Json): EntryState => {
  const { nameId, nameIdFormat, nameQualifier, spNameQualifier, sessionIndex } = faceState as unknown as Partial<EntryState>;
  if (typeof nameId !== 'string' || typeof nameIdFormat !== 'string' || typeof sessionIndex !== 'string') return fail('login.state', 'the session entry was not written by this face');
  return { nameId, nameIdFormat, nameQualifier: nameQualifier ?? null, spNameQualifier: spNameQualifier ?? null, sessionIndex };
};

/** What a LogoutResponse needs of its request. `answered` false: the service asked to be left without an answer (asynchronous logout). */
export interface AskerState { readonly requestId: string; readonly relayState: string | null; readonly answered: boolean }
export const askerState = (state: AskerState): Json => ({ ...state });
export const readAskerState = (faceState: Json): AskerState => {
  const { requestId, relayState, answered } = faceState as unknown as Partial<AskerState>;
  if (typeof requestId !== 'string' || relayState === undefined || typeof answered !== 'boolean') return fail('login.state', 'the demand for logout was not written by this face');
  return { requestId, relayState, answered };
};
