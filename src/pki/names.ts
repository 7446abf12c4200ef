/** Distinguished and general names. RDNs are found by type, never by position; names are compared by rule, never as text. */
import { fail } from '../core/errors.ts';
import { childrenOf, context, expectTag, ia5Text, isText, oidFrom, oidOf, tags, textOf, type Der } from './der.ts';
import { oids } from './oids.ts';

export interface NameAttribute { readonly oid: string; readonly value: string }
export interface DistinguishedName {
  readonly der: Buffer;
  /** RFC 4514: last RDN first. */
  readonly text: string;
  /** In DER order. */
  readonly attributes: readonly NameAttribute[];
  /** One key an RDN, in DER order: equal keys are equal RDNs under the comparison of RFC 5280 §7.1. */
  readonly rdnKeys: readonly string[];
  /** Equal for equal names. */
  readonly key: string;
}

const shortNames: Readonly<Record<string, string>> = {
  [oids.commonName]: 'CN', [oids.surname]: 'SN', [oids.serialNumber]: 'serialNumber', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.9': 'STREET',
  [oids.organisation]: 'O', '2.5.4.11': 'OU', [oids.title]: 'T', [oids.givenName]: 'GN', '0.9.2342.19200300.100.1.25': 'DC', '0.9.2342.19200300.100.1.1': 'UID',
};
/** [RFC 4514 §2.4]; control characters are written as octets so that a name stays one line. */
const escapeName = (value: string): string =>
  value.replace(/[",+;<>\\]/g, '\\$&').replace(/^[ #]/, '\\$&').replace(/ $/, '\\ ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => Buffer.from(character).toString('hex').replace(/../g, '\\$&'));
/** Stored form for comparison: case and runs of blanks do not count, nor does the string type [RFC 5280 §7.1, RFC 4518 §2]. */
const prepared = (value: string): string => value.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();

interface ReadAttribute extends NameAttribute { readonly print: string; readonly key: string }
const readAttribute = (pair: Der): ReadAttribute => {
  const [type, value, more] = childrenOf(expectTag(pair, tags.sequence, 'attribute'));
  const oid = oidOf(type);
  if (value === undefined || more !== undefined) return fail('pki.der', 'an attribute of a name without exactly one value');
  const label = shortNames[oid] ?? oid;
  // Values of unknown syntax keep their bytes, so that two different ones never look alike [RFC 4514 §2.4].
  if (!isText(value)) return { oid, value: `#${value.raw.toString('hex')}`, print: `${label}=#${value.raw.toString('hex')}`, key: `${oid}=#${value.raw.toString('hex')}` };
  const text = textOf(value);
  return { oid, value: text, print: `${label}=${escapeName(text)}`, key: `${oid}=${JSON.stringify(prepared(text))}` };
};
interface Rdn { readonly attributes: readonly NameAttribute[]; readonly print: string; readonly key: string }
/** One RDN, whatever tag it stands under. */
export const readRdn = (rdn: Der): Rdn => {
  const attributes = childrenOf(rdn).map(readAttribute);
  if (attributes.length === 0) return fail('pki.der', 'an RDN without attributes');
  return { attributes: attributes.map(({ oid, value }) => ({ oid, value })), print: attributes.map(({ print }) => print).join('+'), key: attributes.map(({ key }) => key).sort().join('+') };
};
export const readName = (name: Der): DistinguishedName => {
  const rdns = childrenOf(name).map((rdn) => readRdn(expectTag(rdn, tags.set, 'RDN')));
  const rdnKeys = rdns.map(({ key }) => key);
  return { der: name.raw, text: rdns.toReversed().map(({ print }) => print).join(','), attributes: rdns.flatMap(({ attributes }) => attributes), rdnKeys, key: rdnKeys.join(',') };
};
/** True when `name` lies in the subtree below `base` [RFC 5280 §4.2.1.10]. */
export const isBelow = (name: DistinguishedName, base: DistinguishedName): boolean => base.rdnKeys.every((key, index) => name.rdnKeys[index] === key);

export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly value: string }
  | { readonly kind: 'ip'; readonly value: Buffer }
  | { readonly kind: 'directory'; readonly value: DistinguishedName }
  | { readonly kind: 'other'; readonly tag: number; readonly value: Buffer };
export const readGeneralName = (element: Der): GeneralName => {
  switch (element.tag) {
    case context(1, false): return { kind: 'email', value: ia5Text(element.content) };
    case context(2, false): return { kind: 'dns', value: ia5Text(element.content) };
    case context(6, false): return { kind: 'uri', value: ia5Text(element.content) };
    case context(7, false): return { kind: 'ip', value: element.content };
    case context(4): {
      const [name, more] = childrenOf(element);
      return more === undefined ? { kind: 'directory', value: readName(expectTag(name, tags.sequence, 'directoryName')) } : fail('pki.der', 'a directoryName with more than one name');
    }
    case context(0): case context(3): case context(5): return { kind: 'other', tag: element.tag & 0x1f, value: element.content };
    case context(8, false): oidFrom(element.content); return { kind: 'other', tag: 8, value: element.content };
    default: return fail('pki.der', 'not a general name');
  }
};
/** At least one name [RFC 5280 §4.2.1.6]. */
export const readGeneralNames = (element: Der): readonly GeneralName[] => {
  const names = childrenOf(element).map(readGeneralName);
  return names.length > 0 ? names : fail('pki.der', 'an empty list of names');
};
/** Addresses with http or https among the names; nothing else is ever fetched. */
export const webAddresses = (names: readonly GeneralName[]): readonly string[] => names.flatMap((name) => (name.kind === 'uri' && /^https?:\/\//i.test(name.value) ? [name.value] : []));
export const directoryKey = (rdnKeys: readonly string[]): string => `directory:${rdnKeys.join(',')}`;
/** Equal for equal general names. */
export const generalNameKey = (name: GeneralName): string => {
  switch (name.kind) {
    case 'directory': return directoryKey(name.value.rdnKeys);
    case 'ip': return `ip:${name.value.toString('hex')}`;
    case 'other': return `${name.tag}:${name.value.toString('hex')}`;
    default: return `${name.kind}:${name.value}`;
  }
};
