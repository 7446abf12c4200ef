import { describe, expect, it } from 'vitest';
import { formatUtcDateTime, parseUtcDateTime } from '../../src/core/dates.ts';

describe('xs:dateTime in UTC [SAMLCore §1.3.3]', () => {
  it.each([
    ['2026-06-01T08:00:00Z', Date.UTC(2026, 5, 1, 8)],
    ['2026-06-01T08:00:00.5Z', Date.UTC(2026, 5, 1, 8, 0, 0, 500)],
    ['2026-06-01T08:00:00.123456789Z', Date.UTC(2026, 5, 1, 8, 0, 0, 123)],
    ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
  ])('reads %s', (text, instant) => {
    expect(parseUtcDateTime(text)).toBe(instant);
  });
  it.each([
    ['no zone', '2026-06-01T08:00:00'], ['another zone', '2026-06-01T08:00:00+02:00'], ['zero offset that is not Z', '2026-06-01T08:00:00+00:00'],
    ['lower-case letters', '2026-06-01t08:00:00z'], ['a date alone', '2026-06-01'], ['white space', ' 2026-06-01T08:00:00Z'], ['a line after it', '2026-06-01T08:00:00Z\n'],
    ['24 o\'clock', '2026-06-01T24:00:00Z'], ['a leap second', '2026-06-30T23:59:60Z'], ['30 February', '2026-02-30T08:00:00Z'], ['29 February of a common year', '2026-02-29T08:00:00Z'],
    ['month 13', '2026-13-01T08:00:00Z'], ['day 0', '2026-06-00T08:00:00Z'], ['year 0', '0000-06-01T08:00:00Z'], ['a sign', '-2026-06-01T08:00:00Z'], ['five digits', '12026-06-01T08:00:00Z'],
    ['an empty fraction', '2026-06-01T08:00:00.Z'], ['other digits', '２026-06-01T08:00:00Z'], ['nothing', ''],
  ])('refuses %s', (_name, text) => {
    expect(parseUtcDateTime(text)).toBeUndefined();
  });
  it('reads what it writes', () => {
    const instant = Date.UTC(2026, 5, 1, 8, 0, 0, 7);
    expect(parseUtcDateTime(formatUtcDateTime(instant))).toBe(instant);
  });
});
