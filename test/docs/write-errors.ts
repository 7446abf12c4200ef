/** Writes docs/errors.md: `node test/docs/write-errors.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorReference } from './error-reference.ts';

writeFileSync(join(import.meta.dirname, '../../docs/errors.md'), errorReference());
