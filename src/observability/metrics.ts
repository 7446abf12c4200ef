/** Prometheus metrics. No label holds a person; services and parties are those of the registry, so their number is bounded. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface GaugeReading { readonly name: string; readonly help: string; readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[] }
export interface Metrics {
  login(outcome: { readonly party: string; readonly service: string; readonly method: string; readonly result: string }): void;
  /** What a source of people did: `hit`, `miss`, `joined`, `stale`, `open`, `closed`. Counted per source, never per person. */
  directory(source: string, event: string): void;
  /** A login answered with facts older than their lifetime. */
  staleLogin(party: string, service: string): void;
  /** A metadata feed of ours, or one entity of it, was asked for. */
  feedFetched(feed: string, what: string): void;
  request(route: string, status: number, seconds: number): void;
  /** Read when metrics are scraped: revocation freshness, store health, registry. */
  addReading(read: () => readonly GaugeReading[] | Promise<readonly GaugeReading[]>): void;
  render(): Promise<string>;
}

export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const logins = new Counter({ name: 'bryggan_logins_total', help: 'Logins by outcome', labelNames: ['party', 'service', 'method', 'result'], registers: [registry] });
  const requests = new Histogram({ name: 'bryggan_request_seconds', help: 'Requests by route and status', labelNames: ['route', 'status'], buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 1, 5], registers: [registry] });
  const lookUps = new Counter({ name: 'bryggan_directory_events_total', help: 'Questions to the cache of each directory, and its breaker opening and closing', labelNames: ['source', 'event'], registers: [registry] });
  const staleLogins = new Counter({ name: 'bryggan_stale_logins_total', help: 'Logins answered with facts older than their lifetime while the directory was away', labelNames: ['party', 'service'], registers: [registry] });
  const feedFetches = new Counter({ name: 'bryggan_feed_fetches_total', help: 'Requests for the metadata feeds that we publish', labelNames: ['feed', 'what'], registers: [registry] });
  const readers: (() => readonly GaugeReading[] | Promise<readonly GaugeReading[]>)[] = [];
  const gauges = new Map<string, Gauge>();
  return {
    login: (outcome) => logins.inc(outcome),
    directory: (source, event) => lookUps.inc({ source, event }),
    staleLogin: (party, service) => staleLogins.inc({ party, service }),
    feedFetched: (feed, what) => feedFetches.inc({ feed, what }),
    request: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    addReading: (read) => void readers.push(read),
    render: async () => {
      // All are read first and set in one go, so that two scrapes at once see whole sets.
      const readings = (await Promise.all(readers.map(async (read) => read()))).flat();
      for (const { name, help, values } of readings) {
        const [first] = values;
        const gauge = gauges.get(name) ?? (first === undefined ? undefined : new Gauge({ name, help, labelNames: Object.keys(first.labels), registers: [registry] }));
        // A gauge is made with its first value: before that its labels are not known.
        if (gauge === undefined) continue;
        gauges.set(name, gauge);
        gauge.reset();
        for (const { labels, value } of values) gauge.set(labels, value);
      }
      return registry.metrics();
    },
  };
};
