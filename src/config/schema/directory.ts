/**
 * config/directory.yaml: where facts about people come from. `kind` tells the sources apart; what a kind is told stands beside its
 * adapter, how sources are cached and combined in directory/layers.ts.
 */
import { z } from 'zod';
import { filePath, rule } from '../../core/schema-parts.ts';
import { ldapSourceSchema } from '../../directory/hsa-ldap/schema.ts';
import { soapSourceSchema } from '../../directory/hsa-soap/schema.ts';
import { layersSchema } from '../../directory/layers.ts';

const fileSource = z.strictObject({
  kind: z.literal('file'),
  path: filePath.meta({ description: 'directory with YAML files of people, invented ones: refused in the environment `production`, and those of the product with NODE_ENV=production', examples: ['config/directory-data'] }),
});
const sourceSchema = z.discriminatedUnion('kind', [fileSource, soapSourceSchema, ldapSourceSchema]);
const name = rule(z.string(), (value) => /^[a-z0-9-]{1,40}$/.test(value), 'is not the name of a source', 'use lower-case letters, digits and hyphens');
export const directorySchema = z.strictObject({
  sources: z.record(name, sourceSchema).meta({ description: 'by a name that `layers.precedence`, logs and metrics use' }),
  layers: layersSchema.prefault({}),
});
export type DirectoryFile = z.output<typeof directorySchema>;
export type DirectorySource = z.output<typeof sourceSchema>;
