/** A process that claims replay notes for ever and says each one when it is claimed: `node sqlite-writer.ts <file>`. */
import { systemClock } from '../../../src/core/ports.ts';
import { openSqliteStores } from '../../../src/sessions/sqlite/stores.ts';
import { firstKey, sealerOf } from './store-stage.ts';

const stores = openSqliteStores({ file: process.argv[2] ?? '', sealer: sealerOf([firstKey]), clock: systemClock });
for (let number = 1; ; number += 1) {
  await stores.replay.claim('request', String(number), `note ${String(number)}`, 3600);
  await new Promise<void>((said) => { process.stdout.write(`${String(number)}\n`, () => said()); });
}
