/** config/directory.yaml: where facts about people come from. `kind` tells the sources apart; LDAP and SOAP become members of the union. */
import { z } from 'zod';
import { filePath } from '../../core/schema-parts.ts';

const fileSource = z.strictObject({
  kind: z.literal('file'),
  path: filePath.meta({ description: 'directory with YAML files of people, invented ones: refused in the environment `production`, and those of the product with NODE_ENV=production', examples: ['config/directory-data'] }),
});
export const directorySchema = z.strictObject({ source: z.discriminatedUnion('kind', [fileSource]) });
export type DirectoryFile = z.output<typeof directorySchema>;
