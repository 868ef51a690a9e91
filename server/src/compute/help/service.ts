import { stat } from 'node:fs/promises';
import { FarsideError } from '@farside/protocol';
import { ByteCache } from '../helper/cache.ts';
import type { HelperKind } from '../helper/helperR.ts';
import { HelperQueue } from '../helper/queue.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';

const LIMITS = {
  /** The first search reads every installed package. Below the 60 s a client waits for a reply. */
  limitMs: 50_000,
  idleMs: 5 * 60_000,
  cacheBytes: 32 * 1024 * 1024,
} as const;
const KIND: HelperKind = {
  main: 'help_main',
  what: 'that reads documentation',
  failed: (reason) => new FarsideError('helpFailed', { reason }),
};

/** `what` is asked with up to three words: see `help_main` in r/farside/R/help.R. */
export interface HelpQuestion {
  readonly what: 'topic' | 'search' | 'vignettes' | 'vignette';
  readonly words: readonly [string, string, string];
}

/**
 * Documentation of the packages in some libraries, as JSON. No session is asked: one helper R for each owner, whose
 * packages may run code of their own while a page is formatted.
 */
export class Help {
  readonly #runtime: WorkerRuntime;
  readonly #limitMs: number;
  readonly #cache = new ByteCache(LIMITS.cacheBytes);
  readonly #queues = new Map<string, HelperQueue>();

  constructor(runtime: WorkerRuntime, limitMs: number = LIMITS.limitMs) {
    this.#runtime = runtime;
    this.#limitMs = limitMs;
  }

  /** `libraries`: none for those of a new session. JSON, `null` when there is no such thing. */
  async ask(owner: string, libraries: readonly string[], question: HelpQuestion): Promise<Uint8Array> {
    const { what, words } = question;
    const key = JSON.stringify([owner, what, words, await stamps(libraries)]);
    const kept = this.#cache.get(key);
    if (kept) return kept;
    const values = [libraries.join('\n'), ...words, ''];
    const answer = await this.#queue(owner).ask(
      (target) => [what, ...[...values, target].map(encodeURIComponent)],
      'Reading documentation',
    );
    // Without libraries nobody tells when a package comes or goes.
    if (libraries.length > 0) this.#cache.set(key, answer);
    return answer;
  }

  /** The helper's process of an owner, while there is one. */
  pid(owner: string): number | undefined {
    return this.#queues.get(owner)?.pid;
  }

  dispose(): void {
    for (const queue of this.#queues.values()) queue.dispose();
    this.#queues.clear();
  }

  #queue(owner: string): HelperQueue {
    let queue = this.#queues.get(owner);
    if (!queue) {
      const { idleMs } = LIMITS;
      queue = new HelperQueue({ runtime: this.#runtime, kind: KIND, limitMs: this.#limitMs, idleMs });
      this.#queues.set(owner, queue);
    }
    return queue;
  }
}

/** Installing and removing packages touches the library's directory. */
async function stamps(libraries: readonly string[]): Promise<[string, number][]> {
  return Promise.all(
    libraries.map(async (dir) => [dir, (await stat(dir).catch(() => undefined))?.mtimeMs ?? 0] as const),
  ).then((all) => all.map(([dir, at]) => [dir, at]));
}
