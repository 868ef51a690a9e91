import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FarsideError, PlotPage, type SessionInfo } from '@farside/protocol';
import { z } from 'zod';
import type { ComputeClient } from '../../compute/client.ts';
import { putInPlace } from '../../files/put.ts';
import { Root } from '../../files/root.ts';
import { sameMark, walk, type FileMark } from '../../files/walk.ts';

/** As in the original: plots of an execution come as files of this size. */
const PLOT_PIXELS = 400;
const FILE_MODE = 0o600;
const PlotPages = z.array(PlotPage);

/** What an execution leaves behind: files it wrote, and its plots drawn to files. */
export class Changes {
  readonly #compute: ComputeClient;
  readonly #session: SessionInfo;
  readonly #temporary: string;
  readonly #files: ReadonlyMap<string, FileMark>;
  readonly #plots: ReadonlyMap<number, number>;
  private constructor(
    compute: ComputeClient,
    session: SessionInfo,
    temporary: string,
    files: ReadonlyMap<string, FileMark>,
    plots: ReadonlyMap<number, number>,
  ) {
    this.#compute = compute;
    this.#session = session;
    this.#temporary = temporary;
    this.#files = files;
    this.#plots = plots;
  }

  /** Remembers how things are before. `temporary`: a directory for files that are not complete. */
  static async begin(compute: ComputeClient, session: SessionInfo, temporary: string): Promise<Changes> {
    const [files, plots] = await Promise.all([walk(session.workdir), listPlots(compute, session.id)]);
    return new Changes(
      compute,
      session,
      temporary,
      new Map(files.map(({ path, mark }) => [path, mark])),
      new Map(plots.map(({ page, revision }) => [page, revision])),
    );
  }

  /** Draws the new plots and names all files that are new or changed. */
  async finish(): Promise<string[]> {
    const pages = await listPlots(this.#compute, this.#session.id);
    const drawn = pages.filter(({ page, revision }) => this.#plots.get(page) !== revision);
    for (const [index, { page }] of drawn.entries()) await this.#draw(page, index + 1);
    const now = await walk(this.#session.workdir);
    return now.filter(({ path, mark }) => !this.#isSame(path, mark)).map(({ path }) => path);
  }

  #isSame(path: string, mark: FileMark): boolean {
    const before = this.#files.get(path);
    return before !== undefined && sameMark(before, mark);
  }

  /** A page that can not be drawn, or whose place is taken by a folder, is left out: the execution itself went well. */
  async #draw(page: number, number: number): Promise<void> {
    const name = `Rplot${String(number).padStart(3, '0')}.png`;
    const query = `format=png&width=${PLOT_PIXELS}&height=${PLOT_PIXELS}&scale=1`;
    const answer = await this.#compute
      .plots(this.#session.id, `plots/${page}?${query}`)
      .catch(() => undefined);
    if (!answer) return;
    // Moved into place, never written through whatever R left under that name: a link, a pipe.
    const temporary = join(this.#temporary, `${randomUUID()}.png`);
    try {
      await pipeline(answer.body, createWriteStream(temporary, { mode: FILE_MODE, flags: 'wx' }));
      await putInPlace(temporary, await new Root(this.#session.workdir).place(name), name);
    } catch (error) {
      if (!(error instanceof FarsideError) || error.code === 'diskFull') throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

async function listPlots(compute: ComputeClient, session: string): Promise<z.infer<typeof PlotPages>> {
  const { body } = await compute.plots(session, 'plots');
  const parts = (await body.toArray()) as Buffer[];
  return PlotPages.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
}
