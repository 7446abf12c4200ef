/** Whatever a call site forgets, no number, no HSA-id and nothing that opens a door stands in a log (threats M01, L06, K06). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createLogger } from '../../src/observability/logger.ts';
import { redactFields, redactText } from '../../src/observability/redaction.ts';

const key = 'k'.repeat(43);
const text = (value: string): string => redactText(value, key);
const { people } = parse(readFileSync(join(import.meta.dirname, '../../certs-dev/people.yaml'), 'utf8')) as { people: { personalIdentityNumber?: string; employments: { hsaId: string }[] }[] };
const numbers = people.flatMap(({ personalIdentityNumber }) => personalIdentityNumber ?? []);
const hsaIds = people.flatMap(({ employments }) => employments.map(({ hsaId }) => hsaId));
/** Every way in which people and systems spell one number. */
const spellings = (number: string): readonly string[] => {
  const [century, date, end] = [number.slice(0, 2), number.slice(2, 8), number.slice(8)];
  return ['', '-', '+', ' ', '\u2010', '\u2011', '\u2013', '\u2212', '\u00a0'].flatMap((between) => [`${century}${date}${between}${end}`, `${date}${between}${end}`]);
};

describe('redaction', () => {
  it('there are people to look for', () => expect([numbers.length, hsaIds.length].every((count) => count > 20)).toBe(true));
  it('cuts out the number of everybody in every spelling, wherever it stands', () => {
    for (const number of numbers) {
      for (const spelled of spellings(number)) {
        for (const around of ['$', 'person $ refused', 'serialNumber=$,CN=x', '"$"', '/me?id=$', 'SE$', 'x_$_y', '($)', 'pnr:$\n']) {
          const redacted = text(around.replace('$', spelled));
          expect(redacted, `${around} ${String(spelled.length)}`).toBe(around.replace('$', '[number]'));
        }
      }
    }
  });
  it('leaves what only looks like one: a wrong check digit, an impossible date, a longer number, an organisation’s number', () => {
    for (const other of ['189003129808', '189013129807', '189003999807', '1890031298071', '91890031298070', '212000-1652', '20261123120000', '1732363200000']) expect(text(other)).toBe(other);
    expect(text('189003129807')).toBe('[number]');
  });
  it('turns HSA-ids into pseudonyms that are the same for one id in any case, and others under another key', () => {
    for (const id of hsaIds) expect(text(`commission ${id} chosen`)).toMatch(/^commission hsa:[\w-]{12} chosen$/);
    const [id = ''] = hsaIds;
    expect(text(id)).toBe(text(id.toLowerCase()));
    expect(redactText(id, 'other'.repeat(9))).not.toBe(text(id));
    expect(new Set(hsaIds.map(text)).size).toBe(new Set(hsaIds).size);
    expect(text('SE162321000131-X1')).toMatch(/^hsa:/);
  });
  it('writes no cookie, token, credential, SAML message or long encoded value', () => {
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl';
    const secrets: readonly (readonly [string, string])[] = [
      [`__Host-bryggan=${'a'.repeat(43)}; other=1`, '[cookie]; other=1'], [`__Secure-bryggan-login=${'b'.repeat(22)}`, '[cookie]'],
      ['Authorization: Bearer abcdefghijkl', 'Authorization: [credentials]'], [`got ${jwt} here`, 'got [token] here'],
      ['/acs?SAMLResponse=PHNhbWw&RelayState=xyz', '/acs?SAMLResponse=[value]&RelayState=[value]'], ['/cb?code=abc&state=x', '/cb?code=[value]&state=x'],
      ['bad <samlp:Response ID="x"><saml:NameID>anna</saml:NameID>', 'bad [xml]'], ['<Assertion>x', '[xml]'], ['A'.repeat(200), '[long value]'],
    ];
    for (const [said, written] of secrets) expect(text(said)).toBe(written);
  });
  it('keeps what logs are for: codes, references, entityIDs, hashes, versions, times', () => {
    for (const useful of ['store.unavailable', '7KQ-4MD-2XW', 'https://sp.example.se/saml/metadata', 'sha256:'.concat('a'.repeat(64)), 'RSA-SHA256', '2026-11-23T10:00:00.000Z', '127.0.0.1:8443', 'línea <b>', 'a'.repeat(43), '10 000 000 rows']) expect(text(useful)).toBe(useful);
  });
  it('reaches into lists, objects, errors, numbers and names of fields, and hides fields that hold a secret by name', () => {
    const number = numbers[0] ?? '';
    expect(redactFields({ list: [number], deep: { er: number, deeper: [{ x: number }] }, error: new Error(`no ${number}`), plain: Number(number), [`field ${number}`]: 1, bytes: Buffer.from(number), count: 7, flag: true, none: null }, key))
      .toEqual({ 'list': ['[number]'], 'deep': { er: '[number]', deeper: [{ x: '[number]' }] }, 'error': 'no [number]', 'plain': '[number]', 'field [number]': 1, 'bytes': '[bytes]', 'count': 7, 'flag': true, 'none': null });
    for (const name of ['cookie', 'set-cookie', 'Authorization', 'access_token', 'clientSecret', 'password', 'SAMLResponse', 'samlRequest', 'client_assertion', 'RelayState', 'sessionId']) expect(redactFields({ [name]: 'x' }, key)).toEqual({ [name]: '[secret]' });
    expect(redactFields({ code: 'card.none', reference: 'ABC', session: 'reused', tokens: 3 }, key)).toEqual({ code: 'card.none', reference: 'ABC', session: 'reused', tokens: 3 });
  });
  it('is quick on long text that is nearly something', () => {
    for (const part of ['1890031298', 'eyJ', '__Host-', 'SE2321000131-', 'Bearer ', '<', '0-']) expect(text(part.repeat(20_000)).length).toBeGreaterThan(0);
  });
});

describe('the logger', () => {
  const logged = (level: 'debug' | 'info' | 'warn' | 'error', say: (log: ReturnType<typeof createLogger>) => void): readonly string[] => {
    const lines: string[] = [];
    say(createLogger({ level, pseudonymKey: key, destination: { write: (line: string) => { lines.push(line); } } }));
    return lines;
  };
  it('writes one line of JSON with level and time, however the text tries to break it (threats L06)', () => {
    const nasty = 'x\r\n{"level":"error"}\u001b[31m"\u2028';
    const [line = '', ...more] = logged('info', (log) => log.warn({ nasty }, nasty));
    expect(more).toEqual([]);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', nasty, msg: nasty });
    expect(line.includes('\u001b')).toBe(false);
  });
  it('is silent below its level, and redacts message and fields', () => {
    const lines = logged('warn', (log) => { log.info({}, 'no'); log.error({ who: numbers[0] ?? '' }, `about ${hsaIds[0] ?? ''}`); });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(numbers[0]);
    expect(lines[0]).not.toContain(hsaIds[0]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ who: '[number]' });
  });
});
