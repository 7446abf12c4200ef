/** config/issuers.yaml: which authorities are trusted for what. CA names, policy OIDs and levels are data, never code. */
import { z } from 'zod';
import { assuranceLevel, filePath, line, rule, seconds, shortId } from '../../core/schema-parts.ts';

const oid = rule(z.string(), (value) => /^[0-2](?:\.(?:0|[1-9]\d*))+$/.test(value), 'is not an object identifier', 'write digits and dots').meta({ examples: ['1.2.752.74.8.512'] });
const httpUrl = rule(z.string(), (value) => /^https?:\/\/[^\s@#]+$/.test(value) && URL.canParse(value), 'is not an http or https address', 'write http://host/path').meta({ examples: ['http://crl1.siths.se/sithseidpersonhsaid3cav1.crl'] });
/** `development` rows serve in the environment `test` on developers' machines and are refused when NODE_ENV=production. */
export const issuerEnvironments = ['test', 'acceptance', 'production', 'development'] as const;

const common = {
  id: shortId,
  name: line(300).meta({ description: 'subject of the authority as RFC 4514 prints it', examples: ['CN=SITHS e-id Root CA v2,O=Inera AB,C=SE'] }),
  enabled: z.boolean().default(false).meta({ description: 'true once the certificate file is in place and was compared with the issuer’s own word' }),
  environments: z.array(z.enum(issuerEnvironments)).min(1).meta({ description: 'where it is trusted; production stands alone' }),
  certificateFile: filePath.meta({ description: 'PEM or DER of the authority’s certificate', examples: ['config/trust/siths-e-id-root-ca-v2.crt'] }),
  sha256: rule(z.string(), (value) => /^[0-9a-fA-F]{64}$/.test(value.replaceAll(':', '')), 'is not a SHA-256 fingerprint', 'write 64 hexadecimal digits').optional().meta({ description: 'fingerprint that the file must have' }),
  crlUrls: z.array(httpUrl).default([]).meta({ description: 'where its revocation list is fetched, tried in order; http is usual, the list’s signature protects it' }),
  ocspUrl: httpUrl.optional(),
  revocation: z
    .strictObject({
      order: z.array(z.enum(['ocsp', 'crl'])).min(1).max(2).default(['ocsp', 'crl']).meta({ description: 'asked in this order; when none answers the status is unknown, and unknown is refused' }),
      staleSeconds: seconds.max(172_800).default(0).meta({ description: 'how long after its nextUpdate a list still counts while no newer one can be had; each use is audited' }),
    })
    .prefault({}),
};
const root = z.strictObject(common);
const issuer = z.strictObject({
  ...common,
  root: shortId.meta({ description: 'id of the root it hangs below' }),
  credentialType: z.enum(['card', 'mobile', 'function']),
  identifierType: z.enum(['hsa-id', 'personal-identity-number', 'none']).meta({ description: 'what subject serialNumber holds' }),
  level: assuranceLevel.nullable().meta({ description: 'what the authority alone stands for; null: only a policy can say' }),
  policyTable: shortId.optional().meta({ description: 'table of policies read before `level`' }),
});
export const issuersSchema = z.strictObject({
  policyTables: z.record(shortId, z.array(z.strictObject({ oid, level: assuranceLevel, meaning: line(200).optional() }))).default({}).meta({ description: 'levels by certificate policy; where policy and issuer disagree the lower counts' }),
  roots: z.array(root).min(1),
  issuers: z.array(issuer).min(1),
});
export type IssuersFile = z.output<typeof issuersSchema>;
