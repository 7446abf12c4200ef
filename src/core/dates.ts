/** Points in time as SAML writes them: xs:dateTime in UTC [SAMLCore §1.3.3]. */
import type { Instant } from './ports.ts';

const utcDateTime = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?Z$/;

/**
 * Milliseconds since 1970 for a strict UTC xs:dateTime, or undefined: no other zone, no missing zone, no 24:00, no leap
 * second, no day that its month lacks. Fractions finer than a millisecond are cut [SAMLCore §1.3.3: not relied upon].
 */
export const parseUtcDateTime = (text: string): Instant | undefined => {
  const parts = utcDateTime.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1) return undefined;
  date.setUTCHours(hour, minute, second, milliseconds);
  return date.getTime();
};

/** `2026-01-31T08:00:00.000Z`. */
export const formatUtcDateTime = (instant: Instant): string => new Date(instant).toISOString();
