/** Step 4's result: who somebody is, and which of their posts and commissions they act under in this login. */
import type { Commission, DirectoryPerson, Employment } from '../directory/model.ts';
import type { VerifiedIdentity } from './transaction.ts';

export interface ActingPerson {
  readonly identity: VerifiedIdentity;
  /** Null when the directory was not asked or knows nobody; then only facts of the credential and the login exist. */
  readonly person: DirectoryPerson | null;
  /** Null when no post was needed, or the person has none. */
  readonly employment: Employment | null;
  /** One of `employment.commissions`. */
  readonly commission: Commission | null;
}
