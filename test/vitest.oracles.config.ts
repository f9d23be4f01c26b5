import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/oracles/**/*.test.ts'],
    testTimeout: 300_000,
    fileParallelism: false,
    // Of the tests that spend their time in other processes.
    maxConcurrency: 2,
  },
});
