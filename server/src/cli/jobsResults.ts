import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FarsideClient } from '@farside/client';
import { bytesText, FarsideError, type JobInfo } from '@farside/protocol';
import { columns, printable } from './columns.ts';

export interface ResultOptions {
  readonly out?: string;
  readonly frames?: boolean;
}
const NAME_SHOWN = 200;
const FRAMES_FILE = 'frames.RData';

/** Lists the results of a job, or saves them, or some of them, as files. */
export async function jobResults(
  client: FarsideClient,
  job: JobInfo,
  names: readonly string[],
  { out, frames }: ResultOptions,
): Promise<void> {
  if (frames && !job.frames)
    throw new FarsideError('notFound', { what: `dump of frames of the job "${job.name}"` });
  const all = job.results.map(({ name }) => name);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new FarsideError('notFound', { what: `result "${unknown}"` });
  if (out === undefined && names.length === 0 && !frames) return void process.stdout.write(listOf(job));
  const directory = out ?? '.';
  await mkdir(directory, { recursive: true });
  const files = fileNames(all);
  const wanted = names.length > 0 || frames ? names : all;
  for (const name of wanted) {
    const pieces = client.stream('jobResult', { params: { id: job.id, name } });
    await save(pieces, join(directory, files.get(name) ?? 'result.rds'));
  }
  if (frames)
    await save(client.stream('jobFrames', { params: { id: job.id } }), join(directory, FRAMES_FILE));
}

function listOf({ results }: JobInfo): string {
  if (results.length === 0) return 'The job kept no results.\n';
  const rows = results.map((r) => [printable(r.name), printable(r.class), bytesText(r.size)]);
  return columns([['NAME', 'CLASS', 'SIZE'], ...rows]);
}

/** Names of objects come from the server: none of them leads out of the folder, and no two share a file. */
export function fileNames(names: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const safe = name.replace(/[\p{Cc}/\\:*?"<>|]/gu, '_').slice(0, NAME_SHOWN) || '_';
    let file = `${safe}.rds`;
    for (let n = 2; taken.has(file.toLowerCase()); n++) file = `${safe}-${n}.rds`;
    taken.add(file.toLowerCase());
    files.set(name, file);
  }
  return files;
}

async function save(pieces: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  try {
    await pipeline(pieces, createWriteStream(path));
  } catch (cause) {
    if (cause instanceof FarsideError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FarsideError('badRequest', { reason: `the file can not be written: ${reason}` }, { cause });
  }
  process.stderr.write(`${path}\n`);
}
