/** Writes docs/audit.md: `node src/audit/write-reference.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditReference } from './reference.ts';

writeFileSync(join(import.meta.dirname, '../../docs/audit.md'), auditReference());
