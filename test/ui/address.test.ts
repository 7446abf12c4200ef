/** [threats F07, K14] Addresses come from files that others write. */
import { describe, expect, it } from 'vitest';
import { logoAddress, mailAddress, phoneAddress, webAddress } from '../../src/ui/address.ts';

describe('a web address', () => {
  it('is https, http or one of our own paths; anything else leaves the link out', () => {
    expect(webAddress('https://journal.example.org/start?x=1')).toBe('https://journal.example.org/start?x=1');
    expect(webAddress('/login/abc/')).toBe('/login/abc/');
    for (const other of ['javascript:alert(1)', 'mailto:a@b.example', 'data:image/png;base64,AAAA', '//evil.example', 'https://a b', 'https:\\\\evil.example', null]) expect(webAddress(other)).toBeNull();
  });
});

describe('a logo', () => {
  it('comes from us or inside the page', () => {
    expect(logoAddress('/assets/logo.png')).toBe('/assets/logo.png');
    expect(logoAddress('data:image/png;base64,iVBORw0KGgo=')).toBe('data:image/png;base64,iVBORw0KGgo=');
  });
  it('is not shown when another host would learn of the login, when it is SVG, or when it is large', () => {
    for (const other of ['https://logos.example/x.png', '//logos.example/x.png', 'data:image/svg+xml;base64,PHN2Zz4=', 'data:image/png,<svg>', 'javascript:alert(1)', `data:image/png;base64,${'A'.repeat(20_000)}`, null]) expect(logoAddress(other)).toBeNull();
  });
});

describe('a contact', () => {
  it('becomes a link when it is what it should be', () => {
    expect(phoneAddress('033-00 00 00')).toBe('tel:033000000');
    expect(phoneAddress('+46 (0)33 00 00 00')).toBe('tel:+46033000000');
    expect(mailAddress('it-support@boras.example')).toBe('mailto:it-support@boras.example');
  });
  it('stays text otherwise', () => {
    for (const other of ['ring 033', '033;alert(1)', '', 'x'.repeat(40)]) expect(phoneAddress(other)).toBeNull();
    for (const other of ['a@b.example?bcc=c@d.example', 'a b@c.example', '"><script>@x', 'nobody']) expect(mailAddress(other)).toBeNull();
  });
});
