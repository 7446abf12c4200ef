/** Mobile Efos in the demo and in tests: the method in a root's configuration, the simulated service and the simulated phones beside it. */
import type { Server } from 'node:https';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { phoneKeyOf } from './net-id-keys.ts';
import { createPhonePage } from './net-id-phone.ts';
import { startNetIdService } from './net-id-service.ts';

/** Who has mobile Efos in the demo: one commission, several, several employments, none, the phone alone. */
export const phoneOwners: readonly string[] = ['anna-berglund', 'erik-sandstrom', 'maria-johansson-wik', 'john-asplund', 'elin-skog', 'sofia-grann'];
export const PHONE_METHOD = 'mobile-efos';

/** A simulated Net iD Access Server as a way to log in, last in the list. `changes`: other keys of the method. */
export const addPhoneMethod = (root: string, url: string, changes: Readonly<Record<string, unknown>> = {}): void => {
  const path = join(root, 'config', 'methods.yaml');
  const document = parseDocument(readFileSync(path, 'utf8'));
  document.addIn(['methods'], document.createNode({
    id: PHONE_METHOD, kind: 'mobile', names: { sv: 'Mobilt Efos', en: 'Mobile Efos' }, service: 'net-id-access', url,
    authorityFile: 'certs-dev/authorities/efos-root.crt.pem', certificateFile: 'certs-dev/functions/bryggan.crt.pem', keyFile: 'certs-dev/functions/bryggan.key.pem',
    pollSeconds: 1, startsByPicture: true, ...changes,
  }));
  writeFileSync(path, String(document));
};

export interface DemoPhones { close(): Promise<void> }
/** Called between writing the root and starting Bryggan. `port`: of the phones' page; the service takes any. */
export const startDemoPhones = async (root: string, port: number, tls: { readonly key: string; readonly cert: string }): Promise<DemoPhones> => {
  const service = await startNetIdService();
  addPhoneMethod(root, service.url);
  const page: Server = createPhonePage({ holders: phoneOwners.map((id) => phoneKeyOf(id)), service, tls });
  await new Promise<void>((done, failed) => { page.once('error', failed); page.listen(port, '127.0.0.1', () => done()); });
  return {
    close: async () => {
      page.closeAllConnections();
      page.close();
      await service.close();
    },
  };
};
