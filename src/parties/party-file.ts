/** config/parties/<id>.yaml: what a party is and whom its people call. */
import { z } from 'zod';
import { hostName, line, network, organisationNumber, rule, shortId, supportContact } from '../core/schema-parts.ts';

const invented = z.boolean().default(false).meta({ description: 'true on test data; refused for an enabled party when the environment is production' });
const unique = <S extends z.ZodType>(schema: z.ZodArray<S>, by: (item: z.output<S>) => unknown, what: string): z.ZodArray<S> =>
  rule(schema, (items) => new Set(items.map(by)).size === items.length, `names ${what} twice`, 'keep one of them');

export const affiliateSchema = z.strictObject({
  name: line().meta({ description: 'name of the private provider' }),
  organisationNumber,
  invented,
});
export const subRegions = ['region', 'goteborgsregionen', 'borasregionen', 'skaraborg', 'fyrbodal'] as const;

export const partyFileSchema = rule(
  z.strictObject({
    name: line().meta({ description: 'official name', examples: ['Ale kommun'] }),
    displayName: line().optional().meta({ description: 'name as the party writes it itself, shown on pages; default: `name`' }),
    organisationNumber: organisationNumber.optional().meta({ description: 'organisation number of the legal person; a person belongs to the party whose number, or whose affiliate’s number, the directory gives as employer', examples: ["'212000-1439'"] }),
    operatedBy: shortId.optional().meta({ description: 'instead of `organisationNumber`: id of the party that answers for services shared by all (`joint`)', examples: ['vgr'] }),
    municipalityCode: rule(z.string(), (value) => /^\d{4}$/.test(value), 'is not four digits', 'write the code in quotes').optional().meta({ description: 'kommunkod', examples: ["'1440'"] }),
    subRegion: z.string().max(60).optional().meta({ description: 'association of municipalities, for lists', examples: [...subRegions] }),
    domain: hostName.meta({ description: 'the party’s own domain', examples: ['ale.se'] }),
    enabled: z.boolean().default(true).meta({ description: 'false: its people and its services are refused, with a page that says so' }),
    sso: z.enum(['silent', 'confirm', 'never']).default('silent').meta({ description: 'what an existing session may do for its services, unless the service says otherwise' }),
    support: supportContact.extend({ invented }).meta({ description: 'shown on error pages to its people and its services’ users' }),
    networks: unique(z.array(network), (item) => item, 'a network').default([]).meta({ description: 'client networks exempt from limits per address: a hospital is one address' }),
    methods: unique(z.array(shortId).min(1), (item) => item, 'a method').optional().meta({ description: 'methods that its services offer, in this order; default: all of config/methods.yaml but those with `byDefault: false`' }),
    cardTest: z.boolean().default(false).meta({ description: 'true: /card-test/<party> shows what Bryggan makes of a card, for the party’s help desk' }),
    affiliates: unique(z.array(affiliateSchema), (item) => item.organisationNumber, 'an organisation').default([]).meta({ description: 'private providers under contract, whose people log in as the party’s' }),
    numberReadIn: z.array(line(40)).optional().meta({ description: 'where the organisation number was read, for the person who checks it against the register' }),
  }),
  ({ organisationNumber: number, operatedBy }) => (number === undefined) !== (operatedBy === undefined),
  'needs either organisationNumber or operatedBy',
  'write organisationNumber; operatedBy is for services that all parties share',
);
export type PartyFile = z.output<typeof partyFileSchema>;
