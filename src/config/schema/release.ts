/** config/release.yaml: who may be trusted with which facts. The meaning of every word is attributes/policy.ts. */
import { z } from 'zod';
import { entitlements } from '../../attributes/policy.ts';
import type { PartyId, ServiceId } from '../../core/ids.ts';
import { line, rule, shortId } from '../../core/schema-parts.ts';

const attributeId = rule(z.string(), (value) => /^[A-Za-z][A-Za-z0-9-]{0,80}$/.test(value), 'is not the id of an attribute', 'write an id of docs/attributes.md').meta({ examples: ['employeeHsaId'] });
const attributeOrAll = rule(z.string(), (value) => value === '*' || attributeId.safeParse(value).success, 'is neither the id of an attribute nor *', 'write an id of docs/attributes.md').meta({ examples: ['employeeHsaId'] });

const releaseRule = z.strictObject({
  id: shortId.meta({ description: 'shown by `explain` and `release`', examples: ['ordinary-facts'] }),
  when: z
    .strictObject({
      entityCategories: z.array(line(300)).exactOptional().meta({ description: 'categories that we vouch for' }),
      federations: z.array(shortId).exactOptional(),
      parties: z.array(shortId.transform((value) => value as PartyId)).exactOptional(),
      services: z.array(line(1024).transform((value) => value as ServiceId)).exactOptional().meta({ description: 'ids like ale/journal, or entityIDs' }),
    })
    .meta({ description: 'all given conditions must hold, each by one of its values; {} means every service' }),
  allow: z.array(attributeOrAll).exactOptional().meta({ description: 'attributes this rule votes for; * stands for all but those that are or hold a personal identity number' }),
  deny: z.array(attributeId).exactOptional().meta({ description: 'held back whoever else allows it' }),
  entitlements: z.array(z.enum(entitlements)).exactOptional(),
});
// Parties and services may come and go while running, so a name that is nobody's is no fault here: its rule then holds for nobody.
export const releaseSchema = z.strictObject({ rules: z.array(releaseRule).min(1) });
/** Has the form of `ReleasePolicy` (attributes/policy.ts); the compiler says so where the configuration is put together. */
export type ReleaseFile = z.output<typeof releaseSchema>;
