/** Starts a real proxy from Debian in front of the proxy listener, with the configuration file that docs/cards.md shows. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathOf, readFilePem } from '../../certs-dev/set.ts';
import { createProxyListener, type ForwardedForm } from '../../src/authenticators/certificate/proxy-listener.ts';
import { HOST, close, listen, recorder, set, type Recorder } from '../authenticators/certificate/stage.ts';
import type { CardEndpointPorts } from '../../src/authenticators/certificate/card-endpoint.ts';

export const SECRET = 'secret-between-proxy-and-listener-000';
export interface RunningProxy { readonly port: number; readonly folder: string; stop(): Promise<void> }
export interface ProxyProgram {
  readonly name: string;
  readonly form: ForwardedForm;
  /** File beside this one. */
  readonly template: string;
  /** Writes what the program needs beside the filled-in template, and says how to start it. */
  command(folder: string, configuration: string): readonly [program: string, ...args: string[]];
}
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
/** Resolves once something accepts connections; a started program is not yet a listening one. */
const accepting = async (port: number, child: ChildProcess): Promise<void> => {
  for (;;) {
    if (child.exitCode !== null) throw new Error('the proxy ended at once');
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
};
const listed = set.index.authorities.filter((entry) => entry.listed);
const pemOf = (wanted: (entry: (typeof listed)[number]) => boolean): string => listed.filter(wanted).map((entry) => readFilePem(entry.certFile)).join('');

export const startProxy = async (program: ProxyProgram, ports: CardEndpointPorts): Promise<RunningProxy> => {
  const folder = mkdtempSync(join(tmpdir(), `${program.name}-`));
  const socket = join(folder, 'bryggan.sock');
  const server: Server = createProxyListener({ form: program.form, secrets: [SECRET], hosts: [HOST, `*.${HOST}`], mutualTls: null }, ports);
  await listen(server, socket);
  const issuing = pemOf((entry) => entry.parent !== null && entry.credentialType === 'card');
  const roots = pemOf((entry) => entry.parent === null);
  for (const [file, content] of [['issuing-cas.pem', issuing], ['roots.pem', roots], ['issuing-cas-and-roots.pem', issuing + roots],
    ['card.pem', readFilePem(set.machine('card').certFile) + readFilePem(set.machine('card').keyFile)]] as const) writeFileSync(join(folder, file), content);
  const port = await freePort();
  const values: Readonly<Record<string, string>> = { LISTEN: `127.0.0.1:${String(port)}`, CERTS: pathOf('.'), STATE: folder, SOCKET: socket, SECRET };
  const template = readFileSync(join(import.meta.dirname, program.template), 'utf8');
  const configuration = join(folder, program.template);
  writeFileSync(configuration, template.replace(/@([A-Z]+)@/g, (whole, name: string) => values[name] ?? whole));
  const [command, ...args] = program.command(folder, configuration);
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => { complaints += chunk.toString(); });
  await accepting(port, child).catch(async (error: unknown) => {
    await close(server);
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${program.name} did not start: ${complaints}`, { cause: error });
  });
  return {
    port, folder,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await close(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
export { recorder, type Recorder };

export const nginx: ProxyProgram = {
  name: 'nginx', form: 'escaped-pem', template: 'nginx-card.conf',
  command: (folder, configuration) => {
    const main = join(folder, 'nginx.conf');
    writeFileSync(main, [
      'daemon off; master_process off; worker_processes 1;', `pid ${folder}/pid; error_log ${folder}/error.log info;`,
      'events { worker_connections 64; }',
      `http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; include ${configuration}; }`, '',
    ].join('\n'));
    return ['/usr/sbin/nginx', '-c', main, '-p', folder];
  },
};
export const haproxy: ProxyProgram = {
  name: 'haproxy', form: 'rfc9440', template: 'haproxy-card.cfg',
  command: (_folder, configuration) => ['/usr/sbin/haproxy', '-db', '-f', configuration],
};
