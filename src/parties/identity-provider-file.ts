/** metadata/identity-providers/<party>/<name>.yaml, beside <name>.xml: what the operator believes an IdP in. Without metadata beside it the key `oidc` says where it is. */
import { z } from 'zod';
import { assuranceLevel, filePath, hostName, line, organisationNumber, rule, someLanguages, webAddress } from '../core/schema-parts.ts';
import { metadataFromSchema } from './metadata-from.ts';
import { isSafeLogo } from './service-file.ts';

const hsaIdPrefix = rule(z.string(), (value) => /^(?:SE|TSTNMT)\d{10}(?:-[A-Z0-9]*)?$/i.test(value), 'is not the beginning of an HSA-id', 'write SE and the organisation number, e.g. SE2120001439-');
const attributeId = rule(z.string(), (value) => /^[A-Za-z][A-Za-z0-9-]{1,80}$/.test(value), 'is not the id of an attribute', 'write an id of docs/attributes.md').meta({ examples: ['givenName'] });
const kind = z.enum(['hsa-id', 'personal-identity-number']);
const claimName = line(200).meta({ examples: ['employeeHsaId'] });

const trust = z.strictObject({
  levels: z.record(line(300), assuranceLevel).meta({ description: 'its context classes (SAML) or acr values (OpenID Connect) and the level each stands for; anything else is refused', examples: [{ 'http://id.sambi.se/loa/loa3': 'loa3' }] }),
  highestLevel: assuranceLevel.default('loa2').meta({ description: 'cap: what a login at this IdP counts for at most' }),
  hsaIdPrefixes: z.array(hsaIdPrefix).default([]).meta({ description: 'beginnings of the HSA-ids that it may name; empty: it may name nobody by HSA-id', examples: [['SE2120001439-']] }),
  personalNumbers: z.boolean().default(false).meta({ description: 'true: it may name people by personal identity number' }),
  scopes: z.array(hostName).default([]).meta({ description: 'domains that may stand behind @ in what it says, beside the party’s own' }),
  organisations: z.array(organisationNumber).default([]).meta({ description: 'employers whose people it speaks for; default: the party and its affiliates' }),
  attributes: z.array(attributeId).default([]).meta({ description: 'attributes that it may bring, by internal id; HSA-ids, personal identity numbers, organisation numbers and mail addresses among them only within the limits above' }),
  directory: z.enum(['ask', 'stands']).default('ask').meta({ description: 'ask: the directory says who the person is and which commissions they have; stands: what the IdP brings is all there is' }),
});
const oidc = z.strictObject({
  issuer: webAddress.meta({ description: 'issuer, letter for letter as its tokens have it', examples: ['https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0'] }),
  discoveryUrl: webAddress.optional().meta({ description: 'default: the issuer and /.well-known/openid-configuration' }),
  clientId: line(200).meta({ description: 'what it calls us' }),
  authentication: z.enum(['private_key_jwt', 'client_secret_basic', 'client_secret_post']).default('private_key_jwt').meta({ description: 'how we prove ourselves' }),
  secretFile: filePath.meta({ description: 'the secret, or the private key (PEM) for private_key_jwt; mode 0600' }),
  person: z.strictObject({ claim: claimName, kind }).meta({ description: 'claim that names the person' }),
  tenant: z.strictObject({ claim: claimName, value: line(200) }).optional().meta({ description: 'claim that must have this one value: for issuers that serve many organisations', examples: [{ claim: 'tid', value: '11111111-2222-3333-4444-555555555555' }] }),
  groups: z.strictObject({ claim: claimName, anyOf: z.array(line(200)).min(1) }).optional().meta({ description: 'claim that lists groups, and those of which the person must have one' }),
  scopes: z.array(rule(z.string(), (value) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(value), 'is not a scope', 'write it without blanks')).default(['openid']).meta({ description: 'asked for' }),
  logout: z.enum(['address', 'form', 'none']).default('address').meta({ description: 'how the browser carries a logout there: address: without the ID token, so that the IdP may ask the person; form: with it, in a form’s body, where the IdP takes one; none: its own login stays' }),
  acrValues: z.array(line(300)).default([]).meta({ description: 'asked for where a service demands a level; default: those under trust.levels that reach it' }),
});

export const identityProviderFileSchema = z.strictObject({
  enabled: z.boolean().default(true).meta({ description: 'false: nobody is sent there, and sessions that began there answer no longer' }),
  names: someLanguages.optional().meta({ description: 'what people call it; default: mdui:DisplayName of the metadata, else the party’s name' }),
  logo: rule(z.string(), isSafeLogo, 'is neither an https address nor an inline PNG, JPEG, GIF or WebP of at most 100 kB', 'write one of them').optional().meta({ description: 'default: a logo of the metadata that passes the same rule. Pages show an inline one of at most 12 kB and a letter in place of any other: a host elsewhere would hear of every login' }),
  domains: z.array(hostName).default([]).meta({ description: 'mail domains of its people, for hints of services; default: the party’s domain' }),
  person: z.strictObject({ attribute: line(300).nullable().default('http://sambi.se/attributes/1/employeeHsaId').meta({ description: 'wire name of the attribute that names the person; null: the NameID does' }), kind: kind.default('hsa-id') }).prefault({}).meta({ description: 'SAML: how the person is named' }),
  attributeNames: z.record(line(300), attributeId).default({}).meta({ description: 'wire names or claims of its own, and the attribute each stands for; the catalogue’s names are known' }),
  leaveOut: z.array(z.enum(['scoping', 'authn-context', 'name-id-policy'])).default([]).meta({ description: 'SAML: parts of a request that some products break on' }),
  trust: trust.meta({ description: 'what it is believed in: nothing but this' }),
  metadataFrom: metadataFromSchema.optional().meta({ description: 'the metadata is what a source publishes; then none lies beside this file' }),
  oidc: oidc.optional().meta({ description: 'an OpenID Connect issuer; then no metadata lies beside this file' }),
});
export type IdentityProviderFile = z.output<typeof identityProviderFileSchema>;
