import { defineConfig } from 'vitest/config';

/** A hang guard only: no test relies on being faster. */
const HANG_GUARD_MS = 300_000;

export default defineConfig({
  test: {
    name: 'e2e',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['support/globalSetup.ts'],
    testTimeout: HANG_GUARD_MS,
    hookTimeout: HANG_GUARD_MS,
    // One workbench at a time keeps two cores honest; steps of a scenario follow one another.
    fileParallelism: false,
    sequence: { concurrent: false },
    bail: 1,
  },
});
