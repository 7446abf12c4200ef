/** Ready is about this node; metrics stay bounded whatever comes in. */
import { describe, expect, it } from 'vitest';
import { readinessOf, type NodeState } from '../../src/observability/health.ts';
import { createMetrics } from '../../src/observability/metrics.ts';

const well: NodeState = { draining: false, auditHealthy: true, issuersWithoutRevocation: [], store: 'up', clockOffSeconds: null };
describe('readiness', () => {
  it.each<[string, Partial<NodeState>, string, number]>([
    ['a node that is well', {}, 'ready', 0],
    ['the shared store away: people meet the page', { store: 'away' }, 'degraded', 1],
    ['M05: a clock that most services say is wrong', { clockOffSeconds: 90 }, 'degraded', 1],
    ['draining', { draining: true }, 'not-ready', 1],
    ['the trail cannot be written', { auditHealthy: false }, 'not-ready', 1],
    ['revocation data never loaded', { issuersWithoutRevocation: ['a', 'b'] }, 'not-ready', 1],
    ['own faults count before the store', { store: 'away', draining: true, auditHealthy: false }, 'not-ready', 2],
  ])('%s', (_name, changes, status, reasons) => {
    const readiness = readinessOf({ ...well, ...changes });
    expect([readiness.status, readiness.reasons.length]).toEqual([status, reasons]);
  });
});

describe('metrics', () => {
  const labelsIn = (text: string): readonly string[] => [...new Set([...text.matchAll(/^bryggan_\w+\{([^}]*)\}/gm)].flatMap(([, labels = '']) => [...labels.matchAll(/(\w+)="/g)].map(([, name = '']) => name)))].toSorted();
  it('count logins, requests and directories, and nothing in a label tells of a person', async () => {
    const metrics = createMetrics();
    metrics.login({ party: 'vgr', service: 'vgr/journal', method: 'siths', result: 'succeeded' });
    metrics.login({ party: 'vgr', service: 'vgr/journal', method: 'siths', result: 'succeeded' });
    metrics.request('/login/:id/', 200, 0.01);
    metrics.directory('hsa', 'hit');
    metrics.staleLogin('vgr', 'vgr/journal');
    const text = await metrics.render();
    expect(text).toContain('bryggan_logins_total{party="vgr",service="vgr/journal",method="siths",result="succeeded"} 2');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(labelsIn(text)).toEqual(['event', 'le', 'method', 'party', 'result', 'route', 'service', 'source', 'status']);
  });
  it('a reading that has no values yet breaks nothing, and comes with its labels when it has some', async () => {
    const metrics = createMetrics();
    let values: { labels: Record<string, string>; value: number }[] = [];
    metrics.addReading(() => [{ name: 'bryggan_list', help: 'x', values }]);
    expect(await metrics.render()).not.toContain('bryggan_list{');
    values = [{ labels: { issuer: 'a' }, value: 1 }, { labels: { issuer: 'b' }, value: 2 }];
    expect(await metrics.render()).toContain('bryggan_list{issuer="b"} 2');
    values = [{ labels: { issuer: 'a' }, value: 3 }];
    const [one, two] = await Promise.all([metrics.render(), metrics.render()]);
    for (const text of [one, two]) { expect(text).toContain('bryggan_list{issuer="a"} 3'); expect(text).not.toContain('issuer="b"'); }
  });
  it('two apps in one process do not share counters', async () => {
    const [one, two] = [createMetrics(), createMetrics()];
    one.staleLogin('vgr', 'x');
    expect(await two.render()).not.toContain('bryggan_stale_logins_total{');
  });
});
