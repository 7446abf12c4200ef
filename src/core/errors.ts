/**
 * One error class. What differs between errors is data: the row of its code in
 * error-catalogue.ts. `detail` is for operations and the audit trail, never for a page;
 * it must hold no personal identity number and no attribute value.
 */
import type { ErrorCode } from './error-catalogue.ts';

/** Facts that help operations find the cause: clause, algorithm name, entityID, limits. No personal data. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean>>;

export class BrygganError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly facts: ErrorFacts;
  constructor(code: ErrorCode, detail: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'BrygganError';
    this.code = code;
    this.detail = detail;
    this.facts = facts;
  }
}

/** Throws the coded error. `[clause]` tags belong in `detail` or on the calling line. */
export const fail = (code: ErrorCode, detail: string, facts?: ErrorFacts, cause?: unknown): never => {
  throw new BrygganError(code, detail, facts, cause);
};
export const isBrygganError = (error: unknown): error is BrygganError => error instanceof BrygganError;
/** The error itself when it is ours, else the unexpected one wrapped as `internal`. */
export const toBrygganError = (error: unknown): BrygganError =>
  isBrygganError(error) ? error : new BrygganError('internal', error instanceof Error ? error.message : String(error), {}, error);
