import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rBool, rString, rStrings } from './rText.ts';

/** Texts kept for each session; more than can wait in R's queue at a time, so none goes before it was read. */
const KEPT_RUNS = 200;
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** The text of an editor or of a request, to be run as a file. */
export interface Run {
  readonly text: string;
  /** As errors and source references should name it. */
  readonly name: string;
  readonly echo: boolean;
  readonly args?: readonly string[];
}

/**
 * Stores a text and gives the line that runs it. The same id stores the same file again, so that an input sent
 * again finds what it needs.
 */
export async function storeRun(directory: string, id: string, run: Run): Promise<string> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  const path = join(directory, basename(`${id}.R`));
  // Put in place whole: R may be reading the file of the first time when the same input is sent again.
  const fresh = `${path}.${randomUUID()}`;
  await writeFile(fresh, run.text, { mode: FILE_MODE });
  await rename(fresh, path);
  await prune(directory);
  const args = run.args ? `, args = ${rStrings(run.args)}` : '';
  return `farside:::run_file(${rString(path)}, ${rString(run.name)}, echo = ${rBool(run.echo)}${args})\n`;
}

/** What people see in place of that line. */
export const shownAs = (run: Run): string => `source(${rString(run.name)}${run.echo ? ', echo = TRUE' : ''})`;

async function prune(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.length <= KEPT_RUNS) return;
  const ages = await Promise.all(
    names.map(async (name) => ({
      name,
      time: await stat(join(directory, name)).then(
        (s) => s.mtimeMs,
        () => 0,
      ),
    })),
  );
  const old = ages.sort((a, b) => b.time - a.time).slice(KEPT_RUNS);
  await Promise.all(old.map(({ name }) => rm(join(directory, name), { force: true })));
}
