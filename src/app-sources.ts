/** Metadata that others publish: the sources of config/federation.yaml with what they need. Used by app.ts and app-watch.ts. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Configuration } from './config/model.ts';
import { systemClock as clock, systemRandom as random, type Log } from './core/ports.ts';
import { sourceAlarms } from './federation/sources/model.ts';
import { openSources, type MetadataSources } from './federation/sources/sources.ts';
import type { OutboundClient } from './http/outbound.ts';
import type { GaugeReading } from './observability/metrics.ts';
import { sourcesDirectory } from './parties/sources/overlay.ts';
import { readIdentityProviderMetadata } from './saml/metadata/read-identity-provider.ts';
import { readServiceMetadata } from './saml/metadata/read-service.ts';

const certificatesIn = (file: string): readonly string[] => readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
export const openMetadataSources = (configuration: Configuration, outbound: OutboundClient, log: Log): MetadataSources =>
  openSources({
    // The key is pinned, not the certificate's dates [K-FI IIP-MD03].
    sources: configuration.sources.map(({ certificateFiles, ...rest }) => ({ ...rest, keys: certificateFiles.flatMap(certificatesIn).map((pem) => new X509Certificate(pem).publicKey) })),
    clock, random, log, directory: sourcesDirectory(configuration.state), download: (url, headers, path, limits) => outbound.download(url, headers, path, limits),
    check: (bytes, role, file) => { (role === 'service' ? readServiceMetadata : readIdentityProviderMetadata)(bytes, file); },
  });

export const sourceReadings = (sources: MetadataSources): readonly GaugeReading[] => {
  const rows = sources.status();
  const some = (name: string, help: string, value: (row: (typeof rows)[number]) => number | null): GaugeReading => ({ name, help, values: rows.flatMap((row) => { const number = value(row); return number === null ? [] : [{ labels: { source: row.id }, value: number }]; }) });
  return [
    some('bryggan_source_fetched_seconds', 'When each metadata source last gave something good, Unix time', ({ fetchedAt }) => (fetchedAt === null ? null : fetchedAt / 1000)),
    some('bryggan_source_valid_until_seconds', 'End of what each metadata source gave, Unix time', ({ validUntil }) => (validUntil === null ? null : validUntil / 1000)),
    some('bryggan_source_entities', 'Entities in what each metadata source gave', ({ entities }) => entities),
    some('bryggan_source_missing', 'Files of ours whose entity the source does not give', ({ missing }) => missing.length),
    some('bryggan_source_alarm', '0 ok, 1 not fetched and the last good one serves, 2 its end is near, 3 ended, 4 never fetched', ({ alarm }) => sourceAlarms.indexOf(alarm)),
  ];
};
