import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sessionFiles } from '../files.ts';
import { startWorker, type StartedWorker } from '../launch/parent.ts';
import { removeTempDir } from '../launch/tempDir.ts';
import { workerEnvironment, type WorkerRuntime, type WorkerSettings } from '../sessions/launch.ts';
import { isAlive } from '../sessions/process.ts';
import { SPARE_PREFIX } from '../sessions/record.ts';

const SETTING_LINE = (entry: [string, string]): string => `${entry[0]}=${encodeURIComponent(entry[1])}\n`;
/** R takes what is before it for whole. */
const LAST_LINE = 'end\n';

/**
 * An R that waits inside its user profile for a session to be. Its directory becomes the session's. It ends by
 * itself when this process does, whose pipe it reads.
 */
export class Spare {
  readonly dir: string;
  readonly #started: StartedWorker;
  #taken = false;

  private constructor(dir: string, started: StartedWorker) {
    this.dir = dir;
    this.#started = started;
    void started.exited.then(() => this.#ended());
  }

  static async start(runtime: WorkerRuntime, root: string): Promise<Spare> {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const dir = mkdtempSync(join(root, SPARE_PREFIX));
    const started = await startWorker({
      dir,
      r: runtime.r.path,
      env: { ...workerEnvironment(runtime), FARSIDE_SPARE: '1' },
      workdir: dir,
      wrapper: runtime.scope?.(`spare-${dir.slice(-6)}`),
      piped: true,
    });
    started.stdin?.on('error', () => {});
    return new Spare(dir, started);
  }

  get worker(): StartedWorker {
    return this.#started;
  }
  get isAlive(): boolean {
    return this.#started.worker !== undefined && isAlive(this.#started.worker);
  }
  /** It has loaded what it loads ahead. */
  get isReady(): boolean {
    return this.isAlive && existsSync(sessionFiles(this.dir).tempdir);
  }

  /** From here on its directory is the session's. */
  take(): void {
    this.#taken = true;
  }

  /** Makes it the worker of a session. */
  hand(workdir: string, memoryLimit: number | undefined, settings: WorkerSettings): void {
    const all = {
      ...settings,
      FARSIDE_WORKDIR: workdir,
      ...(memoryLimit !== undefined && { FARSIDE_MEMORY: String(memoryLimit) }),
    };
    this.#started.stdin?.end(Object.entries(all).map(SETTING_LINE).join('') + LAST_LINE);
  }

  /** Resolves when it is gone, and nothing of it is left. */
  async end(): Promise<void> {
    this.#started.stdin?.end();
    await this.#started.exited;
    this.#ended();
  }

  #ended(): void {
    if (this.#taken) return;
    removeTempDir(this.dir);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
