/** The radar in the running process: gauges for peers' certificates, metadata and clocks. Used by app.ts and app-watch.ts. */
import type { createMetrics } from './observability/metrics.ts';
import { endsOf, type MarkKind } from './federation/radar/radar.ts';
import type { ClockBook } from './federation/radar/clocks.ts';
import type { PartyRegistry } from './parties/model.ts';

const gauges: Readonly<Partial<Record<MarkKind, string>>> = { 'signing-certificate': 'signing', 'encryption-certificate': 'encryption' };
export const measureRadar = (metrics: ReturnType<typeof createMetrics>, registry: PartyRegistry, clocks: ClockBook): void => metrics.addReading(() => {
  const marks = endsOf({ registry: registry.current(), own: [], fetched: new Set(), now: 0 });
  return [
    { name: 'bryggan_peer_certificate_not_after_seconds', help: 'End of the certificates of services and IdPs, Unix time; of several for one use the last', values: marks.flatMap(({ kind, what, end }) => { const use = gauges[kind]; return use === undefined || end === null ? [] : [{ labels: { peer: what, use }, value: end / 1000 }]; }) },
    { name: 'bryggan_peer_valid_until_seconds', help: 'validUntil of the metadata of services and IdPs, Unix time: from then they are refused', values: marks.flatMap(({ kind, what, end }) => (kind === 'metadata' && end !== null ? [{ labels: { peer: what }, value: end / 1000 }] : [])) },
    { name: 'bryggan_service_clock_behind_seconds', help: 'How far the clock of a service is behind ours, from its signed requests; negative: ahead', values: clocks.rows().map(({ service, milliseconds }) => ({ labels: { service }, value: milliseconds / 1000 })) },
  ];
});
