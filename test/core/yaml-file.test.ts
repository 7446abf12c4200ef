import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeFinding, inReadingOrder, isError, type Finding } from '../../src/core/findings.ts';
import { readYaml, type YamlReading } from '../../src/core/yaml-file.ts';

const schema = z.strictObject({ name: z.string().optional(), count: z.int().min(1).optional(), list: z.array(z.strictObject({ id: z.string() })).optional(), choice: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a'), one: z.string() }), z.strictObject({ kind: z.literal('b'), two: z.string() })]).optional() });
const read = (text: string | Uint8Array): YamlReading<z.output<typeof schema>> => readYaml(typeof text === 'string' ? Buffer.from(text) : text, 'config/x.yaml', schema);
const told = (text: string | Uint8Array): readonly Finding[] => {
  const reading = read(text);
  return reading.ok ? [] : reading.findings;
};
const brief = (text: string): readonly string[] => told(text).map(({ line, column, path, message, fix }) => `${line}:${column} ${path} ${message}; ${fix}`);

describe('a good file', () => {
  test('gives its value', () => expect(read('name: a\ncount: 2\n')).toMatchObject({ ok: true, value: { name: 'a', count: 2 } }));
  test('may be empty, may begin with a byte order mark, may have comments', () => {
    expect(read('')).toMatchObject({ ok: true, value: {} });
    expect(read('\ufeffname: a\n')).toMatchObject({ ok: true, value: { name: 'a' } });
    expect(read('# only\n# comments\n')).toMatchObject({ ok: true, value: {} });
  });
  test('may name a part once and use it again', () => expect(read('list:\n  - &x { id: a }\n  - *x\n')).toMatchObject({ ok: true, value: { list: [{ id: 'a' }, { id: 'a' }] } }));
  test('can be pointed at afterwards', () => {
    const reading = read('# c\nname: a\nlist:\n  - id: b\n');
    expect(reading.ok && reading.source.finding(['list', 0, 'id'], 'r', 'is b', 'write a')).toMatchObject({ file: 'config/x.yaml', line: 4, column: 5, path: 'list[0].id', rule: 'r', severity: 'error' });
    expect(reading.ok && reading.source.finding(['list', 7, 'id'], 'r', 'm', 'f')).toMatchObject({ line: 3, column: 1 });
  });
});

describe('faults', () => {
  test('have the place of their key or of the map that lacks it', () => {
    expect(brief('name: a\nlist:\n  - id: b\n  - idd: c\ncount: x\n')).toEqual(['4:5 list[1].id is missing; write it', '4:5 list[1].idd is not a known key; write id, or remove it', '5:1 count must be a number; write a number']);
  });
  test('of a choice speak of the member that was chosen', () => {
    expect(brief('choice: { kind: a, two: x }\n')).toEqual(['1:11 choice.one is missing; write it'.replace('1:11', '1:1'), '1:20 choice.two is not a known key; remove it; known here: kind, one']);
    expect(brief('choice: { kind: c }\n')).toEqual(['1:11 choice.kind must be one of a, b; write one of a, b']);
    expect(brief('choice: {}\n')).toEqual(['1:1 choice.kind is missing; write one of a, b']);
  });
  test.each([
    ['a key twice', 'name: a\nname: b\n', 2],
    ['a tag', 'name: !!js/function x\n', 1],
    ['an own tag', 'name: !x y\n', 1],
    ['two documents', 'name: a\n---\nname: b\n', 2],
    ['an open bracket', 'list: [\nname: a\n', 2],
    ['a tab as indentation', 'list:\n\t- id: a\n', 2],
    ['an alias of nothing', 'name: *nobody\n', null],
  ])('%s is not YAML that we read', (_what, text, at) => {
    const [first] = told(text);
    expect(first).toMatchObject({ rule: 'yaml', severity: 'error' });
    expect(first?.line).toBe(at);
  });
  test.each<[string, string | Uint8Array]>([
    ['more than a megabyte', Buffer.alloc(1_048_577, 0x20)],
    ['other than UTF-8', Uint8Array.of(0x6e, 0x3a, 0xe5)],
    ['nested without end', `name: ${'['.repeat(100_000)}`],
    ['a billion laughs', `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[index]!}`).join(',')}]`).join('\n')}\n`],
    ['a list where a map belongs', '- a\n'],
    ['text where a map belongs', 'hello\n'],
    ['a merge key', 'x: &x { name: a }\nchoice:\n  <<: *x\n'],
    ['a key that reaches for the prototype', '__proto__: { name: a }\n'],
    ['a constructor key', 'constructor: { prototype: { name: a } }\n'],
  ])('a file with %s is refused', (_what, text) => expect(told(text).filter(isError).length).toBeGreaterThan(0));
  test('a prototype is never reached', () => {
    told('__proto__: { polluted: yes }\n');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test('whatever bytes come, there is a value or a finding, never an exception', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&', '*', '!', '"', "'", '#', '|', '>', '%', '@', '`', ',', '?', '\t') }), fc.uint8Array({ maxLength: 200 })), (input) => {
    const reading = read(input);
    if (reading.ok) return;
    expect(reading.findings.length).toBeGreaterThan(0);
    for (const finding of reading.findings) expect(describeFinding(finding)).toMatch(/^config\/x\.yaml.*; fix: .+/s);
  }), { numRuns: 1500, seed: 20261123 });
});

test('findings are told by file and place, warnings as such', () => {
  const one = (file: string, line: number | null, severity: Finding['severity'] = 'error'): Finding => ({ file, line, column: line === null ? null : 3, path: 'a.b', severity, rule: 'r', message: 'is wrong', fix: 'mend it' });
  expect(inReadingOrder([one('b', 1), one('a', 9), one('a', 2), one('a', null)]).map(({ file, line }) => `${file}${line}`)).toEqual(['anull', 'a2', 'a9', 'b1']);
  expect(describeFinding(one('a', 9))).toBe('a:9:3: a.b is wrong; fix: mend it');
  expect(describeFinding(one('a', null, 'warning'))).toBe('a: warning: a.b is wrong; fix: mend it');
});
