import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // two cores: one file at a time beside the processes an end-to-end test starts
    maxWorkers: 2,
    // on CI what stumbles over a busy machine is run once more and shown as such; the crash tests never are
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
