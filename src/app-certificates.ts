/** Certificates of our own, and when each ends: TLS, signatures, and the function certificates that we show to directories and phone services. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { WatchedCertificate } from './admin/tools.ts';
import type { Configuration } from './config/model.ts';
import type { Clock, Log } from './core/ports.ts';
import { reminderFor } from './federation/radar/radar.ts';
import { publishedCertificates } from './app-keys.ts';

const filesOf = (configuration: Configuration): readonly (readonly [string, string])[] => {
  const { listeners, methods, directory } = configuration;
  return [
    ...(listeners.public.tls === null ? [] : [['public TLS', listeners.public.tls.certificateFile] as const]),
    ...(listeners.card === null ? [] : [['card TLS', listeners.card.tls.certificateFile] as const]),
    ...(listeners.machine === null ? [] : [['machine TLS', listeners.machine.tls.certificateFile] as const]),
    ...(listeners.proxy?.mutualTls == null ? [] : [['proxy TLS', listeners.proxy.mutualTls.certificateFile] as const]),
    ...publishedCertificates(configuration),
    ...methods.flatMap((method) => (method.kind === 'mobile' ? [[`phone ${method.id}`, method.certificateFile] as const] : [])),
    ...directory.sources.flatMap(({ name, source }) => (source.kind !== 'file' && source.certificateFile !== undefined ? [[`directory ${name}`, source.certificateFile] as const] : [])),
  ];
};
/** Read now: files are renewed while we run. With `log` a file that cannot be read is said and left out, else it throws. */
export const watchedCertificates = (configuration: Configuration, log?: Log): readonly WatchedCertificate[] =>
  filesOf(configuration).flatMap(([what, file]) => {
    try {
      const certificate = new X509Certificate(readFileSync(file));
      return [{ what, subject: certificate.subject.replaceAll('\n', ', '), notAfter: certificate.validToDate.getTime() }];
    } catch (error) {
      if (log === undefined) throw error;
      log.error({ certificate: what, reason: String(error) }, 'a certificate of ours cannot be read');
      return [];
    }
  });

const DAY = 86_400_000;
const LOOK_MILLISECONDS = 6 * 3_600_000;
/** The first reminders are said as warnings, the last two as errors. */
const URGENT = 7;
/** Says each reminder once in the life of this process. */
export const remindOfCertificates = (read: () => readonly WatchedCertificate[], { clock, log }: { readonly clock: Clock; readonly log: Log }): { look(): void; stop(): void } => {
  const said = new Map<string, string>();
  const look = (): void => {
    for (const { what, notAfter } of read()) {
      const reminder = reminderFor(notAfter, clock.now());
      const state = `${String(notAfter)} ${String(reminder)}`;
      if (reminder === null || said.get(what) === state) continue;
      said.set(what, state);
      log[reminder <= URGENT ? 'error' : 'warn']({ certificate: what, days: Math.floor((notAfter - clock.now()) / DAY) }, 'a certificate of ours ends soon');
    }
  };
  const timer = setInterval(look, LOOK_MILLISECONDS);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
};
