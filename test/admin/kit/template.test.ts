/** The guide's little language: values, lists, either-or; nothing left open. */
import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../../src/admin/kit/template.ts';

describe('a template', () => {
  it('writes values, and rows with what lies around them', () => {
    expect(renderTemplate('{{who}}:\n{{#rows}}\n- {{name}} of {{who}}\n{{/rows}}\nend\n', { who: 'Ale', rows: [{ name: 'a' }, { name: 'b' }] })).toBe('Ale:\n- a of Ale\n- b of Ale\nend\n');
  });
  it('an empty list, an empty text and false write nothing, and their opposite writes once', () => {
    for (const fact of [[], '', false] as const) expect(renderTemplate('{{#x}}yes{{/x}}{{^x}}no{{/x}}', { x: fact })).toBe('no');
    for (const fact of [[{}], 'text', true] as const) expect(renderTemplate('{{#x}}yes{{/x}}{{^x}}no{{/x}}', { x: fact })).toBe('yes');
  });
  it('marks may lie in marks, and the nearest meaning counts', () => {
    expect(renderTemplate('{{#a}}{{#b}}{{n}}{{/b}};{{/a}}', { n: '0', a: [{ b: [{ n: '1' }, { n: '2' }] }, { b: [] }] })).toBe('12;;');
  });
  it('a mark among words keeps the line’s end; one alone on its line leaves no empty line', () => {
    expect(renderTemplate('1. a{{#x}} b{{/x}}\n2. c\n', { x: true })).toBe('1. a b\n2. c\n');
    expect(renderTemplate('1. a{{#x}} b{{/x}}\n2. c\n', { x: false })).toBe('1. a\n2. c\n');
    expect(renderTemplate('{{#x}}b {{/x}}\n2. c\n', { x: true })).toBe('b \n2. c\n');
    expect(renderTemplate('1\n  {{#x}}\n  2\n  {{/x}}\n3\n', { x: true })).toBe('1\n  2\n3\n');
  });
  it('a value that looks like a mark is written as it is', () => {
    expect(renderTemplate('{{x}}', { x: '{{y}}' })).toBe('{{y}}');
  });
  it.each(['{{absent}}', '{{#absent}}x{{/absent}}', '{{list}}'])('%s is a fault, not a hole', (text) => {
    expect(() => renderTemplate(text, { list: [] })).toThrow(/template/);
  });
});
