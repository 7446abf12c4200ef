/** YAML shape of an LDAP source, and the settings it stands for. Secrets and certificates are files, never values. */
import { z } from 'zod';
import { filePath, line, organisationNumber, rule } from '../../core/schema-parts.ts';
import type { Clock } from '../../core/ports.ts';
import type { FeignedObjects } from '../answer.ts';
import { hsaAttributes, hsaClasses, hsaSearches, licenceCodes, type LdapSettings } from './settings.ts';

const isLdapAddress = (value: string): boolean => {
  const url = URL.parse(value);
  return url !== null && ['ldap:', 'ldaps:'].includes(url.protocol) && url.hostname !== '' && url.username === '' && ['', '/'].includes(url.pathname);
};
const dn = rule(z.string(), (value) => /^[A-Za-z0-9.]+=[^,]/.test(value) && value.length <= 400, 'is not a distinguished name', 'write it like ou=Personal,o=Organisation,c=SE').meta({ examples: ['c=SE'] });
const filter = rule(z.string().max(1000), (value) => value.startsWith('(') && value.includes('={value}'), 'is not a filter with ={value}', 'write it like (&(objectClass=person)(hsaIdentity={value}))').meta({ examples: ['(&(objectClass=person)(hsaIdentity={value}))'] });
const search = z.strictObject({ bases: z.array(dn).min(1), filter });
const attribute = rule(z.string(), (value) => /^[A-Za-z][A-Za-z0-9;-]{0,100}$/.test(value), 'is not the name of an attribute or class', 'write letters, digits and hyphens');
const milliseconds = z.int().min(50).max(60_000);

const overrides = <K extends string>(known: Readonly<Record<K, string>>) => z.partialRecord(z.enum(Object.keys(known) as [K, ...K[]]), attribute).default({});

export const ldapSourceSchema = z.strictObject({
  kind: z.literal('ldap'),
  url: rule(z.string(), isLdapAddress, 'is not the address of an LDAP server', 'write ldaps://host:636, or ldap://host:389 for StartTLS').meta({ examples: ['ldaps://katalog.example.se:636'] }),
  authorityFile: filePath.meta({ description: 'PEM: authorities of the server certificate' }),
  bindDn: line(400).exactOptional().meta({ description: 'service account; left out = bind by client certificate' }),
  passwordFile: filePath.exactOptional(), certificateFile: filePath.exactOptional(), keyFile: filePath.exactOptional(),
  base: dn.meta({ description: 'where people, commissions and providers are looked for unless a search below says otherwise' }),
  peopleByHsaId: search.exactOptional(), peopleByNumber: search.exactOptional(),
  commissions: z.union([search, z.literal('none')]).exactOptional().meta({ description: 'none: this catalogue holds no commissions' }), providers: z.union([search, z.literal('none')]).exactOptional(),
  attributes: overrides(hsaAttributes).meta({ description: "names that differ from HSA's schema" }), classes: overrides(hsaClasses),
  licenceCodes: z.record(z.string(), z.string()).default({}).meta({ description: 'further names of licences, in lower case, and their codes' }),
  organisations: z.array(z.strictObject({ dn, name: line(), number: organisationNumber })).default([]),
  timeoutMilliseconds: milliseconds.default(3_000), operationMilliseconds: milliseconds.default(2_000), maxConnections: z.int().min(1).max(64).default(4),
  placeSeconds: z.int().min(0).max(86_400).default(600).meta({ description: 'how long units, providers and organisations are remembered' }),
}).refine((source) => (source.bindDn === undefined ? source.certificateFile !== undefined && source.keyFile !== undefined : source.passwordFile !== undefined), { error: 'has no way to bind', params: { fix: 'write bindDn with passwordFile, or certificateFile with keyFile' } });
export type LdapSource = z.output<typeof ldapSourceSchema>;

export interface SourceTools { readonly read: (path: string) => string; readonly clock: Clock; readonly feigned: FeignedObjects }
const searchOr = <T>(given: LdapSettings['peopleByHsaId'] | 'none' | undefined, standard: T): LdapSettings['peopleByHsaId'] | T | null => (given === 'none' ? null : (given ?? standard));

/** `read` gives the content of a referenced file. */
export const ldapSettingsFrom = (source: LdapSource, { read, clock, feigned }: SourceTools): LdapSettings => {
  const standard = hsaSearches(source.base);
  const file = (key: 'certificate' | 'key', path: string | undefined): object => (path === undefined ? {} : { [key]: read(path) });
  return {
    server: {
      url: source.url, ca: read(source.authorityFile), ...file('certificate', source.certificateFile), ...file('key', source.keyFile), timeout: source.operationMilliseconds, maxConnections: source.maxConnections,
      bind: source.bindDn === undefined ? { kind: 'certificate' } : { kind: 'simple', dn: source.bindDn, password: source.passwordFile === undefined ? '' : read(source.passwordFile).replace(/\r?\n$/, '') },
    },
    peopleByHsaId: source.peopleByHsaId ?? standard.peopleByHsaId, peopleByNumber: source.peopleByNumber ?? standard.peopleByNumber,
    commissions: searchOr(source.commissions, standard.commissions), providers: searchOr(source.providers, standard.providers),
    attributes: { ...hsaAttributes, ...source.attributes }, classes: { ...hsaClasses, ...source.classes },
    licenceCodes: { ...licenceCodes, ...source.licenceCodes }, organisations: source.organisations, timeout: source.timeoutMilliseconds, placeSeconds: source.placeSeconds, feigned, clock,
  };
};
