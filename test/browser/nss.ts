/** Chromium's certificate store on Linux: an NSS database below a HOME of its own, filled with Debian's certutil and pk12util. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { developmentSet, pathOf, type CertificateEntry } from '../../certs-dev/set.ts';

const run = promisify(execFile);
export interface NssDatabase {
  /** Puts a card's certificate and key into the store; twice is once. */
  add(certificate: CertificateEntry): Promise<void>;
}
/** An empty store below `home` that trusts the development TLS CA for web sites. */
export const createNssDatabase = async (home: string): Promise<NssDatabase> => {
  const folder = join(home, '.pki', 'nssdb');
  mkdirSync(folder, { recursive: true });
  const database = `sql:${folder}`;
  const { index } = developmentSet();
  await run('/usr/bin/certutil', ['-N', '-d', database, '--empty-password']);
  await run('/usr/bin/certutil', ['-A', '-d', database, '-n', 'DEV TLS CA', '-t', 'C,,', '-i', pathOf(index.tlsAuthority.certFile)]);
  const held = new Set<string>();
  return {
    add: async (certificate) => {
      if (held.has(certificate.p12File)) return;
      await run('/usr/bin/pk12util', ['-i', pathOf(certificate.p12File), '-d', database, '-W', index.password, '-K', '']);
      held.add(certificate.p12File);
    },
  };
};
