/**
 * Step 3: somebody proves who they are, on another host or device. What they prove is parked under the transaction;
 * only the browser that started, bringing its cookie and a single-use code, takes it up (DESIGN §1 rule 4).
 * Handle: `<transaction id>.<secret>`, so that a used or old one still leads back to its login.
 */
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { AuditEventType } from '../audit/model.ts';
import { fail, type ErrorFacts } from '../core/errors.ts';
import type { TransactionId } from '../core/ids.ts';
import { newId } from '../core/ports.ts';
import { digestOf, matchesDigest } from '../core/secrets.ts';
import { transactionLine, identityFacts } from './audit-lines.ts';
import type { LoginPorts } from './context.ts';
import { pathOf } from './frame.ts';
import type { AcceptedTransaction, LoginTransaction, ParkedResult, VerifiedIdentity } from './transaction.ts';
import type { Versioned } from '../sessions/ports.ts';

const HANDLE_SECONDS = 120;
const CODE_SECONDS = 60;
/** One try more than two tabs can race for. */
const TRIES = 4;

export const isTransactionId = (text: string): text is TransactionId => /^[A-Za-z0-9_-]{22}$/.test(text);

/** Reads, changes and writes until nobody was faster; `change` returns null when there is nothing to do. `read`: as it was found a moment ago. */
export const updateTransaction = async <T extends LoginTransaction>(
  id: TransactionId, ports: LoginPorts, change: (current: LoginTransaction) => T | null, read?: Versioned<LoginTransaction>,
): Promise<{ changed: T | null; current: LoginTransaction }> => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const found = (attempt === 0 ? read : undefined) ?? (await ports.stores.transactions.find(id));
    if (found === undefined) return fail('login.unknown', 'the login has ended or never existed');
    const next = change(found.value);
    if (next === null) return { changed: null, current: found.value };
    if (await ports.stores.transactions.replace(next, found.version)) return { changed: next, current: next };
  }
  return fail('store.conflict', `a login changed ${TRIES} times while it was being updated`);
};

/** A fresh handle for the method's own host; an earlier one is void from now on. */
export const mintHandle = async (found: Versioned<AcceptedTransaction>, ports: LoginPorts): Promise<string> => {
  const secret = newId(ports.random, 128);
  await updateTransaction(found.value.id, ports, (current) =>
    current.state === 'accepted' ? { ...current, handleHash: digestOf(secret), handleExpiresAt: ports.clock.now() + HANDLE_SECONDS * 1000, parked: null } : null, found);
  return `${found.value.id}.${secret}`;
};

export type AuthenticationOutcome = { readonly ok: true; readonly identity: VerifiedIdentity } | { readonly ok: false; readonly code: ErrorCode; /** For the audit line: issuer, dates, policies; nothing that a page shows. */ readonly facts: ErrorFacts };

/** How refusals are recorded and counted, and where a handle that came too late leads. */
export interface ParkedBy { readonly refused: AuditEventType; readonly method: string; readonly late: string }
const byCard: ParkedBy = { refused: 'card.refused', method: 'certificate', late: 'card' };

/**
 * Called by a method's own host or device with what it found out. `authenticate` runs only for a live handle, so that
 * strangers cannot make us check certificates. Returns the address on the public listener that the browser goes to next.
 */
export const park = async (handle: string, authenticate: (transaction: AcceptedTransaction) => Promise<AuthenticationOutcome>, ports: LoginPorts, way: ParkedBy = byCard): Promise<string> => {
  const [id = '', secret = ''] = handle.split('.', 2);
  if (!isTransactionId(id)) return fail('login.unknown', 'malformed handle');
  const back = (rest: string): string => `${ports.settings.publicUrl}${pathOf(id, rest)}`;
  const found = await ports.stores.transactions.find(id);
  if (found === undefined) return back('');
  const live = found.value;
  if (live.state !== 'accepted' || !matchesDigest(secret, live.handleHash)) return back('');
  if (live.handleExpiresAt <= ports.clock.now()) return back(way.late);
  const outcome = await authenticate(live);
  const code = newId(ports.random, 128);
  const parked: ParkedResult = { codeHash: digestOf(code), expiresAt: ports.clock.now() + CODE_SECONDS * 1000, outcome: outcome.ok ? outcome : { ok: false, code: outcome.code } };
  await ports.audit.record(outcome.ok
    ? transactionLine('login.authenticated', live, { person: outcome.identity.person, facts: identityFacts(outcome.identity) })
    : transactionLine(way.refused, live, { code: outcome.code, facts: { ...outcome.facts } }));
  if (!outcome.ok) ports.observe({ party: live.request.slip.party, service: live.request.slip.service, method: way.method, result: outcome.code });
  // The same answer once more changes nothing: its first coming stands.
  if (!outcome.ok && outcome.code === 'upstream.replayed') return back('');
  const { changed } = await updateTransaction(id, ports, (current) =>
    current.state === 'accepted' && matchesDigest(secret, current.handleHash) ? { ...current, handleHash: null, parked } : null, found);
  return changed === null ? back('') : back(`return?code=${code}`);
};

export type Redeemed =
  | { readonly kind: 'identity'; readonly identity: VerifiedIdentity; readonly version: number; readonly transaction: AcceptedTransaction }
  | { readonly kind: 'failed'; readonly code: ErrorCode }
  | { readonly kind: 'nothing' };

/**
 * Looks at the parked result with the code that came back through this browser; the caller moves the state.
 * `cookieHolds` false burns the result: a card link sent to somebody else never logs the sender in.
 */
export const redeem = async (found: Versioned<AcceptedTransaction>, code: string, cookieHolds: boolean, ports: LoginPorts): Promise<Redeemed> => {
  const { value: transaction, version } = found;
  const { parked } = transaction;
  if (parked === null) return { kind: 'nothing' };
  const burn = (lastFailure: ErrorCode | null) => updateTransaction(transaction.id, ports, (current) => (current.state === 'accepted' ? { ...current, parked: null, lastFailure } : null), found);
  if (!cookieHolds) {
    await burn(null);
    return fail('login.other-browser', 'a parked result came back through another browser and was discarded');
  }
  if (!matchesDigest(code, parked.codeHash) || parked.expiresAt <= ports.clock.now()) {
    await burn('login.code');
    return { kind: 'failed', code: 'login.code' };
  }
  if (!parked.outcome.ok) {
    await burn(parked.outcome.code);
    return { kind: 'failed', code: parked.outcome.code };
  }
  return { kind: 'identity', identity: parked.outcome.identity, version, transaction };
};
