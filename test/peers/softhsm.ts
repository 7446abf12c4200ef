/** Tokens of SoftHSM in a temporary folder; keys are brought in from PEM files. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = 'prov-4711';

export interface SoftHsm {
  /** For the environment of whoever loads the library: SOFTHSM2_CONF. */
  readonly configuration: string;
  readonly directory: string;
  makeToken(label: string): void;
  bring(token: string, label: string, pem: string): void;
  remove(): void;
}
export const makeSoftHsm = (): SoftHsm => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-token-'));
  const configuration = join(directory, 'softhsm2.conf');
  mkdirSync(join(directory, 'tokens'));
  writeFileSync(configuration, `directories.tokendir = ${join(directory, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const run = (...args: string[]): void => {
    const { status, stderr } = spawnSync('/usr/bin/softhsm2-util', args, { encoding: 'utf8', env: { ...process.env, SOFTHSM2_CONF: configuration } });
    if (status !== 0) throw new Error(stderr);
  };
  let brought = 0;
  return {
    configuration, directory,
    makeToken: (label) => run('--init-token', '--free', '--label', label, '--so-pin', '12345678', '--pin', PIN),
    bring: (token, label, pem) => {
      const file = join(directory, 'key.pem');
      writeFileSync(file, pem, { mode: 0o600 });
      brought += 1;
      run('--import', file, '--token', token, '--label', label, '--id', brought.toString(16).padStart(2, '0'), '--pin', PIN);
      rmSync(file);
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};
