/** Pieces that several files' schemas share. Each says in its own words what is wrong and what to write. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { assuranceLevels } from './assurance.ts';
import { isBrygganError } from './errors.ts';
import { parseOrganisationNumber } from './ids.ts';

/** A rule on a value, with the sentence for `Finding.message` and the one for `Finding.fix`. */
export const rule = <S extends z.ZodType>(schema: S, holds: (value: z.output<S>) => boolean, message: string, fix: string): S => schema.refine(holds, { error: message, params: { fix } });

// Control characters, and those that turn the direction of writing: a name must look like what it is (threats F07).
const deceptive = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
export const isPlainText = (value: string): boolean => !deceptive.test(value) && value.trim() === value;
/** One line for people to read. */
export const line = (max = 120): z.ZodString => rule(z.string().min(1).max(max), isPlainText, 'holds line breaks, control characters or blanks at its ends', 'write it as one plain line');
export const localised = z.strictObject({ sv: line(200), en: line(200) }).meta({ description: 'the same in Swedish and in English' });
export const someLanguages = rule(z.strictObject({ sv: line(200).optional(), en: line(200).optional() }), ({ sv, en }) => sv !== undefined || en !== undefined, 'has neither sv nor en', 'write at least one of them');

const loopback = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost') || host === '127.0.0.1' || host === '[::1]';
const isWebAddress = (value: string): boolean => {
  const url = URL.parse(value);
  if (url === null || value.length > 2048 || /[\s\\<>"]/.test(value) || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback(url.hostname));
};
export const webAddress = rule(z.string(), isWebAddress, 'is not an absolute https address', 'write https://host/path without credentials, fragment or blanks').meta({ examples: ['https://journal.example.se/'] });
/** Scheme, host and port, without a slash at the end: other addresses are built on it. */
export const origin = rule(z.string(), (value) => isWebAddress(value) && URL.parse(value)?.origin === value, 'is not scheme, host and port alone', 'write https://host or https://host:port, in lower case, without a slash at the end').meta({ examples: ['https://idp.example.se'] });
export const hostName = rule(z.string(), (value) => value.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value), 'is not a host name in lower case', 'write the name alone, without scheme or port').meta({ examples: ['card.example.se'] });
/** `card.example.se` or `*.card.example.se`. */
export const hostPattern = rule(z.string(), (value) => hostName.safeParse(value.replace(/^\*\./, '')).success, 'is not a host name, with or without *. before it', 'write card.example.se or *.card.example.se').meta({ examples: ['card.example.se'] });
export const port = z.int().min(0).max(65_535).meta({ examples: [443] });
export const ipAddress = rule(z.string(), (value) => isIP(value) !== 0, 'is not an IP address', 'write an IPv4 or IPv6 address').meta({ examples: ['127.0.0.1'] });

/** CIDR notation with no bit set behind the prefix: `192.0.2.0/24`. */
export const isNetwork = (value: string): boolean => {
  const [address = '', prefix, more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || prefix === undefined || more !== undefined || !/^\d{1,3}$/.test(prefix)) return false;
  const bits = version === 4 ? 32 : 128;
  const length = Number(prefix);
  return length <= bits && (addressBits(address, version) & ((1n << BigInt(bits - length)) - 1n)) === 0n;
};
const addressBits = (address: string, version: number): bigint => {
  if (version === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  // The URL parser spells out mixed and upper-case forms; groups left out by :: are zero.
  const spelled = (URL.parse(`http://[${address}]/`)?.hostname ?? '[::]').slice(1, -1);
  const [head = '', tail] = spelled.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = groups(tail ?? '');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
};
export const network = rule(z.string(), isNetwork, 'is not a network in CIDR notation', 'write the first address of the network and the length of its prefix').meta({ examples: ['192.0.2.0/24'] });

export const organisationNumber = z
  .string()
  .meta({ description: 'ten digits with a right check digit; hyphen, SE or 16 before it are accepted', examples: ["'212000-1439'"] })
  .transform((value, context) => {
    try {
      return parseOrganisationNumber(value);
    } catch (error) {
      if (!isBrygganError(error)) throw error;
      context.issues.push({ code: 'custom', input: value, message: 'is not an organisation number with a right check digit', params: { fix: 'copy it from the register, ten digits in quotes' } });
      return z.NEVER;
    }
  });

/** Path of a file or directory, relative to the root unless absolute. */
export const filePath = rule(z.string().min(1).max(1024), (value) => !/[\u0000-\u001f]/.test(value) && !value.startsWith('-----BEGIN'), 'is not the path of a file', 'write where the file lies, never its content');
export const seconds = z.int().min(0);
export const assuranceLevel = z.enum(assuranceLevels);
export const shortId = rule(z.string(), (value) => /^[a-z][a-z0-9-]{1,40}$/.test(value), 'is not a short name', 'use lower-case letters, digits and hyphens, beginning with a letter');
export const emailAddress = rule(z.string().max(254), (value) => /^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(value), 'is not an e-mail address', 'write name@host').meta({ examples: ['it-stod@example.se'] });
export const telephone = rule(z.string().max(40), (value) => /^\+?[0-9][0-9 ()-]{4,}$/.test(value), 'is not a telephone number', 'write digits, blanks and hyphens').meta({ examples: ['031-390 06 00'] });
/** Whom the person at the keyboard turns to. */
export const supportContact = z.strictObject({
  name: line().meta({ description: 'name of the desk', examples: ['Servicedesk'] }),
  phone: telephone,
  email: emailAddress,
  hours: localised.meta({ description: 'when somebody answers', examples: [{ sv: 'Vardagar 07–17', en: 'Weekdays 7 am to 5 pm' }] }),
});
