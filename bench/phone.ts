/** Two thousand open orders on phones, polled by one process at a pace of three seconds over mutual TLS: its share of a core. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startNetIdService } from '../src/demo/net-id-service.ts';
import type { BenchRow } from './row.ts';

const ORDERS = 2000;
const PACE = 3000;
const SECONDS = 15;

export const rows: readonly BenchRow[] = [{
  id: 'phone-orders', budget: 0.25, unit: 's',
  measure: async () => {
    const service = await startNetIdService();
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'programs/phone.ts'), service.url, String(ORDERS), String(PACE), String(SECONDS)]);
    await service.close();
    const { share, lasted, polls, writes, leases, failures } = JSON.parse(stdout) as Readonly<Record<'share' | 'lasted' | 'polls' | 'writes' | 'leases' | 'failures', number>>;
    return { seconds: share, note: `CPU seconds per second; ${String(ORDERS)} orders, ${(polls / lasted).toFixed(0)} polls/s, ${String(failures)} failed, ${String(writes)} writes of an order, ${String(leases)} leases prolonged in ${lasted.toFixed(0)} s` };
  },
}];
