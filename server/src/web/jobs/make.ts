import type { ServeConfig } from '../../config.ts';
import type { WebDeps } from '../deps.ts';
import { JobFiles } from './files.ts';
import { Jobs } from './jobs.ts';
import { loadWebhookKey } from './webhook/key.ts';
import { Webhooks } from './webhook/webhooks.ts';

/** The parts of jobs, put together. */
export function makeJobs(
  policy: ServeConfig,
  parts: Pick<WebDeps, 'files' | 'log' | 'store' | 'compute' | 'sessions'>,
): Jobs {
  const { files, log, store } = parts;
  const webhooks = new Webhooks({
    jobs: store.jobs,
    policy,
    key: loadWebhookKey(files.webhookKey),
    log,
    changed: (owner) => jobs.changed(owner),
  });
  const jobs: Jobs = new Jobs({ ...parts, jobFiles: new JobFiles(files.jobs), webhooks });
  return jobs;
}
