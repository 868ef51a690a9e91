import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Comparer, type Difference } from './comparer.ts';
import type { Stage } from './stage.ts';
import type { Subject } from './subject.ts';

const PROGRAM = join(import.meta.dirname, 'followerProcess.ts');
const FINISH_MS = 120_000;

/** A client of a session in another process, see followerProcess.ts. */
export class Follower {
  readonly #child: ChildProcess;
  readonly #subject: Subject;
  readonly #path: string;

  private constructor(subject: Subject, child: ChildProcess, path: string) {
    this.#subject = subject;
    this.#child = child;
    this.#path = path;
  }

  static async open(stage: Stage, subject: Subject): Promise<Follower> {
    const path = join(stage.dir, `follower-${subject.id}`);
    // Its own sign-in: a refresh token is used once.
    const body = { username: stage.server.username, password: stage.server.password };
    const pair = await stage.persist((client) => client.call('login', { body }));
    const args = [PROGRAM, `http://127.0.0.1:${stage.port}`, subject.id, path, JSON.stringify(pair)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    return new Follower(subject, child, path);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits until it has seen all, and compares. The session must be at rest. */
  async finish(): Promise<{ difference: Difference; problems: string[] }> {
    const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(FINISH_MS) });
    this.#child.stdin?.write(`${this.#subject.primary.cursor}\n`);
    const problems: string[] = [];
    await exited.catch(() => {
      problems.push('the client in another process did not come to the end');
      this.stop();
    });
    const comparer = new Comparer(this.#subject.truth);
    for await (const chunk of createReadStream(this.#path)) comparer.take(chunk as Buffer);
    return { difference: comparer.finish(), problems };
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
