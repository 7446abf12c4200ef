import { defineConfig } from 'vitest/config';

/** Two projects: `fast` runs in parallel and needs no other program; `real` starts real servers and browsers, one file at a time. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: ['test/{peers,browser,contracts,system}/**'], testTimeout: 20_000 } },
      { test: { name: 'real', include: ['test/{peers,browser,contracts,system}/**/*.test.ts'], testTimeout: 90_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
