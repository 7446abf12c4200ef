/** Reads people.yaml: who exists, where they work, what card they hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AssuranceLevel } from '../src/core/assurance.ts';

export interface InventedEmployment {
  readonly hsaId: string;
  readonly party: string | null;
  /** Where the employer is not the party itself. */
  readonly organisation?: { readonly name: string; readonly number: string };
}
export interface InventedPerson {
  readonly id: string;
  readonly givenName: string;
  readonly surname: string;
  readonly personalIdentityNumber: string;
  readonly employments: readonly InventedEmployment[];
  readonly card: {
    readonly hsaIdCertificate: boolean;
    readonly personIdCertificate: boolean;
    readonly level: AssuranceLevel;
    readonly issuer: 'siths' | 'efos' | 'siths-mobile';
  };
  readonly tags: readonly string[];
  readonly story: string;
}
export const readPeople = (folder: string): readonly InventedPerson[] =>
  (parse(readFileSync(join(folder, 'people.yaml'), 'utf8')) as { people: InventedPerson[] }).people;
