import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { ChildProcess } from 'node:child_process';

/** Waits for a file in a directory that exists; throws `why()` when R ends before. */
export async function appears(path: string, r: ChildProcess, why: () => string): Promise<void> {
  const watcher = watch(dirname(path));
  try {
    while (!existsSync(path)) {
      if (r.exitCode !== null) throw new Error(why());
      await Promise.race([once(watcher, 'change'), once(r, 'exit')]);
    }
  } finally {
    watcher.close();
  }
}
