import { watch, type FSWatcher } from 'node:fs';
import { isReport } from './report.ts';

/** Tells when R has written down something new about its job. Where that can not be watched, nothing is told. */
export class ReportWatch {
  readonly #watchers = new Map<string, FSWatcher>();

  /** Watches a session's directory, once. */
  begin(directory: string, changed: () => void): void {
    if (this.#watchers.has(directory)) return;
    try {
      const watcher = watch(directory, { persistent: false }, (_event, name) => {
        if (isReport(name)) changed();
      });
      watcher.on('error', () => this.end(directory));
      this.#watchers.set(directory, watcher);
    } catch {
      // Not there (yet), or no more watches on this machine: changes of the session's state still tell.
    }
  }

  end(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  stop(): void {
    for (const directory of [...this.#watchers.keys()]) this.end(directory);
  }
}
