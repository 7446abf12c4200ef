/** config/federation.yaml: what differs between the federations that our services belong to. */
import { z } from 'zod';
import { dialects } from '../../attributes/catalogue.ts';
import { lintRules } from '../../federation/lint/rules.ts';
import { assuranceLevel, filePath, rule, seconds, shortId, webAddress } from '../../core/schema-parts.ts';

const uri = rule(z.string().max(300), (value) => /^[a-z][a-z0-9+.-]*:[^\s]+$/i.test(value), 'is not a URI', 'copy it byte for byte from the federation’s document').meta({ examples: ['http://id.sambi.se/loa/loa3'] });
export const blockCiphers = [
  'http://www.w3.org/2009/xmlenc11#aes128-gcm', 'http://www.w3.org/2009/xmlenc11#aes192-gcm', 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2001/04/xmlenc#aes128-cbc', 'http://www.w3.org/2001/04/xmlenc#aes192-cbc', 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
] as const;

const federation = z.strictObject({
  id: shortId.meta({ description: 'referred to by services', examples: ['sambi'] }),
  defaultNameId: z.enum(['transient', 'persistent']).meta({ description: 'NameID format when neither request nor metadata names one' }),
  sign: z.strictObject({ response: z.boolean(), assertion: z.boolean() }).meta({ description: 'what we sign' }),
  encryption: z.enum(['require', 'if-key', 'never']),
  must: z.array(z.enum(['sign-response', 'sign-assertion', 'encrypt'])).default([]).meta({ description: 'what a service’s own settings may not switch off' }),
  requestsSigned: z.boolean().default(false).meta({ description: 'true: unsigned requests are refused also when the service’s metadata would allow them' }),
  ciphers: z.array(z.enum(blockCiphers)).min(1).meta({ description: 'for services whose metadata names no cipher, best first' }),
  clockSkewSeconds: seconds.max(300).optional().meta({ description: 'allowed between a peer’s clock and ours; default: the broker’s' }),
  sessionSeconds: seconds.min(60).meta({ description: 'longest reuse of a session, from the original login' }),
  assurance: z.strictObject({
    issue: z.partialRecord(assuranceLevel, uri).meta({ description: 'URI that we answer with, per level; a level without one is never answered' }),
    accept: z.record(uri, assuranceLevel).meta({ description: 'URIs understood in a request; they are compared letter for letter' }),
  }),
  attributeDialect: z.enum(dialects).meta({ description: 'column of the attribute catalogue' }),
  cancelStatus: uri.nullable().default(null).meta({ description: 'second-level status when the person cancels; null: AuthnFailed' }),
  lint: z.record(rule(z.string(), (value) => lintRules.some(({ id }) => id === value), 'is no rule of the lint', 'write an id that `bryggan metadata lint --rules` names'), z.enum(['error', 'warning', 'off'])).default({}).meta({ description: 'severity of single rules of the lint, where it differs from what is shipped: what the federation’s own documents settle' }),
  showRelease: z.boolean().default(false).meta({ description: 'true: the person is told which facts are sent, and may cancel' }),
});
const feed = z.strictObject({
  enabled: z.boolean().default(true).meta({ description: 'false: the feed is not published' }),
  validityHours: z.int().min(2).max(24 * 90).default(168).meta({ description: 'how long a signed document is good; it is signed anew at half of it' }),
});
const feeds = z
  .strictObject({
    'local-idps': feed.prefault({}).meta({ description: 'for local IdPs of the parties' }),
    'sambi': feed
      .extend({
        approvedLevels: z.array(uri).default([]).meta({ description: 'levels that the federation has approved us for; only these stand in the feed as assurance certification' }),
        approvedParties: z.record(shortId, z.array(uri).min(1)).default({}).meta({ description: 'levels that the federation has approved a party for; only these stand, as assurance certification, at the services that are exported for it', examples: [{ ale: ['http://id.sambi.se/loa/loa3'] }] }),
        export: z.array(shortId).optional().meta({ description: 'parties whose SAMBI services are exported, as members; default: every party', examples: [['vgr', 'ale']] }),
      })
      .prefault({})
      .meta({ description: 'for SAMBI, and for the frozen export' }),
    'applications': feed.prefault({}).meta({ description: 'for applications of the parties' }),
  })
  .prefault({})
  .meta({ description: 'the three metadata feeds that we publish' });
const source = z.strictObject({
  id: shortId.meta({ description: 'referred to by metadataFrom in settings files of services and identity providers', examples: ['sambi'] }),
  kind: z.enum(['aggregate', 'mdq', 'entity']).meta({ description: 'aggregate: a signed list of many; mdq: a server that is asked for one at a time; entity: the metadata of one, where it publishes it itself' }),
  url: webAddress.meta({ description: 'https; of an mdq server what stands before /entities', examples: ['https://fed.sambi.se/prod/md/metadata.xml'] }),
  certificateFiles: z.array(filePath).default([]).meta({ description: 'certificates (PEM) of the keys that its publisher signs with, got by another way than this address; nothing in the document is believed about keys' }),
  unsigned: z.boolean().default(false).meta({ description: 'true: kind entity without a signature; TLS alone vouches for it, so `reload: review` is demanded' }),
  everySeconds: seconds.min(60).max(86_400).default(3600).meta({ description: 'how often it is asked, give or take a tenth; unchanged answers cost next to nothing' }),
  longestValidityDays: z.int().min(1).max(90).default(30).meta({ description: 'a document that is good for longer is refused, and one without an end always' }),
  largestMegabytes: z.int().min(1).max(300).default(150).meta({ description: 'a larger document is not read' }),
  parties: z.array(shortId).optional().meta({ description: 'parties whose files may name entities of this source; default: every party, joint too', examples: [['joint', 'ale']] }),
  filters: z.strictObject({
    registrationAuthorities: z.array(uri).default([]).meta({ description: 'registrars; empty: any' }),
    entityCategories: z.array(uri).default([]).meta({ description: 'categories of which an entity must have one; empty: none needed' }),
    assuranceCertifications: z.array(uri).default([]).meta({ description: 'certifications of which an entity must have one; empty: none needed' }),
  }).prefault({}).meta({ description: 'what an entity must show to be used at all' }),
});
export const federationSchema = z.strictObject({ federations: z.array(federation).min(1), feeds, sources: z.array(source).default([]).meta({ description: 'metadata that others publish; what is used of it is named by `metadataFrom` in settings files' }) });
export type FederationFile = z.output<typeof federationSchema>;
