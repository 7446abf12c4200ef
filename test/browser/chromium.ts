/**
 * Debian's Chromium with client certificates as a hospital's browser has them: keys in its own NSS database, the choice made by
 * the policy AutoSelectCertificateForUrls, TLS by the browser itself. Nothing is intercepted by the test driver.
 *
 *   const browser = await startChromium({ held: [anna, erik] });   // entries of developmentSet(); Anna's card is in the reader
 *   await browser.insert(erik);                                   // like changing the card
 *   const page = await (await browser.newContext()).newPage();    // a context is a browser profile without history
 *   …
 *   await browser.close();
 *
 * A browser remembers its choice for a host name: another card shows on a host name that it has not met (DESIGN §4, fresh names).
 */
import { X509Certificate } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core';
import { developmentSet, readFilePem, type CertificateEntry } from '../../certs-dev/set.ts';
import { createNssDatabase } from './nss.ts';

const PROGRAM = '/usr/bin/chromium';
const ETC = '/etc/chromium';
const POLICY_FILE = 'bryggan-test.json';

/** Pattern of content settings without port, e.g. `https://[*.]card.localhost`: the name itself and every name below it. */
export const ANY_CARD_HOST = 'https://[*.]card.localhost';

export interface CardChromium {
  readonly browser: Browser;
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** From now on this certificate is chosen on host names below card.localhost that the browser has not met; resolves when the browser does so. */
  insert(certificate: CertificateEntry): Promise<void>;
  close(): Promise<void>;
}
export interface ChromiumOptions {
  /** Cards that are in the reader from the start, by content-settings pattern: one filter per host name. */
  readonly cards?: Readonly<Record<string, CertificateEntry>>;
  /** Cards at hand for `insert`; the first is in the reader from the start. (A store filled while the browser runs is not seen by it.) */
  readonly held?: readonly CertificateEntry[];
}

/** The values that the filter compares: common names of issuer and subject as the certificate spells them. */
const filterOf = (pattern: string, certificate: CertificateEntry): string => {
  const parsed = new X509Certificate(readFilePem(certificate.certFile));
  const commonName = (name: string): string => /^CN=(.*)$/m.exec(name)?.[1] ?? '';
  return JSON.stringify({ pattern, filter: { ISSUER: { CN: commonName(parsed.issuer) }, SUBJECT: { CN: commonName(parsed.subject) } } });
};
const policyOf = (cards: Readonly<Record<string, CertificateEntry>>): string =>
  JSON.stringify({ AutoSelectCertificateForUrls: Object.entries(cards).map(([pattern, certificate]) => filterOf(pattern, certificate)) });

interface PolicyPlace { readonly program: string; write(policy: string): void; remove(): void }
/** The policy folder of this machine stays as it is where a mount namespace can be had; else root writes into it and cleans up. */
const choosePolicyPlace = (folder: string): PolicyPlace => {
  const flags = ['-rm', '-m'].find((candidate) => spawnSync('unshare', [candidate, 'mount', '--bind', folder, ETC]).status === 0);
  if (flags !== undefined) {
    const managed = join(folder, 'etc', 'policies', 'managed');
    mkdirSync(managed, { recursive: true });
    const program = join(folder, 'chromium');
    writeFileSync(program, `#!/bin/sh\nexec unshare ${flags} sh -c 'mount --bind ${join(folder, 'etc')} ${ETC} && exec ${PROGRAM} "$@"' chromium "$@"\n`);
    chmodSync(program, 0o755);
    return { program, write: (policy) => writeFileSync(join(managed, POLICY_FILE), policy), remove() {} };
  }
  const managed = join(ETC, 'policies', 'managed');
  const made = [dirname(managed), managed].filter((path) => !existsSync(path));
  mkdirSync(managed, { recursive: true });
  const remove = (): void => {
    rmSync(join(managed, POLICY_FILE), { force: true });
    for (const path of made.toReversed()) if (existsSync(path) && readdirSync(path).length === 0) rmSync(path, { recursive: true });
  };
  return { program: PROGRAM, write: (policy) => writeFileSync(join(managed, POLICY_FILE), policy), remove };
};

/** A card host of the harness's own: says which certificate the browser chose. */
const startProbe = async (): Promise<{ readonly port: number; readonly server: Server }> => {
  const set = developmentSet();
  const server = createServer({
    key: readFilePem(set.machine('card').keyFile), cert: readFilePem(set.machine('card').certFile), requestCert: true, rejectUnauthorized: false,
  }, (request, response) => {
    response.setHeader('Connection', 'close');
    response.end(request.socket instanceof TLSSocket ? request.socket.getPeerX509Certificate()?.serialNumber.toLowerCase() ?? 'none' : 'none');
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { server, port: (server.address() as AddressInfo).port };
};
const ATTEMPTS = 600;
const ASK_AGAIN = 30;
const PAUSE = 100;
/** Opens ever new names of the probe until the browser chooses as wanted; the policy page is asked again when that takes long. */
const waitForChoice = async (context: BrowserContext, port: number, round: number, wanted: string): Promise<void> => {
  const page = await context.newPage();
  const policies = await context.newPage();
  await policies.goto('chrome://policy');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Its script takes a moment before a click means something.
    if (attempt % ASK_AGAIN === 3) await policies.click('#reload-policies');
    await page.waitForTimeout(PAUSE);
    await page.goto(`https://probe-${String(round)}-${String(attempt)}.card.localhost:${String(port)}/`);
    if (await page.textContent('body') === wanted) return;
  }
  throw new Error('the browser did not take the new policy');
};

/** Starts the browser; it and everything it wrote are gone after `close`. */
export const startChromium = async ({ cards: given = {}, held = [] }: ChromiumOptions = {}): Promise<CardChromium> => {
  // Without any filter that matches, Chromium would wait for a person to choose.
  const cards = held[0] === undefined ? given : { [ANY_CARD_HOST]: held[0], ...given };
  const home = mkdtempSync(join(tmpdir(), 'chromium-'));
  const store = await createNssDatabase(home);
  for (const certificate of [...Object.values(cards), ...held]) await store.add(certificate);
  const place = choosePolicyPlace(home);
  place.write(policyOf(cards));
  const probe = await startProbe();
  const browser = await chromium.launch({
    executablePath: place.program, headless: true, env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache') },
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-domain-reliability', '--disable-sync', '--no-first-run', '--no-default-browser-check', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  let round = 0;
  return {
    browser,
    newContext: (options) => browser.newContext(options),
    insert: async (certificate) => {
      round += 1;
      if (!held.includes(certificate)) throw new Error('only a card of `held` can be inserted');
      place.write(policyOf({ ...cards, [ANY_CARD_HOST]: certificate }));
      const context = await browser.newContext();
      await waitForChoice(context, probe.port, round, certificate.serial);
      await context.close();
    },
    close: async () => {
      await browser.close();
      await new Promise<void>((resolve) => { probe.server.close(() => resolve()); probe.server.closeAllConnections(); });
      place.remove();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** A browser whose reader holds this person's card, with a context ready for use. `cardUrl` is the card host's address. */
export const withCard = async (person: string, cardUrl: string, wanted?: Parameters<ReturnType<typeof developmentSet>['certificate']>[1]): Promise<{ readonly context: BrowserContext; readonly chromium: CardChromium }> => {
  const { protocol, hostname } = new URL(cardUrl);
  const started = await startChromium({ cards: { [`${protocol}//[*.]${hostname}`]: developmentSet().certificate(person, wanted) } });
  return { chromium: started, context: await started.newContext() };
};
