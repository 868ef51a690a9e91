import type { Step } from '../ui/progress.ts';
import type { TreeFile } from './tree.ts';

/** Files shown by name in a question. */
const NAMED = 8;
const WHOLE = 100;

/** Names in lines of their own, the first few of many. */
export function named(files: readonly { readonly path: string }[]): string {
  const lines = files.slice(0, NAMED).map(({ path }) => path);
  if (files.length > NAMED) lines.push(`and ${files.length - NAMED} more`);
  return lines.join('\n');
}

/** Turns "this file is next" into the steps of a progress notification, by bytes. */
export function manyFiles(
  files: readonly TreeFile[],
  report: (step: Step) => void,
): (next: TreeFile) => void {
  // A byte more for each, so that many empty files move too.
  const total = files.reduce((sum, { size }) => sum + size + 1, 0);
  let before = 0;
  return ({ path, size }) => {
    report({ message: path, increment: (before / total) * WHOLE });
    before = size + 1;
  };
}
