/** A short run of every target in every test run, from one seed; `npm run fuzz` goes on where this ends. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { targets } from './targets.ts';
import { changed } from './mutate.ts';

it.each(targets.map((target) => [target.name, target] as const))('%s: no find among 300 inputs', (_name, { inputs, check }) => {
  fc.assert(fc.property(inputs, check), { seed: 20_260_601, numRuns: 300 });
});
it('changes change: each kind gives other octets', () => {
  const good = Buffer.from('<a b="c">text <d>more</d></a>');
  for (let kind = 0; kind < 8; kind += 1) expect(changed(good, { kind, at: 0.3, length: 3, to: 0.9, what: 1 }).equals(good), String(kind)).toBe(false);
});
