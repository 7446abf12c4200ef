/** `metadataFrom` of a settings file: the metadata is not a file of ours but an entity that a source of config/federation.yaml publishes. */
import { z } from 'zod';
import { line, shortId } from '../core/schema-parts.ts';

export const metadataFromSchema = z.strictObject({
  source: shortId.meta({ description: 'row of sources in config/federation.yaml', examples: ['sambi'] }),
  entityId: line(1024).meta({ description: 'entityID, letter for letter' }),
});
