/** Contrast computed from the tokens themselves [WCAG 2.2 §1.4.6, §1.4.11]. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const source = readFileSync(new URL('../../src/ui/styles/tokens.css', import.meta.url), 'utf8');
const colours = (block: string): Record<string, string> => Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
const [lightBlock = '', darkBlock = ''] = source.split('@media (prefers-color-scheme: dark)');
const light = colours(lightBlock);
const dark = colours(darkBlock);

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const luminance = (colour: string): number => [1, 3, 5].map((at) => channel(Number.parseInt(colour.slice(at, at + 2), 16) / 255)).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index]!, 0);
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

const grounds = ['paper', 'surface', 'accent-soft', 'ok-soft', 'warn-soft', 'stop-soft'];
const text: readonly (readonly [string, string])[] = [
  ...grounds.map((ground) => ['ink', ground] as const),
  ...['paper', 'surface', 'accent-soft'].flatMap((ground) => [['ink-soft', ground], ['accent', ground], ['accent-strong', ground]] as const),
  ['primary-ink', 'primary'], ['primary-ink', 'primary-strong'], ['paper', 'ink'],
];
const controls: readonly (readonly [string, string])[] = [
  ['line-strong', 'paper'], ['line-strong', 'surface'], ['primary-line', 'paper'], ['focus', 'paper'], ['ok', 'ok-soft'], ['warn', 'warn-soft'], ['stop', 'stop-soft'], ['ok', 'paper'], ['warn', 'paper'],
];

it('the measure knows black and white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
describe.each([['light', light], ['dark', dark]] as const)('%s', (_name, tokens) => {
  it('names the same colours as the other scheme', () => {
    expect(Object.keys(tokens).toSorted()).toEqual(Object.keys(light).toSorted());
  });
  it.each(text)('%s on %s is text: at least 7:1', (ink, ground) => {
    expect(contrast(tokens[ink]!, tokens[ground]!)).toBeGreaterThanOrEqual(7);
  });
  it.each(controls)('%s on %s is a control or a sign: at least 3:1', (line, ground) => {
    expect(contrast(tokens[line]!, tokens[ground]!)).toBeGreaterThanOrEqual(3);
  });
});
