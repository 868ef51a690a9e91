import { basename } from 'node:path';
import type { FarsideClient } from '@farside/client';
import { FarsideError, type JobRequest } from '@farside/protocol';
import type { Command } from 'commander';

/** The flags of `farside run` that make a job of a script. */
export interface JobOptions {
  async?: boolean;
  name?: string;
  results?: string;
  resultsAll?: boolean;
  dumpFrames?: boolean;
  webhook?: string;
  out?: string;
  keep?: boolean;
}

export function withJobOptions(command: Command): Command {
  return command
    .option('--async', 'run it as a job: print its id and leave')
    .option('--name <text>', 'with --async: its name in the list of jobs')
    .option('--results <names>', 'with --async: objects to keep as results, e.g. fit,table')
    .option('--results-all', 'with --async: keep all objects of the workspace')
    .option('--dump-frames', 'with --async: keep the frames of a failure for utils::debugger()')
    .option('--webhook <url>', 'with --async: told by POST when the job is over');
}

/** Throws `badRequest` for flags that do not go together. */
export function checkJobOptions(options: JobOptions): void {
  const { async: asJob, out, keep, name, results, resultsAll, dumpFrames, webhook } = options;
  const refuse = (reason: string): never => {
    throw new FarsideError('badRequest', { reason });
  };
  if (asJob && (out !== undefined || keep))
    refuse('--out and --keep do not go with --async; see farside jobs results');
  if (results !== undefined && resultsAll) refuse('say --results or --results-all, not both');
  const forJobs = { name, results, 'results-all': resultsAll, 'dump-frames': dumpFrames, webhook };
  for (const [flag, value] of Object.entries(forJobs))
    if (!asJob && value !== undefined) refuse(`--${flag} goes with --async; flags of the script follow --`);
}

type Script = Pick<JobRequest, 'file' | 'script' | 'args' | 'folderId'>;

/** Starts a job. Its id alone goes to standard output, so that a script of the shell can take it. */
export async function startJob(client: FarsideClient, script: Script, options: JobOptions): Promise<void> {
  const { dumpFrames, webhook, name = basename(script.file) } = options;
  const results = options.resultsAll ? true : namesIn(options.results);
  const body = { ...script, name, echo: false, results, dumpFrames, webhook };
  const { id } = await client.call('startJob', { body });
  process.stdout.write(`${id}\n`);
  process.stderr.write(
    `The job runs on the server. Follow it: farside jobs log --follow ${id.slice(0, 8)}\n`,
  );
}

function namesIn(list: string | undefined): string[] | undefined {
  const names = list?.split(',').map((name) => name.trim());
  return names?.filter((name) => name !== '');
}
