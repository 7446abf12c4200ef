/**
 * Makes sure that the real programs which the tests talk to are here: installs them on Debian when it may, else names
 * what is missing and fails. Nothing is skipped in silence. BRYGGAN_TEST_NO_INSTALL=1 forbids installing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';

/** A program that proves the package is here → the Debian package. */
const needed: readonly (readonly [proof: string, debianPackage: string])[] = [
  ['/usr/bin/redis-server', 'redis-server'],
  ['/usr/bin/chromium', 'chromium'],
  ['/usr/bin/certutil', 'libnss3-tools'],
  ['/usr/sbin/apache2', 'apache2'],
  ['/usr/lib/apache2/modules/mod_auth_mellon.so', 'libapache2-mod-auth-mellon'],
  ['/usr/lib/apache2/modules/mod_auth_openidc.so', 'libapache2-mod-auth-openidc'],
  ['/usr/lib/apache2/modules/mod_shib.so', 'libapache2-mod-shib'],
  ['/usr/sbin/shibd', 'shibboleth-sp-utils'],
  ['/usr/share/simplesamlphp/www/index.php', 'simplesamlphp'],
  ['/etc/apache2/mods-available/php8.2.load', 'libapache2-mod-php'],
  ['/usr/bin/xmlsec1', 'xmlsec1'],
  ['/usr/lib/python3/dist-packages/saml2/__init__.py', 'python3-pysaml2'],
  ['/usr/sbin/slapd', 'slapd'],
  ['/usr/bin/ldapadd', 'ldap-utils'],
  ['/usr/sbin/nginx', 'nginx-light'],
  ['/usr/sbin/haproxy', 'haproxy'],
  ['/usr/lib/softhsm/libsofthsm2.so', 'softhsm2'],
  ['/usr/bin/openssl', 'openssl'],
  ['/usr/bin/samlsign', 'opensaml-tools'],
  ['/usr/bin/zbarimg', 'zbar-tools'],
];

const nodeMajor = Number(process.versions.node.split('.')[0]);
if (nodeMajor < 24) {
  console.error(`Bryggan's tests need Node 24, this is ${process.version}. Start them with "npm test": npm then uses the Node that package.json pins.`);
  process.exit(1);
}

const missing = needed.filter(([proof]) => !existsSync(proof)).map(([, name]) => name);
if (missing.length === 0) process.exit(0);

const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
const isRoot = process.getuid?.() === 0;
if (!isDebian || !isRoot || process.env['BRYGGAN_TEST_NO_INSTALL'] === '1') {
  console.error(`These Debian packages are missing and may not be installed from here: ${missing.join(' ')}\nInstall them with: sudo apt-get install --no-install-recommends ${missing.join(' ')}`);
  process.exit(1);
}

console.log(`Installing what the tests talk to, without recommended packages and without starting services: ${missing.join(' ')}`);
const policy = '/usr/sbin/policy-rc.d';
const ours = !existsSync(policy);
if (ours) {
  mkdirSync('/usr/sbin', { recursive: true });
  writeFileSync(policy, '#!/bin/sh\nexit 101\n');
  chmodSync(policy, 0o755);
}
const apt = (...args: string[]): number => spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status ?? 1;
try {
  if (apt('update', '-qq') !== 0 || apt('install', '-y', '-qq', '--no-install-recommends', ...missing) !== 0) {
    console.error(`Could not install: ${missing.join(' ')}`);
    process.exit(1);
  }
} finally {
  if (ours) rmSync(policy);
}
