import { describe, expect, it } from 'vitest';
import { choicesIn, languageIn, lastMethodIn, parseCookies, sessionIdIn, setCookies, transactionSecretIn } from '../../src/http/cookies.ts';
import type { SessionId, TransactionId } from '../../src/core/ids.ts';

const session = 'a'.repeat(43) as SessionId;
const id = 'b'.repeat(22) as TransactionId;

describe('cookies we set', () => {
  const all = setCookies([{ name: 'session', value: session }, { name: 'transaction', id, value: 'c'.repeat(22) }, { name: 'method', value: 'card' }, { name: 'choices', value: ['x', 'y'] }], 1800);
  it('are Secure, HttpOnly and SameSite=Lax, every one', () => {
    for (const cookie of all) expect(cookie).toMatch(/; Secure; HttpOnly; SameSite=Lax/);
  });
  it('the SSO cookie is __Host- and ends with the browser session', () => {
    expect(all[0]).toMatch(/^__Host-bryggan=a{43}; Path=\/; /);
    expect(all[0]).not.toMatch(/Max-Age|Expires|Domain/);
  });
  it("the transaction's cookie lives at its path, for the transaction's lifetime", () => expect(all[1]).toBe(`__Secure-bryggan-login=${'c'.repeat(22)}; Path=/login/${id}; Secure; HttpOnly; SameSite=Lax; Max-Age=1800`));
  it('what is set is read back', () => {
    const cookies = parseCookies(all.map((line) => line.split(';')[0]).join('; '));
    expect([sessionIdIn(cookies), transactionSecretIn(cookies), lastMethodIn(cookies), choicesIn(cookies)]).toEqual([session, 'c'.repeat(22), 'card', ['x', 'y']]);
  });
  it('logging out takes the cookie back', () => expect(setCookies([{ name: 'session', value: null }], 1)[0]).toMatch(/Max-Age=0/));
});
describe('cookies that others send', () => {
  it.each(['', '*', 'a'.repeat(42), `${'a'.repeat(42)}:`, '../x', "'"])('a session id of another shape is no id: %j', (value) => expect(sessionIdIn(parseCookies(`__Host-bryggan=${value}`))).toBeNull());
  it('the first of two equal names counts', () => expect(lastMethodIn(parseCookies('__Host-bryggan-method=card; __Host-bryggan-method=other'))).toBe('card'));
  it('a name from Object.prototype is only a name (threats K13)', () => {
    const cookies = parseCookies('__proto__=x; constructor=y; __Host-bryggan-language=en');
    expect(cookies.get('__proto__')).toBe('x');
    expect(languageIn(cookies)).toBe('en');
  });
  it('an endless header is not parsed', () => expect(parseCookies(`a=${'b'.repeat(20_000)}`).size).toBe(0));
});
