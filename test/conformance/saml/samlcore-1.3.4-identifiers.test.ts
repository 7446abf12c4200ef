import { expect, it } from 'vitest';
import { systemRandom } from '../../../src/core/ports.ts';
import { answerTo } from '../../fixtures/saml-answers.ts';

it('ids are NCNames of at least 128 random bits, each used once', async () => {
  const ids = (await Promise.all(Array.from({ length: 5 }, () => answerTo({ settings: { random: systemRandom } })))).flatMap(({ xml }) => [...xml.matchAll(/ ID="([^"]*)"/g)].map(([, id]) => id));
  expect(new Set(ids).size).toBe(10);
  for (const id of ids) expect(id).toMatch(/^_[0-9a-f]{32,}$/);
});
