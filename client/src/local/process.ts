import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { Listeners, type Disposable } from '../disposable.ts';
import type { Launch } from './launch.ts';

/** How R ended. */
export interface LocalExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly error?: string;
}

/** One local R: a process, and on Unix the group of all that it starts. */
export class LocalProcess {
  readonly #child: ChildProcess;
  readonly #group: boolean;
  readonly #output = new Listeners<[Uint8Array]>();
  readonly #exits = new Listeners<[LocalExit]>();
  #exit: LocalExit | undefined;

  constructor(launch: Launch, cwd: string) {
    this.#group = launch.group;
    this.#child = spawn(launch.command, launch.args, {
      cwd,
      env: launch.env,
      detached: launch.group,
      stdio: launch.group ? ['pipe', 'pipe', 'ignore', 'pipe'] : ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (bytes: Buffer) => void this.#output.fire(bytes));
    // What is written to an R that has just ended is lost, which is told by its end.
    for (const stream of this.#child.stdio) stream?.on('error', () => undefined);
    this.#child.once('error', (error) => this.#ended({ code: null, signal: null, error: error.message }));
    // After its last output.
    this.#child.once('close', (code, signal) => this.#ended({ code, signal }));
    // A child of R may hold the output open: R's own end counts.
    this.#child.once('exit', () => this.#release());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get exit(): LocalExit | undefined {
    return this.#exit;
  }

  onOutput(listener: (bytes: Uint8Array) => void): Disposable {
    return this.#output.add(listener);
  }
  onExit(listener: (exit: LocalExit) => void): Disposable {
    return this.#exits.add(listener);
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Holds R back until the promise ends: what it writes waits in the pipe. */
  holdUntil(room: Promise<void>): void {
    const { stdout, stderr } = this.#child;
    for (const stream of [stdout, stderr]) stream?.pause();
    void room.then(() => {
      for (const stream of [stdout, stderr]) stream?.resume();
    });
  }

  /** As Ctrl-C does: R and what it runs with system(). False where there is no way. */
  interrupt(): boolean {
    return this.#signal('SIGINT');
  }

  /** As Ctrl-D at its prompt, and for the rest by force, children too. */
  end(): void {
    this.#child.stdin?.end();
    if (this.#exit === undefined) this.#release();
  }

  kill(): void {
    if (!this.#signal('SIGKILL')) this.#child.kill();
  }

  /** The watcher ends what is left of the group; on Windows the process is all we know. */
  #release(): void {
    const watched = this.#child.stdio[3] as Writable | undefined;
    if (watched) watched.end();
    else this.#child.kill();
  }

  #signal(signal: NodeJS.Signals): boolean {
    const { pid } = this.#child;
    if (!this.#group || pid === undefined || this.#exit !== undefined) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      // It has just ended.
      return false;
    }
  }

  #ended(exit: LocalExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.#exits.fire(exit);
  }
}
