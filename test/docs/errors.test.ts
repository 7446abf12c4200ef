/** The reference of errors says what the catalogue says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorCatalogue } from '../../src/core/error-catalogue.ts';
import { errorReference } from './error-reference.ts';

it('docs/errors.md is current: else run node test/docs/write-errors.ts', () => expect(readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8')).toBe(errorReference()));
it('every code has exactly one line', () => {
  const listed = [...errorReference().matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code);
  expect(listed.toSorted()).toEqual(Object.keys(errorCatalogue).toSorted());
});
