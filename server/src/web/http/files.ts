import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Request } from 'express';
import { FarsideError } from '@farside/protocol';
import { checkName } from '../../files/paths.ts';
import { putInPlace } from '../../files/put.ts';
import { Root } from '../../files/root.ts';
import { walk } from '../../files/walk.ts';
import type { Handlers } from './bind.ts';
import { bodyOf, storeStream } from './body.ts';
import { sendFile } from './download.ts';
import type { WebDeps } from '../deps.ts';

type Names =
  'uploadSessionFile' | 'listSessionFiles' | 'getSessionFile' | 'deleteSessionFile' | 'files' | 'file';

/** Files of the working directory. They stay readable when the session has ended. */
export function fileHandlers({ sessions, files, config, sync }: WebDeps): Pick<Handlers, Names> {
  const rootOf = async (user: { name: string }, params: Readonly<Record<string, string>>) =>
    new Root((await sessions.owned(user.name, params['id'] ?? '')).workdir);
  const list = async (root: Root) => (await walk(root.dir)).map(({ mark: _mark, ...entry }) => entry);
  return {
    async uploadSessionFile({ user, params, req }) {
      const root = await rootOf(user, params);
      await receiveFile(req, root, files.temporary, config.maxFileBytes);
    },
    async listSessionFiles({ user, params }) {
      const entries = await list(await rootOf(user, params));
      return entries.map((entry) => entry.path).filter((path) => !path.includes('/'));
    },
    async getSessionFile({ user, params, req, res }) {
      await sendFile(await rootOf(user, params), params['fileName'] ?? '', req, res);
    },
    async deleteSessionFile({ user, params }) {
      await (await rootOf(user, params)).remove(params['fileName'] ?? '');
    },
    files: async ({ user, params }) => list(await rootOf(user, params)),
    async file({ user, params, req, res }) {
      await sendFile(await rootOf(user, params), params['path'] ?? '', req, res, sync.hashes);
    },
  };
}

/** One multipart part `file`, stored beside first, so that a broken upload leaves the old file as it was. */
async function receiveFile(req: Request, root: Root, directory: string, limit: number): Promise<void> {
  const form = openForm(req);
  const temporary = join(directory, `${randomUUID()}.part`);
  let received: Promise<string> | undefined;
  form.on('file', (field, stream, { filename }) => {
    // What breaks the form breaks its parts too, also those nobody reads (any more).
    stream.on('error', () => undefined);
    if (received !== undefined || field !== 'file') return void stream.resume();
    received = storePart(stream, filename, temporary, limit);
    received.catch((error: Error) => form.destroy(error));
  });
  try {
    await pipeline(bodyOf(req), form).catch((error: unknown) => {
      throw error instanceof FarsideError
        ? error
        : new FarsideError('badRequest', { reason: 'the form is broken' });
    });
    if (received === undefined)
      throw new FarsideError('badRequest', { reason: 'the form has no part "file"' });
    const name = await received;
    await putInPlace(temporary, await root.place(name), name);
  } finally {
    await received?.catch(() => undefined);
    await rm(temporary, { force: true });
  }
}

async function storePart(stream: Readable, filename: string | undefined, path: string, limit: number) {
  const name = checkName(filename ?? '');
  await storeStream(stream, path, limit, name);
  return name;
}

function openForm(req: Request): busboy.Busboy {
  try {
    // preservePath: a name with folders is refused, not silently shortened.
    return busboy({
      headers: req.headers,
      preservePath: true,
      defParamCharset: 'utf8',
      limits: { parts: 10 },
    });
  } catch {
    throw new FarsideError('badRequest', { reason: 'a multipart/form-data body is needed' });
  }
}
