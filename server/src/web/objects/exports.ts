import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { FarsideError, ObjectExport, type ExportRequest } from '@farside/protocol';
import type { ComputeClient } from '../../compute/client.ts';
import { hashFile } from '../../files/hashes.ts';
import { hashWhileWritten } from '../../files/hashWhileWritten.ts';
import { DIRECTORY_MODE } from '../../files/root.ts';
import type { DataFiles } from '../dataFiles.ts';
import { rString, rStrings } from '../rText.ts';
import { transferCall } from './askR.ts';

/** An export that nobody asks for any more goes after this. */
export const EXPORT_EXPIRES_MS = 60 * 60_000;
const Exported = ObjectExport.pick({ size: true, names: true, skipped: true }).extend({
  // A worker that was started by an older server leaves such objects out.
  incomplete: ObjectExport.shape.incomplete.default([]),
});
const EXPORT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface ExportsDeps {
  readonly compute: ComputeClient;
  readonly files: DataFiles;
  readonly maxFileBytes: number;
}

/** Objects that R wrote to files, beside their session, until they are fetched. */
export class Exports {
  readonly #deps: ExportsDeps;
  /** Being written: not to be cleaned away. */
  readonly #making = new Set<string>();
  /** By path. */
  readonly #hashes = new Map<string, Promise<string>>();
  constructor(deps: ExportsDeps) {
    this.#deps = deps;
  }

  /** Throws `sessionBusy`, `noSuchObject`, `objectsTooLarge`, `diskFull`. */
  async make(session: string, request: ExportRequest): Promise<ObjectExport> {
    const directory = this.#deps.files.exports(session);
    const id = randomUUID();
    const part = `${id}.part`;
    const [path, place] = [join(directory, part), join(directory, id)];
    this.#making.add(part);
    try {
      await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
      const writing = this.#write(session, request, path, place);
      const hashing = hashWhileWritten(
        path,
        writing.then(() => place),
      );
      // Who asks for it gets the error.
      hashing.catch(() => undefined);
      const about = await writing.catch(async (error: unknown) => {
        await Promise.allSettled([hashing]);
        throw error;
      });
      this.#hashes.set(place, hashing);
      return { id, ...about, ...(request.hash === undefined && { hash: await hashing }) };
    } finally {
      await rm(path, { force: true });
      this.#making.delete(part);
    }
  }

  /** What R says about the objects, when they are in place. */
  async #write(
    session: string,
    request: ExportRequest,
    path: string,
    place: string,
  ): Promise<z.infer<typeof Exported>> {
    const { compute, maxFileBytes } = this.#deps;
    const names = 'names' in request ? rStrings(request.names) : 'NULL';
    const code = `farside:::rpc_export(${rString(path)}, ${names}, ${maxFileBytes})`;
    const about = Exported.parse(JSON.parse(await transferCall(compute, session, code)));
    await rename(path, place);
    return about;
  }

  /** The directory of an export, which is used now; throws `notFound`. */
  async use(session: string, id: string): Promise<string> {
    const directory = this.#deps.files.exports(session);
    try {
      const path = join(directory, checked(id));
      const { mtime } = await stat(path);
      // The time of use; that of change is a part of its name for those who go on with it.
      await utimes(path, new Date(), mtime);
      return directory;
    } catch {
      throw new FarsideError('notFound', { what: 'export' });
    }
  }

  /** Size in bytes and SHA-256, hex. Throws `notFound`. */
  async digest(session: string, id: string): Promise<{ size: number; hash: string }> {
    const path = join(await this.use(session, id), id);
    // One that an earlier server made has none yet.
    const hashing = this.#hashes.get(path) ?? hashFile(path);
    this.#hashes.set(path, hashing);
    try {
      return { size: (await stat(path)).size, hash: await hashing };
    } catch {
      // It went meanwhile.
      this.#hashes.delete(path);
      throw new FarsideError('notFound', { what: 'export' });
    }
  }

  /** It is gone at once; a large one gives its memory back by and by. */
  async remove(session: string, id: string): Promise<void> {
    const path = join(await this.use(session, id), id);
    const gone = `${path}.part`;
    await rename(path, gone);
    this.#hashes.delete(path);
    // What is left of it is swept.
    rm(gone, { force: true }).catch(() => undefined);
  }

  /** Removes what was given up, what an earlier server left, and what is of sessions that are over. */
  async sweep(): Promise<void> {
    const { compute, files } = this.#deps;
    for (const { id, state } of await compute.list()) {
      const directory = files.exports(id);
      if (state.state === 'ended') await rm(directory, { recursive: true, force: true });
      else await this.#sweepOne(directory);
    }
    for (const path of this.#hashes.keys())
      if (!(await stat(path).catch(() => undefined))) this.#hashes.delete(path);
  }

  async #sweepOne(directory: string): Promise<void> {
    for (const name of await readdir(directory).catch(() => [])) {
      const path = join(directory, name);
      const used = await stat(path).then(
        ({ atimeMs, mtimeMs }) => Math.max(atimeMs, mtimeMs),
        () => 0,
      );
      const part = /^(.+\.part)(\.(alone|resolved))?$/.exec(name)?.[1];
      const isLeft = part !== undefined && !this.#making.has(part);
      if (isLeft || (EXPORT_ID.test(name) && Date.now() - used > EXPORT_EXPIRES_MS))
        await rm(path, { force: true });
    }
  }
}

function checked(id: string): string {
  if (!EXPORT_ID.test(id)) throw new FarsideError('notFound', { what: 'export' });
  return id;
}
