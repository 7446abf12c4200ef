/**
 * How a service that speaks JSON over mutual TLS calls its things: the SITHS authentication service, whose guide is not public
 * [facts: credentials §3.1]. Everything that is not known is a key here, and none of it stands in code.
 */
import { z } from 'zod';
import { rule } from '../../../core/schema-parts.ts';

export const meanings = ['pending', 'start-app', 'app-started', 'user-sign', 'complete', 'cancelled', 'replaced', 'expired', 'credential', 'client', 'unknown-user', 'internal'] as const;

const path = rule(z.string().max(200), (value) => /^\/[A-Za-z0-9/_.~-]*$/.test(value), 'is not a path', 'write it from the first slash on, without a question mark');
const field = rule(z.string().max(100), (value) => /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(value), 'is not the name of a field', 'write names, joined by dots for fields within fields');
const word = rule(z.string(), (value) => /^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(value), 'is not a word of a status', 'write it as the service does');
const template = rule(z.string().max(300), (value) => /^[a-z][a-z0-9+.-]*:\S*\{token\}/.test(value), 'does not hold {token}', 'write the app’s address with {token} and, where it takes one, {redirect}');

export const jsonWireSchema = z.strictObject({
  paths: z.strictObject({ start: path, poll: path, cancel: path.optional() }).meta({ description: 'below the method’s url' }),
  request: z
    .strictObject({
      challenge: field.default('sithsEidChallenge'), text: field.default('authMessage'), issuers: field.default('rfc2253Issuers').meta({ description: 'names of the accepted issuers, RFC 2253' }),
      person: field.default('personalIdentifier'), address: field.optional().meta({ description: 'of the person’s device' }), reference: field.default('orderRef').meta({ description: 'in poll and cancel' }),
      constants: z.record(field, z.union([z.string(), z.boolean(), z.number()])).default({}).meta({ description: 'sent with every start', examples: [{ organizationName: 'Region Exempel', checkRevocation: true }] }),
    })
    .prefault({}),
  answer: z
    .strictObject({
      reference: field.default('orderRef'), startToken: field.default('autoStartToken'), qrToken: field.default('qrStartToken'), qrSecret: field.default('qrStartSecret'),
      status: field.default('status'), hint: field.default('hintCode'), error: field.default('errorCode'), certificate: field.default('userCertificate').meta({ description: 'PEM, with or without those above it, or DER in base64' }), signature: field.default('signature'),
      person: field.default('userPersonalNumber'), deviceAddress: field.default('deviceIpAddress'),
      deviceName: field.optional().meta({ description: 'what the service calls the phone; shown to its person' }),
      ocsp: field.optional().meta({ description: 'OCSP answer about the certificate, DER in base64, that the service fetched; where it is named one must come and say good' }),
    })
    .prefault({}),
  words: z.record(word, z.enum(meanings)).meta({ description: 'what statuses, hints and errors mean; a hint counts before a status', examples: [{ pending: 'pending', userSign: 'user-sign', complete: 'complete', failed: 'internal', userCancel: 'cancelled' }] }),
  startAddress: template.meta({ description: 'opens the app', examples: ['siths:///?token={token}&redirect={redirect}'] }),
  picture: z.enum(['none', 'start-address', 'animated']).default('none').meta({ description: '`animated`: `<picturePrefix>.<qrToken>.<seconds>.<HMAC-SHA-256 of the seconds with qrSecret>`' }),
  picturePrefix: word.default('siths'),
});
export type JsonWire = z.output<typeof jsonWireSchema>;
