import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 30_000, // property tests on a busy machine
          expect: { poll: { timeout: 25_000 } },
          include: ['packages/**/src/**/*.test.ts', 'apps/**/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 100_000 } }, // ends before the test's limit, so that it says what it waited for
          maxWorkers: 4, // each file starts servers of its own, and waits for them a good part of its time
        },
      },
    ],
  },
});
