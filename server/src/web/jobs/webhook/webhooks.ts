import { setTimeout as delay } from 'node:timers/promises';
import type { JobInfo } from '@farside/protocol';
import type { Logger } from 'pino';
import type { JobRow, JobsStore } from '../../../store/jobs.ts';
import { checkWebhook, type WebhookPolicy } from './policy.ts';
import { post, type Posted } from './post.ts';

/** Before the second and each further try. */
const PAUSES_MS: readonly number[] = [2_000, 10_000, 60_000, 300_000];
export const MOST_ATTEMPTS = PAUSES_MS.length + 1;

export interface WebhooksDeps {
  readonly jobs: JobsStore;
  readonly policy: WebhookPolicy;
  readonly key: string;
  readonly log: Logger;
  /** Told when something became known about a job's webhook. */
  readonly changed: (owner: string) => void;
  readonly pausesMs?: readonly number[];
}

/** Tells people's services that their jobs are over: at least once, also when this web node was down at that time. */
export class Webhooks {
  readonly #deps: WebhooksDeps;
  readonly #stopping = new AbortController();
  readonly #telling = new Set<string>();
  constructor(deps: WebhooksDeps) {
    this.#deps = deps;
  }

  /** Throws `webhookRefused`. */
  check(url: string): void {
    checkWebhook(url, this.#deps.policy);
  }

  /** Goes on with what an earlier web node did not finish. */
  async resume(infoOf: (row: JobRow) => JobInfo): Promise<void> {
    for (const row of await this.#deps.jobs.untold()) this.tell(infoOf(row), row.hook_attempts);
  }

  /** Tells about a job that is over, in the background. */
  tell(job: JobInfo, attempts = 0): void {
    if (!job.webhook || this.#telling.has(job.id)) return;
    this.#telling.add(job.id);
    this.#tell(job, job.webhook.url, attempts)
      .catch((err: unknown) => {
        if (!this.#stopping.signal.aborted) this.#deps.log.warn({ err, job: job.id }, 'webhook');
      })
      .finally(() => this.#telling.delete(job.id));
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #tell(job: JobInfo, url: string, attemptsBefore: number): Promise<void> {
    const { jobs, changed, pausesMs = PAUSES_MS } = this.#deps;
    const { signal } = this.#stopping;
    const body = JSON.stringify(messageOf(job));
    if (attemptsBefore > pausesMs.length) {
      await jobs.update(job.id, { hook_state: 'failed', hook_reason: 'the server ended while it was told' });
      return changed(job.owner);
    }
    for (let attempt = attemptsBefore + 1; ; attempt++) {
      // Written down before: a receiver that kills the server is not told for ever.
      await jobs.update(job.id, { hook_attempts: attempt });
      const posted = await this.#post(url, body);
      const isLast = posted.state !== 'failed' || attempt > pausesMs.length;
      const state = posted.state === 'delivered' ? 'delivered' : isLast ? 'failed' : 'pending';
      const reason = posted.state === 'delivered' ? null : posted.reason;
      await jobs.update(job.id, { hook_state: state, hook_reason: reason });
      changed(job.owner);
      if (isLast) return;
      await delay(pausesMs[attempt - 1] ?? 0, undefined, { signal, ref: false });
    }
  }

  /** The administrator may have changed their mind since the job was started. */
  async #post(url: string, body: string): Promise<Posted> {
    const { key, policy } = this.#deps;
    try {
      this.check(url);
    } catch (error) {
      return { state: 'refused', reason: error instanceof Error ? error.message : String(error) };
    }
    return post(new URL(url), body, { key, internal: policy.webhookInternal, signal: this.#stopping.signal });
  }
}

function messageOf({ id, name, state, created, started, ended, message, error }: JobInfo): object {
  return { id, name, state, created, started, ended, message, error };
}
