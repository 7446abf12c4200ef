/** config/methods.yaml: the ways to log in. One kind so far; a mobile kind becomes another member of the union. */
import { z } from 'zod';
import { assuranceLevel, localised, origin, shortId } from '../../core/schema-parts.ts';

const certificateMethod = z.strictObject({
  id: shortId.meta({ description: 'referred to by parties and services', examples: ['siths-card'] }),
  kind: z.literal('certificate'),
  enabled: z.boolean().default(true),
  names: localised.optional().meta({ description: 'default: the words of the pages for a card' }),
  cardUrl: origin.meta({ description: 'where the browser shows its certificate; a name of the card or the proxy listener', examples: ['https://card.example.se'] }),
  freshHostNames: z.boolean().default(false).meta({ description: 'true: every try goes to a fresh name below the host of `cardUrl`, so that the browser asks for a card again; needs `*.<host>` among the listener’s hosts' }),
  issuers: z.array(shortId).default([]).meta({ description: 'rows of config/issuers.yaml whose certificates are accepted; empty: every card issuer of the environment' }),
  highestLevel: assuranceLevel.default('loa3').meta({ description: 'cap: what this method proves at most' }),
});
export const methodsSchema = z.strictObject({ methods: z.array(z.discriminatedUnion('kind', [certificateMethod])).min(1) });
export type MethodsFile = z.output<typeof methodsSchema>;
