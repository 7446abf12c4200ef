/** Starts Debian's Apache in a folder of its own, unprivileged in effect (www-data when started by root), over TLS. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Apache { readonly directory: string; log(): string; stop(): Promise<void> }
export interface ApacheSettings {
  readonly port: number;
  /** PEM files. */
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly modules: readonly string[];
  /** Directives outside of the virtual host. */
  readonly server?: string;
  /** Directives inside the virtual host; `@DIR@` is the folder. */
  readonly directives: string;
  /** Default: event. PHP runs inside processes of one thread. */
  readonly processes?: 'event' | 'prefork';
  /** Folders that the server may write into. */
  readonly writable?: readonly string[];
  /** Files below htdocs/, and others beside it. */
  readonly files: Readonly<Record<string, string | Buffer>>;
}

const base = ['authn_core', 'authz_core', 'authz_host', 'authz_user', 'mime', 'dir', 'env', 'headers', 'include', 'filter', 'ssl', 'socache_shmcb'];

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });

export const startApache = async (settings: ApacheSettings): Promise<Apache> => {
  const directory = mkdtempSync(join(tmpdir(), 'bryggan-apache-'));
  chmodSync(directory, 0o755);
  mkdirSync(join(directory, 'htdocs'));
  const isRoot = process.getuid?.() === 0;
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(directory, name), content);
    chmodSync(join(directory, name), 0o644);
    return join(directory, name);
  };
  for (const name of settings.writable ?? []) {
    mkdirSync(join(directory, name));
    chmodSync(join(directory, name), 0o777);
  }
  const certificate = write('tls.pem', readFileSync(settings.certificateFile));
  const key = write('tls.key', readFileSync(settings.keyFile));
  for (const [name, content] of Object.entries(settings.files)) write(name, content);
  const modules = [`mpm_${settings.processes ?? 'event'}`, ...base, ...settings.modules].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  const config = write('apache.conf', `
ServerRoot ${directory}
ServerName 127.0.0.1
PidFile ${directory}/apache.pid
Mutex file:${directory}
DefaultRuntimeDir ${directory}
ErrorLog ${directory}/error.log
LogLevel info
Listen 127.0.0.1:${settings.port}
${modules.join('\n')}
${settings.server ?? ''}
TypesConfig /etc/mime.types
${isRoot ? 'User www-data\nGroup www-data' : ''}
SSLSessionCache none
<VirtualHost 127.0.0.1:${settings.port}>
  DocumentRoot ${directory}/htdocs
  SSLEngine on
  SSLCertificateFile ${certificate}
  SSLCertificateKeyFile ${key}
  <Directory ${directory}/htdocs>
    Options +Includes
    Require all granted
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
  </Directory>
${settings.directives.replaceAll('@DIR@', directory)}
</VirtualHost>
`);
  const log = (): string => { try { return readFileSync(join(directory, 'error.log'), 'utf8'); } catch { return ''; } };
  const process_: ChildProcess = spawn('/usr/sbin/apache2', ['-DFOREGROUND', '-f', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The prefork server ends its whole process group, and ours must not be in it.
    detached: settings.processes === 'prefork',
  });
  let said = '';
  process_.stderr?.on('data', (chunk) => { said += String(chunk); });
  let exited = false;
  process_.once('exit', () => { exited = true; });
  for (let tries = 0; !(await answers(settings.port)); tries += 1) {
    if (exited || tries > 600) throw new Error(`Apache did not start: ${said}\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    directory,
    log,
    stop: () => new Promise((resolve) => {
      const done = (): void => { rmSync(directory, { recursive: true, force: true }); resolve(); };
      if (exited) return done();
      process_.once('exit', done);
      process_.kill('SIGTERM');
    }),
  };
};
