/** What this face keeps with a login until it answers, and in the session for logout. */
import { fail } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { ClaimWish } from './wishes.ts';

export type ResponseMode = 'query' | 'form_post' | 'jwt' | 'query.jwt' | 'form_post.jwt';
/** The verified authorization request, as far as the answer and the code need it. */
export interface SlipState {
  readonly state: string | null;
  readonly nonce: string | null;
  /** Scopes of ours that were asked for; resource servers' own beside them. */
  readonly scopes: readonly string[];
  readonly resources: readonly { readonly uri: string; readonly scopes: readonly string[] }[];
  readonly wishes: readonly ClaimWish[];
  readonly codeChallenge: string;
  readonly dpopKey: string | null;
  /** The pushed request that this is: used up when it is answered [RFC 9126 §7.3]. */
  readonly pushed: string | null;
  /** `sub` of the id_token_hint. */
  readonly hintedSubject: string | null;
}
type Json = Readonly<Record<string, JsonValue>>;
export const slipState = (state: SlipState): Json => ({ oidc: state as unknown as JsonValue });
export const readSlipState = (faceState: Json): SlipState => {
  const state = faceState['oidc'] as unknown as Partial<SlipState> | undefined;
  // Our own words come back sealed from the store; another shape means another version of the program.
  if (state === undefined || typeof state.codeChallenge !== 'string' || !Array.isArray(state.scopes) || !Array.isArray(state.wishes)) return fail('login.state', 'the slip was not written by this face');
  return state as SlipState;
};

/** What logout needs: how this client knows the session and the person. */
export interface EntryState { readonly client: string; readonly sid: string; readonly sub: string; readonly grant: string }
export const entryState = (state: EntryState): Json => ({ ...state });
export const readEntryState = (faceState: Json): EntryState => {
  const { client, sid, sub, grant } = faceState as unknown as Partial<EntryState>;
  if (typeof client !== 'string' || typeof sid !== 'string' || typeof sub !== 'string' || typeof grant !== 'string') return fail('login.state', 'the session entry was not written by this face');
  return { client, sid, sub, grant };
};
