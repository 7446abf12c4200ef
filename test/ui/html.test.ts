/** [threats K09] Every value is inert where it stands; a place that cannot be made safe takes no value at all. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { attributes, html, type Content } from '../../src/ui/html.ts';
import { parsed } from './document.ts';

const rendered = (value: ReturnType<typeof html>): string => String(value);
const hostile = '"><script>alert(1)</script><img src=x onerror=\'alert(2)\'>&amp;`${7*7}`';

describe('a value in text', () => {
  it('is escaped', () => {
    expect(rendered(html`<p>${'plain'}</p>`)).toBe('<p>plain</p>');
    expect(rendered(html`<p>${'<b>&"\''}</p>`)).toBe('<p>&lt;b&gt;&amp;&quot;&#39;</p>');
  });
  it('is read back as it was, whatever it is', () => {
    // The parser itself turns CR into LF and drops NUL; other control characters and direction overrides are left out by rule.
    fc.assert(fc.property(fc.string({ unit: 'grapheme-composite' }), (value) => {
      const seen = parsed(rendered(html`<!doctype html><html lang="sv"><head><title>x</title></head><body><p>${value}</p></body></html>`));
      const paragraph = seen.all.find(({ tag }) => tag === 'p');
      expect(paragraph?.children).toEqual([]);
      expect(paragraph?.text).toBe(value.replace(/\r\n?/g, '\n').replace(/(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, ''));
    }), { numRuns: 300 });
  });
  it('loses what makes it read differently from what it is', () => {
    expect(rendered(html`<p>${'Journal\u202Esystem\u0007'}</p>`)).toBe('<p>Journalsystem</p>');
  });
  it('passes as it is when it was made by html, also in lists', () => {
    const inner = html`<b>${'<'}</b>`;
    expect(rendered(html`<p>${inner}${[inner, ' & ', [inner]]}</p>`)).toBe('<p><b>&lt;</b><b>&lt;</b> &amp; <b>&lt;</b></p>');
  });
  it('leaves nothing when it is absent', () => {
    expect(rendered(html`<p>${null}${undefined}${false}${[]}${0}</p>`)).toBe('<p>0</p>');
  });
  it('is escaped when it only pretends to be made by html', () => {
    const forged = { toString: () => '<script>alert(1)</script>' } as unknown as Content;
    expect(rendered(html`<p>${forged}</p>`)).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>');
  });
});

describe('a value in a quoted attribute', () => {
  it('never ends it', () => {
    const seen = parsed(`<!doctype html><body>${rendered(html`<input value="${hostile}">`)}`);
    const input = seen.all.find(({ tag }) => tag === 'input');
    expect(input?.attributes).toEqual({ value: hostile });
    expect(seen.all.some(({ tag }) => tag === 'script' || tag === 'img')).toBe(false);
  });
  it('keeps every character, for hidden fields', () => {
    const value = 'a\u202Eb\u0001 &amp; "';
    expect(parsed(`<!doctype html><body>${rendered(html`<input value="${value}">`)}`).all.find(({ tag }) => tag === 'input')?.attributes['value']).toBe(value);
  });
  it('may not be markup', () => {
    expect(() => html`<p title="${html`<b>x</b>` as unknown as string}"></p>`).toThrow(/attribute takes text/);
    expect(rendered(html`<p title="${'<b>x</b>'}"></p>`)).toBe('<p title="&lt;b&gt;x&lt;/b&gt;"></p>');
  });
});

describe('an address', () => {
  const link = (to: string): string => rendered(html`<a href="${to}">x</a>`);
  it.each(['https://journal.example.org/?a=1&b=2', 'http://127.0.0.1:8443/', '/login/abc/', 'mailto:it@boras.example', 'tel:+4633000000'])('may be %s', (to) => {
    expect(link(to)).toContain('href="');
  });
  it.each([
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' javascript:alert(1)', 'java\tscript:alert(1)', '\u0001javascript:alert(1)', 'data:text/html,<script>alert(1)</script>', 'data:image/svg+xml;base64,PHN2Zz4=',
    'vbscript:x', '//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', 'https:evil', 'blob:https://a', 'file:///etc/passwd', '', 'about:blank', 'login/abc',
  ])('may not be %j', (to) => {
    expect(() => link(to)).toThrow(/address of a kind/);
  });
  it('is looked at in every attribute that the browser follows', () => {
    const to = 'javascript:alert(1)';
    expect(() => html`<form action="${to}"></form>`).toThrow(/address/);
    expect(() => html`<img src="${to}" alt="">`).toThrow(/address/);
    expect(() => html`<button formaction="${to}">x</button>`).toThrow(/address/);
    expect(() => html`<a HREF="${to}">x</a>`).toThrow(/address/);
  });
  it('is fixed by what the template says before the value', () => {
    expect(rendered(html`<a href="/me?name=${'javascript:x'}">x</a>`)).toBe('<a href="/me?name=javascript:x">x</a>');
  });
});

describe('a place that escaping cannot make safe takes no value', () => {
  it.each<readonly [string, () => unknown]>([
    ['a script', () => html`<script>${'x'}</script>`],
    ['a style sheet', () => html`<style>${'x'}</style>`],
    ['a comment', () => html`<!-- ${'x'} -->`],
    ['an event handler', () => html`<p onclick="${'x'}"></p>`],
    ['an inline style', () => html`<p style="${'x'}"></p>`],
    ['a document in an attribute', () => html`<iframe srcdoc="${'x'}"></iframe>`],
    ['an unquoted attribute', () => html`<p title=${'x'}></p>`],
    ['an attribute in single quotes', () => html`<p title='${'x'}'></p>`],
    ['an attribute name', () => html`<p ${'x'}="1"></p>`],
    ['a tag name', () => html`<${'x'}></p>`],
    ['the end of an open tag', () => html`<p title="${'x'}`],
  ])('%s', (_where, template) => {
    expect(template).toThrow(/page template/);
  });
  it('and the same template with the value in a safe place is fine', () => {
    expect(rendered(html`<script src="${'/assets/x.js'}" defer></script><p title="${'x'}">${'x'}</p>`)).toContain('<p title="x">x</p>');
  });
});

describe('attributes', () => {
  it('are there or not', () => {
    expect(rendered(html`<button${attributes({ 'autofocus': true, 'disabled': false, 'data-method': 'a"b', 'class': null })}>x</button>`)).toBe('<button autofocus data-method="a&quot;b">x</button>');
  });
  it.each(['onclick', 'style', 'href', 'src', 'action', 'srcdoc', 'a b', 'x>', ''])('may not be %j', (name) => {
    expect(() => attributes({ [name]: 'x' })).toThrow(/must be written in the template/);
  });
  it('stand only inside a tag', () => {
    expect(() => html`<p>${attributes({ title: 'x' })}</p>`).toThrow(/inside a tag/);
    expect(() => html`<p${'title="x"'}></p>`).toThrow(/inside a tag/);
  });
});
