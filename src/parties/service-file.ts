/** metadata/services/<party>/<name>.yaml, beside <name>.xml: what the operator decides about a service. Metadata says the rest, or the key `oidc`. */
import { z } from 'zod';
import { clientFileSchema } from './client-file.ts';
import { metadataFromSchema } from './metadata-from.ts';
import { assuranceLevel, line, rule, shortId, someLanguages, webAddress } from '../core/schema-parts.ts';

const MAX_LOGO = 100_000;
/** Pictures that cannot carry script: https, or an inline raster image (threats F07: SVG is never inline). */
export const isSafeLogo = (value: string): boolean =>
  value.length <= MAX_LOGO && (webAddress.safeParse(value).success ? value.startsWith('https:') : /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/.test(value));
const attributeId = rule(z.string(), (value) => /^[A-Za-z][A-Za-z0-9-]{1,80}$/.test(value), 'is not the id of an attribute', 'write an id of docs/attributes.md').meta({ examples: ['employeeHsaId'] });
const attributeOrAll = rule(z.string(), (value) => value === '*' || attributeId.safeParse(value).success, 'is neither the id of an attribute nor *', 'write an id of docs/attributes.md').meta({ examples: ['employeeHsaId'] });

export const serviceFileSchema = z.strictObject({
  enabled: z.boolean().default(true).meta({ description: 'false: requests are refused, with a page that says so' }),
  federation: shortId.default('local').meta({ description: 'row of config/federation.yaml that this service follows', examples: ['sambi'] }),
  names: someLanguages.optional().meta({ description: 'what people call it; default: mdui:DisplayName of the metadata' }),
  logo: rule(z.string(), isSafeLogo, 'is neither an https address nor an inline PNG, JPEG, GIF or WebP of at most 100 kB', 'write one of them').optional().meta({ description: 'default: a logo of the metadata that passes the same rule. Pages show an inline one of at most 12 kB and a letter in place of any other: a host elsewhere would hear of every login' }),
  homeUrl: webAddress.optional().meta({ description: 'where people go to start again' }),
  sso: z.enum(['silent', 'confirm', 'never']).optional().meta({ description: 'what an existing session may do; default: the party’s' }),
  signing: z.strictObject({ response: z.boolean().optional(), assertion: z.boolean().optional() }).default({}).meta({ description: 'what we sign; default: the federation’s' }),
  requestsSigned: z.boolean().optional().meta({ description: 'true: an unsigned request is refused also when the metadata would allow it' }),
  encryption: z.enum(['require', 'if-key', 'never']).optional().meta({ description: 'encryption of assertions; default: the federation’s' }),
  methods: z.array(shortId).default([]).meta({ description: 'methods offered, narrowed from the party’s; empty: the party’s' }),
  minimumLevel: assuranceLevel.default('loa2').meta({ description: 'lowest level that may log in whatever the service asks for' }),
  entityCategories: z.array(line(300)).default([]).meta({ description: 'categories that we vouch for; those in the service’s own metadata do not count' }),
  release: z
    .strictObject({
      allow: z.array(attributeOrAll).default(['*']).meta({ description: 'attributes that may leave at most, by internal id; * stands for all but those that are or hold a personal identity number. What leaves is never more than the service’s metadata requests' }),
      deny: z.array(attributeId).default([]).meta({ description: 'attributes that never leave' }),
      commissionRight: z.enum(['text', 'json']).default('text').meta({ description: 'form of commission rights: `activity;class;scope` or a JSON object' }),
    })
    .prefault({})
    .meta({ description: 'what the service may know' }),
  proxying: z
    .strictObject({
      requesters: z.array(z.strictObject({
        entityId: line(1024).meta({ description: 'as RequesterID names it, letter for letter' }),
        names: someLanguages.optional().meta({ description: 'what people call it; they are told “<application> through <local IdP>”' }),
        allow: z.array(attributeOrAll).meta({ description: 'attributes that may leave for it, within release.allow' }),
      })).default([]).meta({ description: 'the applications behind it' }),
      others: z.array(attributeId).default([]).meta({ description: 'what may leave for an application that is not in the list, or when none is named' }),
    })
    .optional()
    .meta({ description: 'the service is a local IdP that asks for applications behind it. Its requests must then be signed, for they say who asks' }),
  metadataFrom: metadataFromSchema.optional().meta({ description: 'the metadata is what a source publishes; then none lies beside this file' }),
  oidc: clientFileSchema.optional().meta({ description: 'an OpenID Connect client; then no metadata lies beside this file' }),
});
export type ServiceFile = z.output<typeof serviceFileSchema>;
