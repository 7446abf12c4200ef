import { defineConfig } from 'vitest/config';

/** Two projects: `fast` runs in parallel and needs no other program; `real` starts real servers and browsers, one file at a time. */
const real = 'test/{peers,browser,contracts,system}/**/*.test.ts';
export default defineConfig({
  test: {
    reporters: process.env['CI'] === undefined ? ['default'] : ['default', ['json', { outputFile: 'test-results.json' }]],
    projects: [
      { test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [real], testTimeout: 90_000, hookTimeout: 180_000 } },
      { test: { name: 'real', include: [real], testTimeout: 180_000, hookTimeout: 240_000, fileParallelism: false } },
    ],
  },
});
