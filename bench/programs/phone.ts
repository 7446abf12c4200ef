/** Many open orders in a process of its own: prints CPU seconds per second, polls and writes to the store while every status is unchanged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readFilePem } from '../../certs-dev/set.ts';
import { createNetIdAccess } from '../../src/authenticators/mobile-eid/clients/net-id-access.ts';
import { createOrderMachine } from '../../src/authenticators/mobile-eid/orders.ts';
import { silentLog, systemClock, systemRandom } from '../../src/core/ports.ts';
import { createMutualClient } from '../../src/http/mutual.ts';
import { openSqliteStores } from '../../src/sessions/sqlite/stores.ts';
import { firstKey, sealerOf } from '../../test/contracts/stages/store-stage.ts';

const [url = '', orders = '0', pace = '0', measured = '0'] = process.argv.slice(2);
const [count, pollMilliseconds, seconds] = [Number(orders), Number(pace), Number(measured)];
const folder = mkdtempSync(join(tmpdir(), 'bench-phone-'));
const stores = openSqliteStores({ file: join(folder, 'store.sqlite'), sealer: sealerOf([firstKey]), clock: systemClock });
let [polls, writes, failures, leases] = [0, 0, 0, 0];
const store: typeof stores.orders = {
  ...stores.orders,
  replace: (...given) => { writes += 1; return stores.orders.replace(...given); },
  settle: (...given) => { writes += 1; return stores.orders.settle(...given); },
  lease: (...given) => { leases += 1; return stores.orders.lease(...given); },
};
const service = createMutualClient({ ca: readFilePem('authorities/efos-root.crt.pem'), certificate: readFilePem('functions/bryggan.crt.pem'), key: readFilePem('functions/bryggan.key.pem'), milliseconds: 10_000, bytes: 300_000, code: 'mobile.unavailable' });
const client = createNetIdAccess({
  url, pollMilliseconds, lifetimeSeconds: 180, startsByPicture: true,
  post: async (to, body, action) => {
    polls += 1;
    return (await service.post(to, body, { 'content-type': 'text/xml; charset=utf-8', 'soapaction': `"${action}"` }, [200, 500]).catch((error: unknown) => { failures += 1; throw error; })).bytes;
  },
});
const machine = createOrderMachine('bench', client, () => Promise.reject(new Error('nobody completes')), { store, clock: systemClock, random: systemRandom, log: silentLog, node: 'bench', pause: (milliseconds) => pause(milliseconds) });
const ids: string[] = [];
// Begun evenly over one round, as people begin.
for (let index = 0; index < count; index += 1) {
  ids.push((await machine.start({ transaction: 't', device: 'other', person: null, address: '127.0.0.1', text: 'Logga in' })).id);
  if (index % 20 === 19) await pause((pollMilliseconds * 20) / count);
}
await pause(pollMilliseconds);
const [before, from] = [{ polls, writes, failures, leases }, performance.now()];
const cpu = process.cpuUsage();
for (let second = 0; second < seconds; second += 1) {
  for (const id of ids) await machine.look(id);
  await pause(1000);
}
const { user, system } = process.cpuUsage(cpu);
const lasted = (performance.now() - from) / 1000;
console.log(JSON.stringify({ share: (user + system) / 1e6 / lasted, lasted, polls: polls - before.polls, writes: writes - before.writes, leases: leases - before.leases, failures: failures - before.failures }));
rmSync(folder, { recursive: true, force: true });
process.exit(0);
