/** config/methods.yaml: the ways to log in, a card in a reader or an app on a phone. */
import { z } from 'zod';
import { jsonWireSchema } from '../../authenticators/mobile-eid/clients/json-wire.ts';
import { assuranceLevel, filePath, localised, origin, rule, shortId, webAddress } from '../../core/schema-parts.ts';

export const mobileServices = ['net-id-access', 'siths', 'bankid', 'freja'] as const;
const name = rule(z.string().max(100), (value) => /^[A-Za-z_][A-Za-z0-9_.]*$/.test(value), 'is not a name', 'write letters, digits, dots and underscores');
const oid = rule(z.string(), (value) => /^\d+(?:\.\d+)+$/.test(value), 'is not an object identifier', 'write 1.2.752.78.1.5');
export const bankIdSchema = z.strictObject({
  policies: z.array(oid).default([]).meta({ description: 'certificate policies that are demanded; empty: none', examples: [['1.2.752.78.1.5']] }),
  ocsp: z.enum(['required', 'ignored']).default('required').meta({ description: '`required`: the OCSP answer beside the signature must be about its certificate, of its issuer or whom that appointed, in time, and say good. Our own check is made in any case' }),
  signedData: name.default('bankIdSignedData').meta({ description: 'element of the signature that holds what was signed; unverified' }),
  challenge: name.default('usrNonVisibleData').meta({ description: 'element inside it that holds our challenge; unverified' }),
});
const freja = z.strictObject({
  keyFiles: z.array(filePath).min(1).max(2).meta({ description: 'PEM: Freja’s certificates that sign outcomes; two while one replaces the other' }),
  registration: z.enum(['BASIC', 'EXTENDED', 'PLUS']).default('PLUS').meta({ description: 'lowest registration that may log in; `highestLevel` is the level it stands for' }),
  attributes: z.array(name).default(['BASIC_USER_INFO', 'SSN']).meta({ description: 'what is asked for; unverified' }),
  number: name.default('requestedAttributes.ssn.ssn').meta({ description: 'field of the signed outcome that holds the personal identity number; unverified' }),
  givenName: name.default('requestedAttributes.basicUserInfo.name').meta({ description: 'unverified' }),
  surname: name.default('requestedAttributes.basicUserInfo.surname').meta({ description: 'unverified' }),
});

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
const mobileMethod = z.strictObject({
  id: shortId.meta({ description: 'referred to by parties and services', examples: ['mobile-efos'] }),
  kind: z.literal('mobile'),
  enabled: z.boolean().default(true),
  names: localised.optional().meta({ description: 'default: the words of the pages for a phone; needed where there are several', examples: [{ sv: 'Mobilt Efos', en: 'Mobile Efos' }] }),
  service: z.enum(mobileServices).meta({ description: 'what is spoken: docs/mobile.md' }),
  url: rule(webAddress, (value) => value.startsWith('https://'), 'is not an https address', 'write the https address that the service’s owner gave').meta({ description: 'of the service', examples: ['https://nias.example.se/nias/ServiceServer.asmx'] }),
  authorityFile: filePath.meta({ description: 'PEM: authorities of the service’s TLS certificate; no others are believed' }),
  certificateFile: filePath.meta({ description: 'PEM: the function certificate that the service knows us by' }),
  keyFile: filePath,
  byDefault: z.boolean().default(true).meta({ description: 'false: offered only by parties and services that name it under their `methods`' }),
  pollSeconds: z.int().min(1).max(30).default(3).meta({ description: 'the service’s pace: one question per order and so many seconds, whoever looks' }),
  lifetimeSeconds: z.int().min(30).max(600).default(180).meta({ description: 'an order lives at most so long' }),
  timeoutMilliseconds: z.int().min(200).max(30_000).default(5000).meta({ description: 'for one question' }),
  startsByPicture: z.boolean().default(false).meta({ description: 'net-id-access: on another device the app reads the start address from a picture, and nobody types who they are. Ask the service’s owner first' }),
  wire: jsonWireSchema.optional().meta({ description: 'siths: how the service calls its things, from its owner’s guide' }),
  bankid: bankIdSchema.optional().meta({ description: 'bankid: what is demanded, and how its signature calls its parts' }),
  freja: freja.optional().meta({ description: 'freja: whose signature counts, and what is asked for' }),
  addresses: z.enum(['recorded', 'same']).default('recorded').meta({ description: '`same`: an app on the device that shows our page must answer from the page’s own address, where the service tells it; for networks where a phone does not leave by another way than its browser' }),
  signature: z.enum(['required', 'ignored']).default('required').meta({ description: '`ignored` where the service returns no signature over our challenge' }),
  issuers: z.array(shortId).default([]).meta({ description: 'rows of config/issuers.yaml whose certificates are accepted; empty: every mobile issuer of the environment' }),
  highestLevel: assuranceLevel.default('loa3').meta({ description: 'cap: what this method proves at most' }),
});
const upstreamMethod = z.strictObject({
  id: shortId.meta({ description: 'referred to by parties and services', examples: ['organisation'] }),
  kind: z.literal('upstream').meta({ description: 'the logins of the parties’ own IdPs, which people choose among: metadata/identity-providers' }),
  enabled: z.boolean().default(true),
  names: localised.optional().meta({ description: 'default: the words of the pages for an organisation' }),
  byDefault: z.boolean().default(true).meta({ description: 'false: offered only by parties and services that name it under their `methods`' }),
});
export const methodsSchema = z.strictObject({ methods: z.array(z.discriminatedUnion('kind', [certificateMethod, mobileMethod, upstreamMethod])).min(1) });
export type MethodsFile = z.output<typeof methodsSchema>;
export type UpstreamMethodFile = z.output<typeof upstreamMethod>;
export type CertificateMethodFile = z.output<typeof certificateMethod>;
export type MobileMethodFile = z.output<typeof mobileMethod>;
