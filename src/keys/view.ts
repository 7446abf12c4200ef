/** Where each use's rollover stands, for people and scripts: what signs, who waits, what the next step is and what speaks against it. */
import type { Instant } from '../core/ports.ts';
import { keyUses, type HeldKey, type KeyRole, type KeyUse, type Ring, type Step } from './model.ts';
import type { FetchRow } from './fetches.ts';
import type { Keyring, NodeView } from './keyring.ts';
import { waitingFor } from './obstacles.ts';
import { keysIn, nextOf } from './ring.ts';

export interface KeyLine { readonly id: string; readonly role: KeyRole; readonly since: Instant; readonly notAfter: Instant | null; readonly subject: string | null; /** On this node. */ readonly file: string | null }
export interface UseView {
  readonly use: KeyUse;
  readonly stands: 'one key' | 'new key made' | 'next key published' | 'some services switched' | 'switched, old key published';
  readonly keys: readonly KeyLine[];
  readonly early: readonly string[];
  readonly told: readonly string[];
  /** Services not known to have the next key. */
  readonly waiting: readonly string[];
  readonly nextStep: Step | 'new';
  readonly against: readonly string[];
  /** What `back` would undo; null: nothing. */
  readonly back: string | null;
}
export interface OtherCertificate { readonly what: string; readonly subject: string; readonly notAfter: Instant }
export interface KeysView { readonly revision: number; readonly nodes: readonly NodeView[]; readonly uses: readonly UseView[]; readonly fetches: readonly FetchRow[]; readonly others: readonly OtherCertificate[] }

const stepAfter: Readonly<Record<UseView['stands'], UseView['nextStep']>> = { 'one key': 'new', 'new key made': 'announce', 'next key published': 'switch', 'some services switched': 'switch', 'switched, old key published': 'retire' };
export const standsAt = (ring: Ring): UseView['stands'] =>
  (ring.early.length > 0 ? 'some services switched' : keysIn(ring, 'previous').length > 0 ? 'switched, old key published' : nextOf(ring) !== undefined ? 'next key published' : keysIn(ring, 'made').length > 0 ? 'new key made' : 'one key');
const lineOf = (held: readonly HeldKey[]) => ({ id, role, since }: Ring['keys'][number]): KeyLine => {
  const own = held.find((key) => key.id === id);
  return { id, role, since, notAfter: own?.notAfter ?? null, subject: own?.subject ?? null, file: own?.file ?? null };
};
const useView = async (use: KeyUse, keyring: Keyring): Promise<UseView> => {
  const ring = keyring.ring(use);
  const stands = standsAt(ring);
  const nextStep = stepAfter[stands];
  return {
    use, stands, keys: ring.keys.map(lineOf(keyring.held())), early: ring.early, told: ring.told,
    waiting: use.startsWith('oidc-') || use === 'upstream-encryption' ? [] : waitingFor(use, ring, await keyring.watch()).map(({ id }) => id),
    nextStep, against: nextStep === 'new' ? [] : await keyring.obstacles(use, nextStep, []),
    back: ring.early.length > 0 ? 'switch of single services' : (ring.done.at(-1) ?? null),
  };
};
/** For alarms: who is not known to have an announced key, and nodes that have not taken the last step. */
export interface KeysStanding { readonly uses: readonly (Pick<UseView, 'use' | 'stands' | 'waiting' | 'against'> & { /** Of the key that signs; null: never. */ readonly ends: Instant | null })[]; readonly behind: readonly string[] }
export const keysStanding = async (keyring: Keyring): Promise<KeysStanding> => {
  const nodes = await keyring.nodes();
  const newest = Math.max(keyring.rings().revision, ...nodes.map(({ revision }) => revision));
  const views = await Promise.all(keyUses.map((use) => useView(use, keyring)));
  return { uses: views.map(({ use, stands, waiting, against, keys }) => ({ use, stands, waiting, against, ends: keys.find(({ role }) => role === 'current')?.notAfter ?? null })), behind: nodes.filter(({ revision }) => revision < newest).map(({ node }) => node) };
};
export const keysView = async (keyring: Keyring, others: readonly OtherCertificate[]): Promise<KeysView> =>
  ({ revision: keyring.rings().revision, nodes: await keyring.nodes(), uses: await Promise.all(keyUses.map((use) => useView(use, keyring))), fetches: await keyring.fetches(), others });
