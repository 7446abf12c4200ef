/** YAML shape of HSA's services as a source, and the settings it stands for. Certificates and keys are files, never values. */
import { z } from 'zod';
import { filePath, line, organisationNumber, rule, webAddress } from '../../core/schema-parts.ts';
import type { Clock } from '../../core/ports.ts';
import type { FeignedObjects } from '../answer.ts';
import type { SoapSettings } from './settings.ts';

const milliseconds = z.int().min(50).max(60_000);
/** c:DNType [HSA-XSD]: no signs that would need escaping. */
const dnType = rule(z.string().max(350), (value) => /^(?:[OUDCNL]{1,2}=[0-9\p{L}\p{Zs}\-.]+(?:,|$))+$/iu.test(value), 'is not a place in the tree as HSA writes it', 'write it like o=Organisation,c=SE').meta({ examples: ['c=SE'] });
const endpoint = rule(webAddress, (value) => value.startsWith('https://'), 'is not an https address', 'write https://host:port/vp; the path of each service is added').meta({ examples: ['https://vp.example.se:20000/vp'] });

export const soapSourceSchema = z.strictObject({
  kind: z.literal('soap'),
  endpoints: z.array(endpoint).min(1).max(2).meta({ description: 'one address, or two of which the second is asked when the first is slow or away' }),
  logicalAddress: line(64).default('SE165565594230-1000').meta({ description: 'HSA-id of the national service' }),
  searchBase: dnType.exactOptional(),
  authorityFile: filePath.meta({ description: 'PEM: authorities of the service certificate' }), certificateFile: filePath.meta({ description: 'PEM: function certificate that HSA knows us by' }), keyFile: filePath,
  timeoutMilliseconds: milliseconds.default(5_000).meta({ description: 'for a whole question' }), hedgeMilliseconds: milliseconds.default(1_000).meta({ description: 'after so long the second endpoint is asked too' }),
  maxConnections: z.int().min(1).max(256).default(16), maxBytes: z.int().min(10_000).max(20_000_000).default(2_000_000),
  employee: z.boolean().default(true).meta({ description: 'ask GetEmployee for title, contact data and place in the tree' }), administrative: z.boolean().default(true).meta({ description: 'ask GetAdminCredentials for administrative commissions' }),
  organisations: z.array(z.strictObject({ dn: dnType, name: line(), number: organisationNumber })).default([]).meta({ description: 'organisation numbers by place in the tree: the services do not tell them' }),
});
export type SoapSource = z.output<typeof soapSourceSchema>;

/** `read` gives the content of a referenced file. */
export const soapSettingsFrom = (source: SoapSource, { read, clock, feigned }: { readonly read: (path: string) => string; readonly clock: Clock; readonly feigned: FeignedObjects }): SoapSettings => ({
  endpoints: source.endpoints, logicalAddress: source.logicalAddress, searchBase: source.searchBase ?? null,
  ca: read(source.authorityFile), certificate: read(source.certificateFile), key: read(source.keyFile),
  timeout: source.timeoutMilliseconds, hedgeAfter: source.hedgeMilliseconds, maxConnections: source.maxConnections, maxBytes: source.maxBytes,
  askEmployee: source.employee, askAdministrative: source.administrative, organisations: source.organisations, feigned, clock,
});
