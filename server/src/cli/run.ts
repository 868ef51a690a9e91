import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { ProjectSync, SessionLink, nodeFiles, type FarsideClient } from '@farside/client';
import { FarsideError, type SessionInfo } from '@farside/protocol';
import type { Command } from 'commander';
import { connect, withConnection, type ConnectOptions } from './connect.ts';
import { filesOf, fetchChanged } from './runFiles.ts';
import { followRun } from './runFollow.ts';

interface RunOptions extends ConnectOptions {
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
  withConnection(command).action(async (script: string, args: string[], options: RunOptions) => {
    const mark = args.indexOf('--');
    const own = mark < 0 ? args : args.toSpliced(mark, 1);
    process.exitCode = await runScript(script, own, options);
  });
}

async function runScript(path: string, args: readonly string[], options: RunOptions): Promise<number> {
  const text = await scriptText(path);
  const client = await connect(options.url, options);
  try {
    const folderId = options.project ? await sendProject(client, options.project, text) : undefined;
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

async function scriptText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FarsideError('noSuchFile', { path }, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch (cause) {
    const reason = `${path} is not UTF-8; convert it first, e.g. with iconv -f latin1 -t utf-8`;
    throw new FarsideError('badInput', { reason }, { cause });
  }
}

/** The script as R's messages should name it: relative to the working directory where it is inside. */
function nameIn(path: string, project: string | undefined): string {
  const inside = relative(resolve(project ?? dirname(path)), resolve(path));
  return inside.startsWith('..') ? basename(path) : inside.split(sep).join('/');
}

/** Sends what changed. What the server changed meanwhile stays, and is named. */
async function sendProject(client: FarsideClient, directory: string, script: string): Promise<string> {
  const root = resolve(directory);
  const include = new Set<string>();
  const files = nodeFiles(root);
  const sync = new ProjectSync({ client, files, key: root, name: basename(root), include: () => include });
  const first = await sync.scan({ script });
  // Nobody to ask here: what the script names is needed.
  for (const path of first.namedButIgnored) include.add(path);
  const scan = first.namedButIgnored.length > 0 ? await sync.scan() : first;
  for (const { path, size } of scan.tooLarge)
    process.stderr.write(`farside: ${path} was not sent: it has ${size} bytes\n`);
  const plan = await sync.plan(scan);
  await sync.upload(plan);
  for (const path of plan.conflicts)
    process.stderr.write(
      `farside: ${path} was not sent: it changed on the server since it was last synced\n`,
    );
  return (await sync.folder()).id;
}
