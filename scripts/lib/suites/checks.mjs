/** Checks that pass or fail as a whole: each counts as one test. */
const byExitCode = ({ code }) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

export const check = (name, command, args, options = {}) => ({
  name,
  command,
  args,
  count: byExitCode,
  ...options,
});

export function checks() {
  return [
    check('types', 'tsc', ['-b']),
    check('lint', 'eslint', ['.']),
    check('format', 'prettier', ['--check', '.']),
  ];
}
