import { basename } from 'node:path';
import { SessionLink, type FarsideClient } from '@farside/client';
import type { SessionInfo } from '@farside/protocol';
import type { Command } from 'commander';
import { connect, withConnection, type ConnectOptions } from './connect.ts';
import { checkJobOptions, startJob, withJobOptions, type JobOptions } from './runAsync.ts';
import { filesOf, fetchChanged } from './runFiles.ts';
import { followRun } from './runFollow.ts';
import { nameIn, scriptText, sendProject } from './runScript.ts';

interface RunOptions extends ConnectOptions, JobOptions {
  url?: string;
  project?: string;
  out?: string;
  keep?: boolean;
}

/** `farside run`: a script on the server with live output, as Rscript does it here. */
export function runCommand(program: Command): void {
  const command = program
    .command('run')
    .argument('<script>', 'an R script on this machine')
    .argument('[args...]', 'what commandArgs(TRUE) gives in the script')
    .description("Runs an R script on the server; ends with 0 or 1 by R's success.")
    // Options that are not ours are the script's; what follows -- is too.
    .allowUnknownOption()
    .option('--url <url>', 'the server (default: FARSIDE_URL)')
    .option('--project <dir>', 'send this folder first and run in it')
    .option('--out <dir>', 'bring back the files that the script made or changed')
    .option('--keep', 'leave the session when the script has ended');
  withConnection(withJobOptions(command)).action(
    async (script: string, args: string[], options: RunOptions) => {
      const mark = args.indexOf('--');
      const own = mark < 0 ? args : args.toSpliced(mark, 1);
      checkJobOptions(options);
      process.exitCode = await runScript(script, own, options);
    },
  );
}

async function runScript(path: string, args: readonly string[], options: RunOptions): Promise<number> {
  const text = await scriptText(path);
  const client = await connect(options.url, options);
  try {
    const folderId = options.project ? await sendProject(client, options.project, text) : undefined;
    if (options.async) {
      const file = nameIn(path, options.project);
      await startJob(client, { file, script: text, args: [...args], folderId }, options);
      return 0;
    }
    const session = await client.call('startSession', { body: { name: basename(path), folderId } });
    try {
      const name = nameIn(path, options.project);
      return await runIn(client, session, { name, text, echo: false, args: [...args] }, options.out);
    } finally {
      if (options.keep)
        process.stderr.write(`The session goes on: farside console --session ${session.id}\n`);
      else await client.call('closeSession', { params: { id: session.id } }).catch(() => undefined);
    }
  } finally {
    client.dispose();
  }
}

interface Script {
  readonly name: string;
  readonly text: string;
  readonly echo: boolean;
  readonly args: readonly string[];
}

async function runIn(
  client: FarsideClient,
  session: SessionInfo,
  script: Script,
  out: string | undefined,
): Promise<number> {
  const before = out ? await filesOf(client, session.id) : [];
  const link = new SessionLink({ client, session: session.id });
  try {
    const code = await followRun(link, script);
    if (out) await fetchChanged(client, { session: session.id, before, out });
    return code;
  } finally {
    link.close();
  }
}
