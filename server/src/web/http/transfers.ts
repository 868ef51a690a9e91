import { markOf } from '../../files/walk.ts';
import { Root } from '../../files/root.ts';
import type { WebDeps } from '../deps.ts';
import type { Handlers } from './bind.ts';
import { sendFile } from './download.ts';

type Names = 'exportObjects' | 'exported' | 'exportDigest' | 'removeExport' | 'digest' | 'deleteFile';

/** Objects and files on their way; uploads are in uploads.ts. */
export function transferHandlers({ sessions, exports, sync }: WebDeps): Pick<Handlers, Names> {
  const owned = async (user: { name: string }, params: Readonly<Record<string, string>>) =>
    sessions.owned(user.name, params['id'] ?? '');
  return {
    async exportObjects({ user, params, body, res }) {
      const { id } = await sessions.running(user.name, params['id'] ?? '');
      const made = await exports.make(id, body);
      // Nobody waits for it any more.
      if (res.destroyed) await exports.remove(id, made.id);
      return made;
    },
    async exported({ user, params, req, res }) {
      const { id } = await owned(user, params);
      const name = params['export'] ?? '';
      await sendFile(new Root(await exports.use(id, name)), name, req, res);
    },
    async exportDigest({ user, params }) {
      const { id } = await owned(user, params);
      return exports.digest(id, params['export'] ?? '');
    },
    async removeExport({ user, params }) {
      const { id } = await owned(user, params);
      await exports.remove(id, params['export'] ?? '');
    },
    async digest({ user, params }) {
      const path = params['path'] ?? '';
      const { handle, stats, realPath } = await new Root((await owned(user, params)).workdir).open(path);
      try {
        const hash = await sync.hashes.ofOpen(handle, realPath, markOf(stats));
        return { path, size: Number(stats.size), modified: Number(stats.mtimeMs), hash };
      } finally {
        await handle.close();
      }
    },
    async deleteFile({ user, params }) {
      await new Root((await owned(user, params)).workdir).remove(params['path'] ?? '');
    },
  };
}
