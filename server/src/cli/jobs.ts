import type { FarsideClient } from '@farside/client';
import type { JobInfo } from '@farside/protocol';
import type { Command } from 'commander';
import { withClient, withConnection, type ServerOptions } from './connect.ts';
import { runConsole } from './console.ts';
import { namedJob } from './jobsFind.ts';
import { followJob } from './jobsLog.ts';
import { jobResults, type ResultOptions } from './jobsResults.ts';
import { jobsTable, jobText, shortId } from './jobsTable.ts';
import { endText, exitCodeOf, whenOver } from './jobsWait.ts';
import { write } from './output.ts';
import { saveJournal } from './saveJournal.ts';

type Options = ServerOptions;
type Json = Options & { readonly json?: boolean };
type Sub = (usage: string, description: string) => Command;

/** `farside jobs`: what became of the scripts started by `farside run --async`, or in an editor. */
export function jobsCommand(program: Command): void {
  const jobs = program.command('jobs').description('List, follow and control your jobs.');
  const sub: Sub = (usage, description) =>
    withConnection(jobs.command(usage).description(description)).option(
      '--url <url>',
      'the server (default: FARSIDE_URL)',
    );
  lookCommands(sub);
  followCommands(sub);
  controlCommands(sub);
}

function lookCommands(sub: Sub): void {
  sub('list', 'List your jobs, the newest first.')
    .option('--json', 'as JSON, with everything that is known')
    .action((options: Json) =>
      withClient(options, async (client) => {
        const jobs = await client.call('jobs');
        await write(process.stdout, options.json ? asJson(jobs) : jobsTable(jobs));
      }),
    );
  sub('show <id>', 'Show one job. An id may be shortened, or be the name.')
    .option('--json', 'as JSON')
    .action((text: string, options: Json) =>
      one(text, options, async (client, { id }) => {
        const job = await client.call('job', { params: { id } });
        await write(process.stdout, options.json ? asJson(job) : jobText(job));
      }),
    );
  sub('results <id> [names...]', 'List the objects that a job kept, or save them as RDS files.')
    .option('--out <dir>', 'save into this folder: the named ones, or all')
    .option('--frames', 'save the frames of its failure, for load() and utils::debugger()')
    .action((text: string, names: string[], options: Options & ResultOptions) =>
      one(text, options, (client, job) => jobResults(client, job, names, options)),
    );
}

function followCommands(sub: Sub): void {
  sub('log <id>', 'Show all that a job has printed.')
    .option('--follow', 'go on until it is over, and end with its exit code')
    .option('--out <file>', 'write it to a file')
    .action((text: string, options: Options & { follow?: boolean; out?: string }) =>
      one(text, options, async (client, { id, session }) => {
        if (options.follow) process.exitCode = await followJob(client, id);
        else await saveJournal(client, session, options.out);
      }),
    );
  sub('wait <ids...>', 'Wait until jobs are over; ends with 0 when all succeeded, else 1.').action(
    (texts: string[], options: Options) =>
      withClient(options, async (client) => {
        const found = await Promise.all(texts.map((text) => namedJob(client, text)));
        const over = await Promise.all(found.map(({ id }) => whenOver(client, id)));
        for (const job of over)
          if (job.state !== 'succeeded') process.stderr.write(`farside: ${shortId(job)}: ${endText(job)}\n`);
        process.exitCode = Math.max(...over.map((job) => exitCodeOf(job)));
      }),
  );
  sub('attach <id>', 'Open the console of a job, e.g. to answer a question of its script.')
    .option('--read-only', 'only show it; type nothing into it')
    .action(async (text: string, options: Options & { readOnly?: boolean }) => {
      let session = '';
      await one(text, options, async (_client, job) => void (session = job.session));
      process.exitCode = await runConsole(options.url, { ...options, session, echo: true });
    });
}

function controlCommands(sub: Sub): void {
  sub('cancel <id>', 'Stop a job: interrupt it, then end R. What it printed and made stays.').action(
    (text: string, options: Options) =>
      one(text, options, async (client, { id }) => {
        const job = await client.call('cancelJob', { params: { id } });
        process.stdout.write(`The job is ${job.state}.\n`);
      }),
  );
  sub('rerun <id>', 'Run the same script with the same settings as a new job; prints its id.').action(
    (text: string, options: Options) =>
      one(text, options, async (client, { id }) => {
        process.stdout.write(`${(await client.call('rerunJob', { params: { id } })).id}\n`);
      }),
  );
  sub(
    'remove <ids...>',
    'Remove jobs that are over, with output, plots and results; project folders stay.',
  ).action((texts: string[], options: Options) =>
    withClient(options, async (client) => {
      const found = await Promise.all(texts.map((text) => namedJob(client, text)));
      for (const { id } of found) await client.call('removeJob', { params: { id } });
    }),
  );
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const one = (
  text: string,
  options: Options,
  act: (client: FarsideClient, job: JobInfo) => Promise<void>,
): Promise<void> => withClient(options, async (client) => act(client, await namedJob(client, text)));
