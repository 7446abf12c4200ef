/** config/directory.yaml to the directory that logins ask: every fault of every source in one error, and nothing connected to yet. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDirectory } from '../../src/app-directory.ts';
import type { Configuration } from '../../src/config/model.ts';
import { directorySchema } from '../../src/config/schema/directory.ts';
import { silentLog } from '../../src/core/ports.ts';
import { rejectedWith } from '../fixtures/refused.ts';
import { TestClock } from './source.ts';

const product = new URL('../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'bryggan-directory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string, content: string): string => { writeFileSync(join(folder, name), content); return join(folder, name); };
const password = at('password', 'only-for-tests\n');
const authorityFile = `${product}certs-dev/authorities/siths-function.crt.pem`;
const ldap = { kind: 'ldap', url: 'ldaps://localhost:1', authorityFile, bindDn: 'cn=bryggan,c=SE', passwordFile: password, base: 'c=SE' };
const soap = { kind: 'soap', endpoints: ['https://localhost:1/vp'], authorityFile, certificateFile: `${product}certs-dev/functions/bryggan.crt.pem`, keyFile: `${product}certs-dev/functions/bryggan.key.pem` };
const file = { kind: 'file', path: `${product}config/directory-data` };
const everything = (name: string) => ({ post: [name], commissions: [name], professional: [name], roles: [name] });
const open = (given: object, environment: Configuration['environment'] = 'test') => {
  const { sources, layers } = directorySchema.parse(given);
  const configuration = { environment, directory: { layers, sources: Object.entries(sources).map(([name, source]) => ({ name, source })) } };
  return openDirectory(configuration, { clock: new TestClock(), log: silentLog });
};
const nils = { kind: 'hsa-id', hsaId: 'SE2120001553-DEV1014' as never } as const;

describe('opening the directory', () => {
  it('three kinds together, none of them reachable yet: opens, and says who is away only when asked', async () => {
    const directory = await open({ sources: { demo: file, local: ldap, hsa: soap }, layers: { precedence: { ...everything('demo'), roles: ['hsa'], professional: ['local'] } } });
    await directory.look();
    await rejectedWith('directory.unavailable', directory.find(nils));
    await directory.close();
  });
  it('asks only the sources that the order names', async () => {
    const directory = await open({ sources: { demo: file, hsa: soap }, layers: { precedence: everything('demo') } });
    expect((await directory.find(nils))?.protectedPerson).toBe(true);
    directory.forget(nils);
    await directory.close();
  });
  it('every fault of every source at once, each with its source', async () => {
    const broken = at('broken.pem', 'not a certificate');
    const error = await rejectedWith('directory.source', open({
      sources: { local: { ...ldap, passwordFile: at('empty', '\n') }, hsa: { ...soap, keyFile: broken }, other: { ...soap, certificateFile: join(folder, 'nobody.pem') }, people: { kind: 'file', path: join(folder, 'nobody') }, demo: file },
      layers: { precedence: everything('demo') },
    }));
    expect(error.facts).toEqual({ faults: 4 });
    expect(error.detail.split('\n').map((line) => /sources\.([a-z]+):/.exec(line)?.[1])).toEqual(['local', 'hsa', 'other', 'people']);
    expect(error.detail).not.toContain('only-for-tests');
  });
  it('feigned people are there in test and gone in production', async () => {
    const feigned = { kind: 'hsa-id', hsaId: 'SE2321000131-DEV1029' as never } as const;
    const [test, production] = [await open({ sources: { demo: file } }), await open({ sources: { demo: file } }, 'production')];
    const ids = async (directory: typeof test) => (await directory.find(feigned))?.employments.length ?? 0;
    expect([await ids(test) > 0, await ids(production)]).toEqual([true, 0]);
  });
});
