/**
 * admin: what operations can ask and order. Owns the use cases; cli/ is a thin shell over them. Does not own: how files are read or
 * keys are found; app-tools.ts hands that in.
 */
import type { KeyObject } from 'node:crypto';
import type { ReleasePolicy } from '../attributes/policy.ts';
import type { Finding } from '../core/findings.ts';
import type { HsaIdFormat } from '../core/ids.ts';
import type { Instant } from '../core/ports.ts';
import type { PersonDirectory } from '../directory/model.ts';
import type { Registry } from '../parties/model.ts';
import type { OurFacts } from './kit/guide.ts';
import type { WantedAndApplied } from './plan.ts';
import type { ServicePorts, Trial } from './services.ts';
import type { Walk } from './walk.ts';

/** A certificate that somebody must renew in time. */
export interface WatchedCertificate { readonly what: string; readonly subject: string; readonly notAfter: Instant }
export interface Opened {
  readonly root: string;
  readonly state: string;
  readonly environment: 'test' | 'acceptance' | 'production';
  readonly hsaIdFormat: HsaIdFormat;
  readonly registry: Registry;
  readonly directory: PersonDirectory;
  /** Ends what looking people up has opened. */
  close(): Promise<void>;
  readonly releasePolicy: ReleasePolicy;
  readonly audit: { readonly directory: string; readonly publicKeys: readonly KeyObject[]; readonly pseudonymKey: string; readonly retentionDays: number };
  readonly certificates: readonly WatchedCertificate[];
  /** What we tell others of ourselves. */
  readonly our: OurFacts;
  /** Of our own listeners that browsers come to; with a dot before it: every name below it. */
  readonly hostNames: readonly string[];
  /** How long a copy of our feed for applications is good, milliseconds. */
  readonly feedValidity: number;
  /** What the running process says of itself, or null when none runs on this state directory. */
  runningStatus(): Promise<Readonly<Record<string, unknown>> | null>;
  /** Has the running process do something and returns its answer. Errors: `command.not-running`, or the process's own. */
  order(action: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}
export interface Tools {
  readonly now: () => Instant;
  readonly root: string;
  /** What serves, or served last, and what the files say. Needs no running process. */
  readonly wantedAndApplied: () => Promise<WantedAndApplied>;
  readonly trial: Trial;
  readonly unsuppliable: ServicePorts['unsuppliable'];
  readonly history: () => Promise<readonly { readonly id: string; readonly at: Instant; readonly by: string; readonly changes: readonly string[] }[]>;
  readonly check: () => Promise<readonly Finding[]>;
  /** Metadata by the profile of its federation: the tree's services, or one file from anywhere. Errors: `command.usage`. */
  readonly lint: (one: { readonly file: string | undefined; readonly federation: string | undefined }) => Promise<readonly Finding[]>;
  readonly open: () => Promise<Opened>;
  readonly walk: Walk;
}
