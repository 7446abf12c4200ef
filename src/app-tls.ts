/**
 * The listeners' own TLS certificates: renewed files are taken while we run. Owns looking and judging the pair; which settings a listener has
 * besides is its own. Used by the app-*.ts files alone.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Server, type TlsOptions } from 'node:tls';
import type { TlsFiles } from './config/model.ts';
import { fail } from './core/errors.ts';
import type { Clock, Instant, Log } from './core/ports.ts';

/** PEM: the key; the certificate, then intermediates. */
export interface TlsPair { readonly key: string; readonly certificate: string }
export interface TlsListener {
  readonly name: string;
  readonly files: TlsFiles;
  /** Its TLS server; frameworks type theirs as plain HTTP. */
  readonly server: object;
  /** All settings of the listener's handshakes: whatever is left out would fall back to Node's own. */
  readonly optionsFor: (pair: TlsPair) => TlsOptions;
}
export interface TlsFollower {
  /** From now on renewed files of this listener are taken; connections that are open stay. */
  follow(listener: TlsListener): void;
  /** Looks at the files once. A change counts when two looks in a row find the same bytes. */
  look(): void;
  stop(): void;
}
const LOOK_MILLISECONDS = 10_000;

export const readPair = ({ keyFile, certificateFile }: TlsFiles): TlsPair => ({ key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') });

/** Why the pair cannot serve; null: it can. */
const faultOf = ({ key, certificate }: TlsPair, now: Instant): string | null => {
  try {
    const leaf = new X509Certificate(certificate);
    if (!leaf.checkPrivateKey(createPrivateKey(key))) return 'the key does not belong to the certificate';
    return leaf.validToDate.getTime() > now ? null : 'the certificate has ended';
  } catch {
    return 'they are not a certificate and a key in PEM';
  }
};

/** What TLS itself says against them: a chain that is cut short, a key that is too small. What was there before goes on serving. */
const refusalOf = (work: () => void): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return `TLS does not take them: ${error instanceof Error ? error.message : String(error)}`;
  }
};

export const createTlsFollower = ({ clock, log }: { readonly clock: Clock; readonly log: Log }): TlsFollower => {
  const looks: (() => void)[] = [];
  const follow = ({ name, files, server, optionsFor }: TlsListener): void => {
    if (!(server instanceof Server)) return fail('internal', 'a listener without TLS has no certificate to follow', { listener: name });
    const textOf = (pair: TlsPair | null): string => (pair === null ? '' : `${pair.key}\n${pair.certificate}`);
    const read = (): TlsPair | null => {
      try {
        return readPair(files);
      } catch {
        return null;
      }
    };
    let serving = textOf(readPair(files));
    let [seen, refused] = [serving, serving];
    const take = (pair: TlsPair | null): void => {
      const fault = pair === null ? 'they cannot be read' : (faultOf(pair, clock.now()) ?? refusalOf(() => server.setSecureContext(optionsFor(pair))));
      if (pair === null || fault !== null) {
        refused = seen;
        return log.error({ listener: name, fault, certificateFile: files.certificateFile }, 'changed TLS files were not taken; the certificate before serves');
      }
      [serving, refused] = [seen, seen];
      return log.info({ listener: name, notAfter: new X509Certificate(pair.certificate).validToDate.toISOString() }, 'a renewed TLS certificate serves');
    };
    looks.push(() => {
      const pair = read();
      const text = textOf(pair);
      const settled = text === seen;
      seen = text;
      if (settled && text !== serving && text !== refused) take(pair);
    });
  };
  const look = (): void => { for (const one of looks) one(); };
  const timer = setInterval(look, LOOK_MILLISECONDS);
  timer.unref();
  return { follow, look, stop: () => clearInterval(timer) };
};
