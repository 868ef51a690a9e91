import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { WebDeps } from '../deps.ts';
import type { Handlers } from './bind.ts';

type Names =
  | 'createSnapshot'
  | 'loadSnapshot'
  | 'listSnapshots'
  | 'snapshots'
  | 'getSnapshotContent'
  | 'deleteSnapshot'
  | 'makeSnapshot'
  | 'mergeSnapshot';

/** Snapshots, in the original's words and in our own. */
export function snapshotHandlers({ snapshots }: WebDeps): Pick<Handlers, Names> {
  const idOf = (params: Readonly<Record<string, string>>) => params['id'] ?? '';
  const snapshotOf = (params: Readonly<Record<string, string>>) => params['snapshotId'] ?? '';
  return {
    async createSnapshot({ user, params, body }) {
      const { snapshotId } = await snapshots.create(user.name, idOf(params), body);
      return { snapshotId };
    },
    async loadSnapshot({ user, params }) {
      await snapshots.load(user.name, idOf(params), snapshotOf(params));
    },
    makeSnapshot: ({ user, params, body }) => snapshots.create(user.name, idOf(params), body),
    mergeSnapshot: ({ user, params, body }) =>
      snapshots.load(user.name, idOf(params), snapshotOf(params), body.attached),
    listSnapshots: ({ user }) => snapshots.list(user.name),
    snapshots: ({ user }) => snapshots.details(user.name),
    async getSnapshotContent({ user, params, req, res }) {
      const id = idOf(params);
      const { size, open } = await snapshots.zip(user.name, id);
      res.set({
        'Content-Type': 'application/zip',
        'Content-Disposition': `attachment; filename="${id}.zip"`,
        'Content-Length': String(size),
      });
      if (req.method === 'HEAD') return void res.end();
      // A reader that goes away is no error of ours. A snapshot that is deleted meanwhile ends the connection.
      await pipeline(open(), exactly(size), res).catch(() => res.destroy());
    },
    deleteSnapshot: ({ user, params }) => snapshots.remove(user.name, idOf(params)),
  };
}

/** Fails at an end that comes too early: the reader would wait for the rest. */
function exactly(size: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      done(passed === size ? null : new Error(`${passed} bytes instead of ${size}`));
    },
  });
}
