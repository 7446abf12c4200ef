/** A certificate login without the TLS handshake: certificate read, path, revocation from memory, level, identifier. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentSet, pathOf, readDer } from '../certs-dev/set.ts';
import { createRevocationService } from '../certs-dev/revocation.ts';
import { loadTrust } from '../src/app-parts.ts';
import { authenticateCertificate, type CertificateMethodPorts } from '../src/authenticators/certificate/authenticate.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { silentLog, systemClock } from '../src/core/ports.ts';
import { createRevocationChecker } from '../src/pki/index.ts';
import type { BenchRow } from './row.ts';

const WARM = 15_000;
const ROUND = 500;
const ROUNDS = 15;

export const rows: readonly BenchRow[] = [{
  id: 'card-login', budget: 1.2, unit: 'R',
  measure: async ({ rsa2048SignMs }) => {
    const directory = mkdtempSync(join(tmpdir(), 'bryggan-bench-'));
    const revocation = createRevocationService({ now: () => Date.now() });
    const trust = loadTrust(loadConfiguration(join(pathOf('.'), '..'), {}));
    const checker = createRevocationChecker({
      store: trust, directory, clock: systemClock, log: silentLog,
      fetchBytes: (url) => Promise.resolve(revocation.list(developmentSet().index.authorities.find(({ crlFile }) => url.endsWith(`/${crlFile}`))?.id ?? '')),
    });
    await checker.refresh();
    const ports: CertificateMethodPorts = { trust, revocation: checker, clock: systemClock, freshLabel: () => 'x', onDisagreement: () => undefined };
    const settings = { id: 'card', cardUrl: 'https://card.localhost', freshHostNames: false, issuers: [], highestLevel: 'loa3', hsaIdFormat: 'tolerant' } as const;
    const presented = { leafDer: readDer(developmentSet().certificate('anna-berglund').certFile), chainDer: [], proxyComplaint: null };
    const round = (count: number): number => {
      const before = process.cpuUsage();
      for (let i = 0; i < count; i += 1) authenticateCertificate(presented, settings, ports);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 / count;
    };
    round(WARM);
    const measured: number[] = [];
    for (let i = 0; i < ROUNDS; i += 1) measured.push(round(ROUND));
    checker.stop();
    rmSync(directory, { recursive: true, force: true });
    const cpuMs = measured.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
    return { cpuMs, ratio: cpuMs / rsa2048SignMs };
  },
}];
