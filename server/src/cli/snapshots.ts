import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { FarsideClient } from '@farside/client';
import { bytesText, FarsideError, type Lost, type SnapshotDetail } from '@farside/protocol';
import type { Command } from 'commander';
import { columns, printable } from './columns.ts';
import { withClient, withConnection, type ServerOptions } from './connect.ts';
import { namedSession } from './sessionsFind.ts';

/** R may copy for long; whoever waits can press Ctrl-C. */
const WORK_MS = 6 * 60 * 60_000;
const ID_CHARACTERS = 8;
const NAME_SHOWN = 40;
const REASON_SHOWN = 200;

interface MakeOptions extends ServerOptions {
  readonly name?: string;
  readonly attached?: boolean;
}

/** `farside snapshots`: what a session holds, kept and loaded again. */
export function snapshotsCommand(program: Command): void {
  const snapshots = program.command('snapshots').description('Keep and load the state of sessions.');
  const sub = (usage: string, description: string): Command =>
    withConnection(snapshots.command(usage).description(description)).option(
      '--url <url>',
      'the server (default: FARSIDE_URL)',
    );

  sub('list', 'List your snapshots.')
    .option('--json', 'as JSON')
    .action((options: ServerOptions & { json?: boolean }) =>
      withClient(options, async (client) => {
        const all = await client.call('snapshots');
        say(options.json ? JSON.stringify(all, null, 2) : table(all));
      }),
    );
  sub('create <session>', 'Keep workspace, files and packages of a session.')
    .option('--name <name>', 'a label')
    .option('--attached', 'loading it also attaches packages, sets options and the random seed')
    .action((session: string, options: MakeOptions) =>
      withClient(options, (client) => create(client, session, options)),
    );
  sub('load <snapshot> <session>', 'Merge a snapshot into a session; files and objects are replaced.')
    .option('--attached', 'also attach packages, set options and the random seed')
    .action((snapshot: string, session: string, options: MakeOptions) =>
      withClient(options, (client) => load(client, snapshot, session, options.attached)),
    );
  sub('download <snapshot> <file>', 'Save a snapshot as a zip with .RData and the files.').action(
    (snapshot: string, file: string, options: ServerOptions) =>
      withClient(options, (client) => download(client, snapshot, file)),
  );
  sub('delete <snapshot...>', 'Delete snapshots for good.').action(
    (named: string[], options: ServerOptions) =>
      withClient(options, async (client) => {
        for (const text of named) {
          const { id, name } = await namedSnapshot(client, text);
          await client.call('deleteSnapshot', { params: { id } });
          say(`Deleted ${id.slice(0, ID_CHARACTERS)} ${printable(name)}`);
        }
      }),
  );
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function create(client: FarsideClient, session: string, options: MakeOptions): Promise<void> {
  const { id } = await namedSession(client, session);
  const body = { name: options.name, attached: options.attached };
  const made = await client.call('makeSnapshot', { params: { id }, body, timeoutMs: WORK_MS });
  sayLost('Not in the snapshot:', made.lost);
  say(made.snapshotId);
}

async function load(
  client: FarsideClient,
  snapshot: string,
  session: string,
  attached: boolean | undefined,
): Promise<void> {
  const { id: snapshotId } = await namedSnapshot(client, snapshot);
  const { id } = await namedSession(client, session);
  const options = { params: { id, snapshotId }, body: { attached }, timeoutMs: WORK_MS };
  const { objects, files, packages, lost } = await client.call('mergeSnapshot', options);
  sayLost('Not restored:', lost);
  say(`Loaded ${objects} objects, ${files} files, ${packages.length} packages.`);
}

/** Whole or not at all: a part of a zip is of no use to anybody. */
async function download(client: FarsideClient, text: string, file: string): Promise<void> {
  const { id, contentSize } = await namedSnapshot(client, text);
  const part = `${file}.part`;
  try {
    await pipeline(client.stream('getSnapshotContent', { params: { id } }), createWriteStream(part));
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true });
    if (cause instanceof FarsideError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FarsideError('badRequest', { reason: `the file can not be written: ${reason}` }, { cause });
  }
  process.stderr.write(`${file} (${bytesText(contentSize)})\n`);
}

function sayLost(head: string, lost: readonly Lost[]): void {
  if (lost.length === 0) return;
  const lines = lost.map(
    ({ name, reason }) => `  ${printable(name, REASON_SHOWN)}: ${printable(reason, REASON_SHOWN)}\n`,
  );
  process.stderr.write(`${head}\n${lines.join('')}`);
}

function table(all: readonly SnapshotDetail[]): string {
  if (all.length === 0) return 'There are no snapshots.';
  const rows = all.map(({ id, name, creationTime, contentSize, session, rVersion }) => [
    id.slice(0, ID_CHARACTERS),
    printable(name, NAME_SHOWN),
    creationTime.slice(0, 16).replace('T', ' '),
    bytesText(contentSize),
    rVersion ?? '-',
    session === undefined ? '-' : printable(session, NAME_SHOWN),
  ]);
  return columns([['ID', 'NAME', 'CREATED (UTC)', 'SIZE', 'R', 'SESSION'], ...rows]).trimEnd();
}

/** By the whole id, its beginning or the name, where only one fits. */
async function namedSnapshot(client: FarsideClient, text: string): Promise<SnapshotDetail> {
  const all = await client.call('snapshots');
  const fitting = all.filter(({ id, name }) => name === text || (text !== '' && id.startsWith(text)));
  const found = all.find(({ id }) => id === text) ?? (fitting.length === 1 ? fitting[0] : undefined);
  if (found) return found;
  if (fitting.length > 1)
    throw new FarsideError('badRequest', { reason: `"${text}" fits several snapshots` });
  throw new FarsideError('noSuchSnapshot', { snapshot: text });
}
