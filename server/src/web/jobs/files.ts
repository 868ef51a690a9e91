import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRequest } from '@farside/protocol';
import { z } from 'zod';
import { sameMark, walk, type FileMark } from '../../files/walk.ts';
import { rBool, rString, rStrings } from '../rText.ts';

const FILE_MODE = 0o600;
/** Names of more files than this are not listed: nobody reads them, and the job's description is read often. */
const MAX_FILES = 1_000;
const Marks = z.record(z.string(), z.object({ size: z.number(), mtime: z.string(), inode: z.string() }));

/** What the web node keeps of a job beside its row: the script, and what its directory held before. */
export class JobFiles {
  readonly #directory: string;
  constructor(directory: string) {
    this.#directory = directory;
  }

  storeScript(job: string, text: string): Promise<void> {
    return this.#store(this.script(job), text);
  }

  script(job: string): string {
    return join(this.#directory, `${job}.R`);
  }

  /** Remembers how the working directory is before the script begins; what an earlier try remembered stays. */
  async remember(job: string, workdir: string): Promise<void> {
    const path = this.#marks(job);
    if (await isThere(path)) return;
    const marks = (await walk(workdir)).map(({ path: name, mark }) => [name, mark] as const);
    await this.#store(path, JSON.stringify(Object.fromEntries(marks)));
  }

  /** Files that are new or changed since. */
  async changed(job: string, workdir: string): Promise<string[]> {
    const before = await this.#read(job);
    if (!before) return [];
    const isSame = (path: string, mark: FileMark): boolean => {
      const old = before.get(path);
      return old !== undefined && sameMark(old, mark);
    };
    const now = await walk(workdir);
    return now
      .filter(({ path, mark }) => !isSame(path, mark))
      .map(({ path }) => path)
      .slice(0, MAX_FILES);
  }

  /** What is needed only while the job is not over. */
  forget(job: string): Promise<void> {
    return rm(this.#marks(job), { force: true });
  }

  async remove(job: string): Promise<void> {
    await Promise.all([this.forget(job), rm(this.script(job), { force: true })]);
  }

  async #read(job: string): Promise<Map<string, FileMark> | undefined> {
    try {
      const text = await readFile(this.#marks(job), 'utf8');
      return new Map(Object.entries(Marks.parse(JSON.parse(text))));
    } catch {
      return undefined;
    }
  }

  #marks(job: string): string {
    return join(this.#directory, `${job}.files.json`);
  }

  /** Whole or not at all. */
  async #store(path: string, text: string): Promise<void> {
    const fresh = `${path}.${randomUUID()}`;
    try {
      await writeFile(fresh, text, { mode: FILE_MODE, flush: true });
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  }
}

/** The line that runs a job's script. */
export function jobLine(path: string, request: Omit<JobRequest, 'script'>): string {
  const { file, echo, args, results = false, dumpFrames = false } = request;
  const wanted = typeof results === 'boolean' ? rBool(results) : rStrings(results);
  const options = [
    `echo = ${rBool(echo)}`,
    `args = ${args ? rStrings(args) : 'NULL'}`,
    `results = ${wanted}`,
    `frames = ${rBool(dumpFrames)}`,
  ];
  return `farside:::run_job(${rString(path)}, name = ${rString(file)}, ${options.join(', ')})\n`;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
