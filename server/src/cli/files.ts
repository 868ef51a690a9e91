import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { FarsideClient } from '@farside/client';
import { bytesText, FarsideError, type FileEntry } from '@farside/protocol';
import type { Command } from 'commander';
import { columns } from './columns.ts';
import { withClient, withConnection, type ServerOptions } from './connect.ts';
import { fetchFile, sendFile } from './filesMove.ts';
import { write } from './output.ts';
import { namedSession } from './sessionsFind.ts';

type Json = ServerOptions & { readonly json?: boolean };

/** `farside files`: the files of a session, of any size. */
export function filesCommand(program: Command): void {
  const files = program.command('files').description('List, send, fetch and delete files of a session.');
  const sub = (usage: string, description: string): Command =>
    withConnection(files.command(usage).description(description)).option(
      '--url <url>',
      'the server (default: FARSIDE_URL)',
    );
  sub('list <session>', 'List the files below the working directory.')
    .option('--json', 'as JSON')
    .action((text: string, options: Json) =>
      withClient(options, async (client) => {
        const entries = await client.call('files', { params: { id: await idOf(client, text) } });
        await write(process.stdout, options.json ? `${JSON.stringify(entries, null, 2)}\n` : table(entries));
      }),
    );
  sub('put <session> <file> [path]', 'Send a file; the path is in the working directory (default: its name).')
    .option('--overwrite', 'replace a file that is there')
    .action(
      (
        text: string,
        file: string,
        path: string | undefined,
        options: ServerOptions & { overwrite?: boolean },
      ) =>
        withClient(options, async (client) => {
          const from = resolve(file);
          const session = await idOf(client, text);
          await sendFile(client, {
            session,
            from,
            path: path ?? basename(from),
            overwrite: options.overwrite,
          });
        }),
    );
  sub('get <session> <path> [file]', 'Fetch a file; the place may be a folder (default: here).').action(
    (text: string, path: string, file: string | undefined, options: ServerOptions) =>
      withClient(options, async (client) => {
        const session = await idOf(client, text);
        await fetchFile(client, { session, path, to: await placeOf(file ?? '.', path) });
      }),
  );
  sub('delete <session> <paths...>', 'Delete files, or empty folders.').action(
    (text: string, paths: string[], options: ServerOptions) =>
      withClient(options, async (client) => {
        const id = await idOf(client, text);
        for (const path of paths) await client.call('deleteFile', { params: { id, path } });
      }),
  );
}

const idOf = async (client: FarsideClient, text: string): Promise<string> =>
  (await namedSession(client, text)).id;

/** A name that comes from the server leads nowhere else: only its last part is used. */
async function placeOf(file: string, path: string): Promise<string> {
  const isFolder = await stat(file).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder) return resolve(file);
  const name = basename(path);
  if (name === '' || name === '.' || name === '..')
    throw new FarsideError('badPath', { path, reason: 'it names no file' });
  return resolve(join(file, name));
}

function table(entries: readonly FileEntry[]): string {
  if (entries.length === 0) return 'There are no files.\n';
  const rows = entries.map(({ path, size, modified }) => [
    bytesText(size),
    new Date(modified).toISOString().slice(0, 19).replace('T', ' '),
    path.replace(/\p{Cc}/gu, '\u{fffd}'),
  ]);
  return columns([['SIZE', 'CHANGED (UTC)', 'PATH'], ...rows]);
}
