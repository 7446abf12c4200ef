/** Writes docs/attributes.md: `node src/attributes/write-reference.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attributeReference } from './reference.ts';

writeFileSync(join(import.meta.dirname, '../../docs/attributes.md'), attributeReference());
