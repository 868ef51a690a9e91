import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FarsideError } from '@farside/protocol';
import { rEnvironment } from '../../runtime/environment.ts';
import { helperDirPrefix } from './leftovers.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';

/** What the helper writes before its replies: `reply_mark` in r/farside/R/render.R. */
const MARK = 'farside-render';
/** Enough of what R said to explain why it did not start. */
const STDERR_KEPT = 2_000;

interface Waiting {
  readonly id: string;
  resolve(): void;
  reject(error: FarsideError): void;
}

/** What a helper does: the function that serves its requests, and how its failures are told. */
export interface HelperKind {
  readonly main: 'render_main' | 'help_main';
  /** e.g. "that draws". */
  readonly what: string;
  failed(reason: string): FarsideError;
}

/**
 * One helper R, which answers one request at a time. It ends with this process, whose pipe it reads; it is killed
 * when it takes too long.
 */
export class HelperR {
  /** Its own temporary directory: removed when it is gone, however it ended. */
  readonly dir = mkdtempSync(join(tmpdir(), helperDirPrefix(process.pid)));
  readonly #kind: HelperKind;
  readonly #child: ChildProcess;
  #waiting: Waiting | undefined;
  #count = 0;
  #alive = true;
  #stderr = '';

  constructor(runtime: WorkerRuntime, kind: HelperKind) {
    this.#kind = kind;
    const libraries = [runtime.library, process.env['R_LIBS']].filter(Boolean).join(':');
    this.#child = spawn(runtime.r.path, ['--vanilla', '--no-echo', '-e', `farside:::${kind.main}()`], {
      cwd: this.dir,
      // English messages: the helper looks at them to know what can be drawn smaller.
      env: rEnvironment({ R_LIBS: libraries, TMPDIR: this.dir, LANGUAGE: 'en' }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.once('error', (error) => this.#ended(error.message));
    this.#child.once('close', (status, signal) => this.#ended(signal ?? `status ${status}`));
    // Writing to a helper that has just died fails here; `close` tells the one who waits.
    this.#child.stdin?.on('error', () => {});
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#line(line));
    this.#child.stderr?.on(
      'data',
      (text: Buffer) => (this.#stderr = (this.#stderr + text.toString()).slice(-STDERR_KEPT)),
    );
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends one request and waits for its reply. Kills itself after `limitMs`. */
  ask(fields: readonly (string | number)[], limitMs: number): Promise<void> {
    const id = String(++this.#count);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#fail(`it took longer than ${limitMs / 1000} s`);
        this.kill();
      }, limitMs);
      const done = <A extends unknown[]>(then: (...args: A) => void) => {
        return (...args: A): void => {
          clearTimeout(timer);
          then(...args);
        };
      };
      this.#waiting = { id, resolve: done(resolve), reject: done(reject) };
      if (this.#alive) this.#child.stdin?.write(`${[id, ...fields].join('\t')}\n`);
      else this.#fail('R could not be started');
    });
  }

  kill(): void {
    this.#alive = false;
    this.#child.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  #line(line: string): void {
    const [mark, id, outcome, reason] = line.split('\t');
    if (mark !== MARK || id !== this.#waiting?.id) return;
    if (outcome !== 'ok') return this.#fail(decodeURIComponent(reason ?? 'R gave no reason'));
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #fail(reason: string): void {
    this.#waiting?.reject(this.#kind.failed(reason));
    this.#waiting = undefined;
  }

  #ended(how: string): void {
    this.#alive = false;
    const said = this.#stderr.trim().split('\n').at(-1);
    this.#fail(`the R ${this.#kind.what} ended (${how})${said ? `: ${said}` : ''}`);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
