import { defineConfig } from 'vitest/config';

/** A hang guard only: no test relies on being faster. */
const HANG_GUARD_MS = 180_000;
const common = { testTimeout: HANG_GUARD_MS, hookTimeout: HANG_GUARD_MS, teardownTimeout: 30_000 };
const elsewhere = ['**/node_modules/**', '**/dist/**', '.cache/**', 'e2e/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, '**/*.int.test.ts'],
        },
      },
      {
        test: {
          ...common,
          name: 'integration',
          include: ['**/*.int.test.ts'],
          exclude: elsewhere,
          // Real R processes and servers wait more than they compute: two files at a time fill two cores.
          maxWorkers: 2,
        },
      },
    ],
  },
});
