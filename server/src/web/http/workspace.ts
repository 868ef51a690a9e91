import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FarsideError, WorkspaceObject } from '@farside/protocol';
import { z } from 'zod';
import type { Handlers } from './bind.ts';
import { bodyOf, storeStream } from './body.ts';
import type { WebDeps } from '../deps.ts';
import { rString } from '../rText.ts';

type Names =
  'listWorkspaceObjects' | 'setWorkspaceObject' | 'getWorkspaceObject' | 'deleteWorkspaceObject' | 'objects';

/** Looking must not wait long for a busy R. */
const LOOK_MS = 5_000;
/** Large objects take their time to be read and written. */
const TRANSFER_MS = 10 * 60_000;
const Objects = z.array(WorkspaceObject);

/** The objects of a session. All of them are out-of-band calls: nothing shows in the console. */
export function workspaceHandlers(deps: WebDeps): Pick<Handlers, Names> {
  const { sessions, compute, files, config } = deps;
  const running = async (user: { name: string }, params: Readonly<Record<string, string>>) =>
    (await sessions.running(user.name, params['id'] ?? '')).id;
  const list = async (id: string) =>
    Objects.parse(JSON.parse(await compute.callText(id, 'farside:::rpc_objects()', LOOK_MS)));
  return {
    objects: async ({ user, params }) => list(await running(user, params)),
    listWorkspaceObjects: async ({ user, params }) =>
      (await list(await running(user, params))).map((o) => o.name),
    async setWorkspaceObject({ user, params, req }) {
      const id = await running(user, params);
      const name = objectName(params);
      const path = join(files.temporary, `${randomUUID()}.object`);
      try {
        await storeStream(bodyOf(req), path, config.maxFileBytes, name);
        await compute.callText(
          id,
          `farside:::rpc_assign_file(${rString(name)}, ${rString(path)}, ${config.maxFileBytes})`,
          TRANSFER_MS,
        );
      } finally {
        await rm(path, { force: true });
      }
    },
    async getWorkspaceObject({ user, params, res }) {
      const id = await running(user, params);
      const name = objectName(params);
      const code = `farside:::rpc_serialize(${rString(name)})`;
      const body = await compute.call(id, code, TRANSFER_MS).catch(objectError(name));
      res.set('Content-Type', 'application/octet-stream');
      await pipeline(body as Readable, res).catch(() => res.destroy());
    },
    async deleteWorkspaceObject({ user, params }) {
      const id = await running(user, params);
      const name = objectName(params);
      await compute.callText(id, `farside:::rpc_remove(${rString(name)})`, LOOK_MS).catch(objectError(name));
    },
  };
}

const MAX_NAME_BYTES = 10_000;
function objectName(params: Readonly<Record<string, string>>): string {
  const name = params['objectName'] ?? '';
  if (name === '' || name.includes('\0') || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new FarsideError('badRequest', { reason: 'that is not the name of an R object' });
  return name;
}

/** R's own words for a missing object become the error of that name. */
const objectError = (name: string) => (error: unknown) => {
  const isAbsent =
    error instanceof FarsideError &&
    error.code === 'callFailed' &&
    String(error.details['reason']).startsWith('There is no object');
  throw isAbsent ? new FarsideError('noSuchObject', { name }) : error;
};
