import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-catalogue.ts';
import { formFields, readPost, writePost } from '../../../src/saml/bindings/post.ts';
import { refusedWith } from '../../fixtures/refused.ts';
import { authnRequest, base64, postFields } from '../../fixtures/saml.ts';

const fields = postFields(authnRequest(), { relayState: 'ctx' });

describe('HTTP-POST reading', () => {
  it('gives message and RelayState', () => {
    const message = readPost({ fields });
    expect(message).toMatchObject({ binding: 'post', kind: 'request', relayState: 'ctx', signature: null });
    expect(message.xml.toString()).toContain('<ds:Signature');
    expect(readPost({ fields: { SAMLResponse: base64('<a/>') } })).toMatchObject({ kind: 'response', relayState: null });
  });
  it('takes base64 in lines, and a submit button', () => {
    const lines = (fields['SAMLRequest'] ?? '').replace(/.{76}/g, '$&\r\n');
    expect(readPost({ fields: { ...fields, SAMLRequest: `${lines}\r\n`, go: 'Continue' }, rawQuery: 'utm=1' }).xml.toString()).toBe(readPost({ fields }).xml.toString());
  });
  it('is linear: a long message of the right alphabet but wrong form is refused, not searched', () => {
    refusedWith('binding.encoding', () => readPost({ fields: { SAMLRequest: `${'\n'.repeat(400_000)}!` } }));
    refusedWith('binding.encoding', () => readPost({ fields: { SAMLRequest: '='.repeat(500_000) } }));
  });
  it('looks at the length before anything else (threats A04)', () => {
    refusedWith('binding.too-large', () => readPost({ fields: { SAMLRequest: 'A!'.repeat(10 * 1024 * 1024), Signature: 'x' } }));
  });
  it('knows a cap on the XML, too', () => {
    expect(readPost({ fields: { SAMLRequest: base64('a'.repeat(256 * 1024)) } }).xml).toHaveLength(256 * 1024);
    refusedWith('binding.too-large', () => readPost({ fields: { SAMLRequest: base64('a'.repeat(256 * 1024 + 1)) } }));
  });
  it.each<[string, Record<string, unknown>, ErrorCode]>([
    ['nothing', {}, 'binding.parameter'],
    ['a repeated message', { ...fields, SAMLRequest: [fields['SAMLRequest'], fields['SAMLRequest']] }, 'binding.parameter'],
    ['a repeated RelayState', { ...fields, RelayState: ['a', 'b'] }, 'binding.parameter'],
    ['both messages', { ...fields, SAMLResponse: fields['SAMLRequest'] }, 'binding.parameter'],
    ['a Redirect signature', { ...fields, Signature: 'x', SigAlg: 'y' }, 'binding.parameter'],
    ['SAMLEncoding', { ...fields, SAMLEncoding: 'x' }, 'binding.parameter'],
    ['an array name', { ...fields, 'SAMLRequest[]': 'x' }, 'binding.parameter'],
    ['an artifact', { ...fields, SAMLart: 'x' }, 'binding.parameter'],
    ['a name in another case', { ...fields, samlRequest: 'x' }, 'binding.parameter'],
    ['a message that is an object', { SAMLRequest: { a: 1 } }, 'binding.parameter'],
    ['an empty message', { SAMLRequest: '' }, 'binding.encoding'],
    ['spaces in base64, as an unescaped + becomes', { SAMLRequest: (fields['SAMLRequest'] ?? '').replace(/A/, ' ') }, 'binding.encoding'],
    ['base64url', { SAMLRequest: `${base64(authnRequest()).slice(0, 40)}-_==` }, 'binding.encoding'],
    ['missing padding', { SAMLRequest: 'QQ' }, 'binding.encoding'],
    ['a RelayState that is too long', { ...fields, RelayState: 'a'.repeat(1025) }, 'binding.relay-state'],
    ['a line break in RelayState', { ...fields, RelayState: 'a\nb' }, 'binding.relay-state'],
  ])('refuses %s', (_name, broken, code) => {
    refusedWith(code, () => readPost({ fields: broken }));
  });
  it.each(['SAMLRequest=x', 'a=1&RelayState=x', 'SigAlg=x&Signature=y', 'saml%52equest=x'])('refuses %s in the address of the form (threats B25)', (rawQuery) => {
    refusedWith('binding.parameter', () => readPost({ fields, rawQuery }));
  });
  it('is not fooled by inherited names', () => {
    refusedWith('binding.parameter', () => readPost({ fields: Object.create({ SAMLRequest: fields['SAMLRequest'] }) as Record<string, unknown> }));
  });
});

describe('fields of a raw form', () => {
  it('are decoded once, and give the message', () => {
    const body = new URLSearchParams({ ...fields, RelayState: 'å+b %41' }).toString();
    expect({ ...formFields(body) }).toEqual({ ...fields, RelayState: 'å+b %41' });
    expect(readPost({ fields: formFields(body) }).relayState).toBe('å+b %41');
    expect({ ...formFields('') }).toEqual({});
  });
  it.each<[string, string, ErrorCode]>([
    ['a repeated message', 'SAMLRequest=QQ%3D%3D&SAMLRequest=QQ%3D%3D', 'binding.parameter'],
    ['a message repeated under an encoded name', 'SAMLRequest=QQ%3D%3D&SAML%52equest=QQ%3D%3D', 'binding.parameter'],
    ['an array name', 'SAMLRequest=QQ%3D%3D&SAMLRequest%5B%5D=x', 'binding.parameter'],
    ['a name of the prototype', '__proto__=x', 'binding.parameter'],
    ['too many fields', 'a=1&'.repeat(100), 'binding.parameter'],
    ['broken percent-encoding', 'SAMLRequest=%', 'binding.encoding'],
    ['a body that is too long', 'a'.repeat(1024 * 1024 + 1), 'binding.too-large'],
  ])('refuse %s', (_name, body, code) => {
    expect(readPost({ fields: formFields('SAMLRequest=QQ%3D%3D') }).xml.toString()).toBe('A');
    refusedWith(code, () => readPost({ fields: formFields(body) }));
  });
});

describe('HTTP-POST writing', () => {
  it('is read back, with RelayState only where there was one', () => {
    const form = writePost('https://a.example/acs', { kind: 'response', xml: '<å/>', relayState: 'x"<>' });
    expect(form).toEqual({ kind: 'post-form', action: 'https://a.example/acs', fields: { SAMLResponse: base64('<å/>'), RelayState: 'x"<>' } });
    expect(writePost('https://a.example/acs', { kind: 'response', xml: '<a/>', relayState: null }).fields).toEqual({ SAMLResponse: base64('<a/>') });
    expect(writePost('https://a.example/acs', { kind: 'response', xml: '<a/>', relayState: '' }).fields).toHaveProperty('RelayState', '');
  });
});
