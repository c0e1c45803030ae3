import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/vitest/longest-first.ts';
import { openScratchFolder } from './scripts/vitest/scratch-folder.ts';

/** For both projects, which run beside each other only if it is the same. Test files wait for their servers a good part of their time. */
const WORKERS = 4;
const scratch = openScratchFolder();

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          maxWorkers: WORKERS,
          isolate: false, // a process for each file would take as much as all of the tests
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
          env: scratch === undefined ? {} : { TMPDIR: scratch },
          maxWorkers: WORKERS,
        },
      },
    ],
  },
});
