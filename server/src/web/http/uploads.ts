import { Server, type Upload } from '@tus/server';
import type { RequestHandler } from 'express';
import { FarsideError, REPR_DIGEST, readReprDigest, toErrorBody } from '@farside/protocol';
import type { WebDeps } from '../deps.ts';
import { answerTus, originOf } from './answerTus.ts';
import { asFarside } from './errors.ts';
import { requireUser } from './principal.ts';
import { finishImport, importTarget, isImport } from '../objects/imports.ts';
import { UploadStore } from './uploadStore.ts';
import { finishUpload, requireMayBegin, type UploadMetadata } from './uploadTarget.ts';

const PATH = '/v2/uploads';
/** An upload that nobody goes on with is removed after this. */
export const UPLOAD_EXPIRES_MS = 24 * 60 * 60_000;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const EXTRA_HEADERS = ['Authorization', REPR_DIGEST];

/** Errors as tus sends them. */
interface TusError {
  readonly status_code: number;
  readonly body: string;
}

/** Resumable uploads by tus 1.0: checked when they begin and again when they are complete, then moved into place. */
export function createUploads(deps: WebDeps): { handle: RequestHandler; cleanUp: () => Promise<number> } {
  const datastore = new UploadStore(deps.files.uploads, UPLOAD_EXPIRES_MS);
  const failed = (error: unknown): TusError => {
    if (isTusError(error)) return error;
    const known = asFarside(error, deps.log);
    return { status_code: known.status, body: JSON.stringify(toErrorBody(known)) };
  };
  const tus = new Server({
    path: PATH,
    datastore,
    maxSize: deps.config.maxFileBytes,
    allowedHeaders: EXTRA_HEADERS,
    // Relative to the address that was asked: right behind every proxy, whatever it does to paths.
    generateUrl: (req, { id }) => (new URL(req.url).pathname.endsWith('/') ? id : `uploads/${id}`),
    onIncomingRequest: (req, id) => requireOwner(datastore, req, id, userOf(req)).catch(rethrow(failed)),
    onUploadCreate: (req, upload) => begin(deps, userOf(req), upload).catch(rethrow(failed)),
    onUploadFinish: async (req, upload) => {
      const { owner = '', ...announced } = metadataOf(upload) as UploadMetadata & { owner?: string };
      const late = readReprDigest(req.headers.get(REPR_DIGEST));
      const metadata = late === undefined ? announced : { hash: late, ...announced };
      try {
        const path = upload.storage?.path ?? '';
        const hash = datastore.hashOf(upload.id, upload.size ?? 0);
        if (!isImport(metadata)) {
          await finishUpload(deps, owner, metadata, path, hash);
          return {};
        }
        const names = await finishImport(deps, owner, metadata, path, hash);
        return { status_code: 200, headers: JSON_TYPE, body: JSON.stringify({ names }) };
      } catch (error) {
        throw failed(error);
      } finally {
        // Also after a failure: a complete upload that is still there would be taken for a success.
        await datastore.remove(upload.id).catch(() => undefined);
        // Not done by remove() when the file was moved away.
        await datastore.configstore.delete(upload.id).catch(() => undefined);
        // Else a request that creates and completes at once would be asked when it expires, and there is nothing left.
        upload.creation_date = undefined;
      }
    },
    onResponseError: (_req, error) => (isTusError(error) ? undefined : failed(error)),
  });
  return {
    handle: async (req, res) => {
      requireUser(req);
      await answerTus(tus, req, res);
    },
    cleanUp: () => tus.cleanUpExpiredUploads(),
  };
}

function userOf(req: object): string {
  const node = originOf(req);
  if (!node) throw new FarsideError('notSignedIn');
  return requireUser(node).name;
}

async function begin(deps: WebDeps, owner: string, upload: Upload) {
  const metadata = metadataOf(upload);
  if (isImport(metadata)) {
    await importTarget(deps, owner, metadata);
    return { metadata: { ...metadata, owner } };
  }
  await requireMayBegin(deps, owner, metadata);
  return { metadata: { ...metadata, owner } };
}

/** Another user's upload does not exist, nor does what can not be read. A new one has no owner yet. */
async function requireOwner(datastore: UploadStore, req: Request, id: string, user: string): Promise<void> {
  if (req.method === 'POST') return;
  const upload = await datastore.getUpload(id).catch(() => undefined);
  if (upload?.metadata?.['owner'] !== user) throw new FarsideError('notFound', { what: 'such upload' });
}

function metadataOf(upload: Upload): UploadMetadata {
  const entries = Object.entries(upload.metadata ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

const isTusError = (error: unknown): error is TusError =>
  typeof error === 'object' && error !== null && 'status_code' in error && 'body' in error;

const rethrow =
  (convert: (error: unknown) => TusError) =>
  (error: unknown): never => {
    throw convert(error);
  };
