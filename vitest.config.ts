import { defineConfig } from 'vitest/config';

/** They start processes, or put another module in the place of one: each file in a process of its own. */
const APART = ['test/e2e/**/*.test.ts', 'test/journal/ownership-full.test.ts'];

const shared = {
  testTimeout: 20_000,
  hookTimeout: 30_000,
  // on CI what stumbles over a busy machine is run once more and shown as such
  retry: process.env.CI === undefined ? 0 : 1,
};

export default defineConfig({
  test: {
    // two cores, and a third file that waits: for its processes, for a lock, for a timer
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...shared,
          name: 'modules',
          include: ['test/**/*.test.ts'],
          exclude: APART,
          // loading the modules anew for each of two hundred files takes longer than the tests
          isolate: false,
          pool: 'threads',
        },
      },
      { test: { ...shared, name: 'processes', include: APART, pool: 'forks' } },
    ],
  },
});
