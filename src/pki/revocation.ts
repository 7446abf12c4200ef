/**
 * Is a certificate revoked? From lists that a background task keeps: no login waits for a download. *unknown* is never *good*. Lists live
 * on disk between restarts, their number never goes back, and each authority says how stale a list may be.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBrygganError } from '../core/errors.ts';
import type { Clock, Instant, Log } from '../core/ports.ts';
import type { VerifiedChain } from './path.ts';
import { readRevocationList, type RevocationList } from './crl.ts';
import type { Authority, TrustStore } from './trust-store.ts';

export type RevocationStatus = { readonly status: 'good' | 'revoked'; readonly source: 'crl'; readonly asOf: Instant; readonly stale: boolean } | { readonly status: 'unknown'; readonly why: string };
export interface IssuerFreshness { readonly issuer: string; readonly loaded: boolean; readonly entries: number; readonly number: string | null; readonly thisUpdate: Instant | null; readonly nextUpdate: Instant | null; readonly lastFetch: Instant | null; readonly lastError: string | null }
export interface RevocationOptions {
  readonly store: TrustStore;
  /** Where lists are kept between restarts. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Outbound client: bounded in time and size. */
  readonly fetchBytes: (url: string) => Promise<Uint8Array>;
}
export interface RevocationChecker {
  /** Every certificate of the path below the root, from what is in memory. */
  check(chain: VerifiedChain): RevocationStatus;
  /** The same for one serial of one issuer: reuse of a session. */
  cached(issuerId: string, serial: string): RevocationStatus;
  /** Fetches what is due; the first call also reads the lists on disk. Never throws. */
  refresh(): Promise<void>;
  freshness(): readonly IssuerFreshness[];
  /** Enabled authorities without any valid list: their cards cannot be checked. */
  missing(): readonly string[];
  start(): void;
  stop(): void;
}

interface Held { list: RevocationList | null; lastFetch: Instant | null; lastError: string | null; failures: number; nextTry: Instant }
const TICK = 30_000;
const BACKOFF = 15_000;
const MAX_BACKOFF = 600_000;
const MAX_SKEW = 300_000;

export const createRevocationChecker = (options: RevocationOptions): RevocationChecker => new Checker(options);

class Checker implements RevocationChecker {
  readonly #options: RevocationOptions;
  readonly #authorities: ReadonlyMap<string, Authority>;
  readonly #held = new Map<string, Held>();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  constructor(options: RevocationOptions) {
    this.#options = options;
    this.#authorities = new Map([...options.store.roots, ...options.store.issuers.map((issuer): [string, Authority] => [issuer.row.id, issuer])]);
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    for (const [id, authority] of this.#authorities) {
      this.#held.set(id, { list: null, lastFetch: null, lastError: null, failures: 0, nextTry: 0 });
      this.#readKept(id, authority);
    }
  }

  #path(id: string): string {
    return join(this.#options.directory, `${id}.crl`);
  }
  #readKept(id: string, authority: Authority): void {
    if (!existsSync(this.#path(id))) return;
    try {
      this.#take(id, readRevocationList(readFileSync(this.#path(id)), authority.certificate));
    } catch (error) {
      this.#options.log.warn({ issuer: id, code: toBrygganError(error).code }, 'a kept revocation list cannot be read and is ignored');
    }
  }
  #take(id: string, list: RevocationList): boolean {
    const held = this.#held.get(id);
    if (held === undefined || (held.list !== null && list.number < held.list.number)) return false;
    held.list = list;
    return true;
  }

  cached(issuerId: string, serial: string): RevocationStatus {
    const authority = this.#authorities.get(issuerId);
    const list = this.#held.get(issuerId)?.list ?? null;
    if (authority === undefined || list === null) return { status: 'unknown', why: 'no list' };
    const now = this.#options.clock.now();
    if (list.thisUpdate > now + MAX_SKEW) return { status: 'unknown', why: 'the list is from the future' };
    const stale = now > list.nextUpdate;
    // Revoked stays revoked, however old the list.
    if (list.revoked(serial)) return { status: 'revoked', source: 'crl', asOf: list.thisUpdate, stale };
    if (now > list.nextUpdate + authority.row.revocation.staleSeconds * 1000) return { status: 'unknown', why: 'the list is too old' };
    return { status: 'good', source: 'crl', asOf: list.thisUpdate, stale };
  }

  check({ leaf, issuer, path }: VerifiedChain): RevocationStatus {
    const own = this.cached(issuer.id, leaf.serial);
    if (own.status !== 'good') return own;
    const above = this.cached(issuer.root, path[1].serial);
    if (above.status === 'unknown') return { status: 'unknown', why: `root: ${above.why}` };
    return above.status === 'revoked' ? above : own;
  }

  refresh(): Promise<void> {
    this.#running ??= this.#refreshAll().finally(() => { this.#running = null; });
    return this.#running;
  }
  async #refreshAll(): Promise<void> {
    await Promise.all([...this.#authorities].map(([id, authority]) => this.#refreshOne(id, authority)));
  }
  /** Due at two thirds of the list's life, sooner when there is none; failures back off. */
  #due(held: Held, now: Instant): boolean {
    if (now < held.nextTry) return false;
    return held.list === null || now > held.list.thisUpdate + ((held.list.nextUpdate - held.list.thisUpdate) * 2) / 3;
  }
  async #refreshOne(id: string, authority: Authority): Promise<void> {
    const { clock, fetchBytes, log } = this.#options;
    const held = this.#held.get(id);
    if (held === undefined || authority.row.crlUrls.length === 0 || !this.#due(held, clock.now())) return;
    for (const url of authority.row.crlUrls) {
      try {
        const bytes = await fetchBytes(url);
        const list = readRevocationList(bytes, authority.certificate);
        if (!this.#take(id, list)) throw new Error('the list has a lower number than the one we have');
        this.#keep(id, bytes);
        Object.assign(held, { lastFetch: clock.now(), lastError: null, failures: 0, nextTry: clock.now() + BACKOFF });
        return;
      } catch (error) {
        held.lastError = toBrygganError(error).detail;
        log.warn({ issuer: id, url, reason: held.lastError }, 'a revocation list could not be fetched');
      }
    }
    held.failures += 1;
    held.nextTry = clock.now() + Math.min(MAX_BACKOFF, BACKOFF * 2 ** Math.min(held.failures, 6));
  }
  /** Written beside and renamed into place: a crash leaves the old one or the new one. */
  #keep(id: string, bytes: Uint8Array): void {
    const beside = `${this.#path(id)}.new`;
    writeFileSync(beside, bytes, { mode: 0o600 });
    renameSync(beside, this.#path(id));
  }

  freshness(): readonly IssuerFreshness[] {
    return [...this.#held].map(([issuer, { list, lastFetch, lastError }]) => ({
      issuer, loaded: list !== null, entries: list?.entries ?? 0, number: list?.number.toString() ?? null, thisUpdate: list?.thisUpdate ?? null, nextUpdate: list?.nextUpdate ?? null, lastFetch, lastError,
    }));
  }
  missing(): readonly string[] {
    return [...this.#authorities.keys()].filter((id) => this.#held.get(id)?.list === null);
  }
  start(): void {
    this.#timer ??= setInterval(() => void this.refresh(), TICK);
    this.#timer.unref();
  }
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
