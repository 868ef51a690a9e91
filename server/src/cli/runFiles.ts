import { resolve } from 'node:path';
import { nodeFiles, safeRelativePath, type FarsideClient } from '@farside/client';
import type { FileEntry } from '@farside/protocol';

export const filesOf = (client: FarsideClient, session: string): Promise<FileEntry[]> =>
  client.call('files', { params: { id: session } });

export interface FetchOptions {
  readonly session: string;
  /** The files that were there before the script ran. */
  readonly before: readonly FileEntry[];
  readonly out: string;
}

/** Brings back the files that are new or changed. */
export async function fetchChanged(client: FarsideClient, options: FetchOptions): Promise<void> {
  const stamp = ({ size, modified }: FileEntry): string => `${size} ${modified}`;
  const before = new Map(options.before.map((entry) => [entry.path, stamp(entry)]));
  const made = (await filesOf(client, options.session)).filter(
    (entry) => before.get(entry.path) !== stamp(entry),
  );
  const target = nodeFiles(resolve(options.out));
  for (const { path } of made) {
    const bytes = await client.call('file', { params: { id: options.session, path } });
    await target.write(safeRelativePath(path), bytes);
    process.stderr.write(`${options.out}/${path}\n`);
  }
}
