import { describe, expect, it } from 'vitest';
import { remindOfCertificates } from '../../src/app-certificates.ts';
import { reminderFor } from '../../src/federation/radar/radar.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 23);
describe('reminders before a certificate ends', () => {
  it.each([[91, null], [90, 90], [31, 90], [30, 30], [14, 14], [8, 14], [7, 7], [2, 7], [1, 1], [-3, 1]] as const)('%i days left: %s', (days, reminder) => expect(reminderFor(NOW + days * DAY, NOW)).toBe(reminder));
  it('each is said once, the last ones as errors, and a renewed certificate begins anew', () => {
    const said: string[] = [];
    const log = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, (facts: { certificate: string }) => said.push(`${level} ${facts.certificate}`)]));
    let now = NOW;
    let notAfter = NOW + 31 * DAY;
    const reminders = remindOfCertificates(() => [{ what: 'directory hsa', subject: 'CN=x', notAfter }], { clock: { now: () => now }, log: log as never });
    for (const days of [0, 0, 2, 2, 25, 30.5]) {
      now = NOW + days * DAY;
      reminders.look();
    }
    expect(said).toEqual(['warn directory hsa', 'warn directory hsa', 'error directory hsa', 'error directory hsa']);
    notAfter = now + 365 * DAY;
    reminders.look();
    expect(said).toHaveLength(4);
    reminders.stop();
  });
});
