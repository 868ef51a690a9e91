import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.mjs';

/** Unit tests, integration with real R, and end-to-end in a real VS Code. */
export function vitestSuites() {
  return [
    vitest('unit', ['--project', 'unit']),
    vitest('integration', ['--project', 'integration']),
    vitest('e2e', ['--config', 'e2e/vitest.config.ts']),
  ];
}

function vitest(name, args) {
  const report = join(root, '.cache', `vitest-${name}.json`);
  rmSync(report, { force: true });
  return {
    name,
    command: 'vitest',
    args: ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    count: ({ code }) => counts(report, code),
  };
}

/** A crash of the runner, or a file that did not load, counts as a failure even when no test failed. */
function counts(report, code) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const r = JSON.parse(readFileSync(report, 'utf8'));
  const failed = r.numFailedTests === 0 && code !== 0 ? 1 : r.numFailedTests;
  return { passed: r.numPassedTests, failed, skipped: r.numPendingTests + (r.numTodoTests ?? 0) };
}
