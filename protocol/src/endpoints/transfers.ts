import { z } from 'zod';
import { FileEntry } from '../models.ts';
import { endpoint } from './endpoint.ts';

/** Names of R objects are this long at most, in bytes. */
const MAX_OBJECT_NAME = 10_000;
const MAX_OBJECTS = 100_000;

/** The answer comes as soon as the objects are written; who wants their hash asks for it, see `exportDigest`. */
const hash = z.literal('later').optional();

export const ExportRequest = z.union([
  z.strictObject({ names: z.array(z.string().min(1).max(MAX_OBJECT_NAME)).max(MAX_OBJECTS), hash }),
  z.strictObject({ all: z.literal(true), hash }),
]);
export type ExportRequest = z.infer<typeof ExportRequest>;

const Told = z.object({ name: z.string(), reason: z.string() });

/** Objects in a file: R's serialization (version 3, binary, uncompressed) of a named list. */
export const ObjectExport = z.object({
  id: z.string(),
  size: z.number(),
  /** SHA-256, hex; absent when it was asked for later. */
  hash: z.string().optional(),
  names: z.array(z.string()),
  /** What can not travel and is not in the file, with the reason. */
  skipped: z.array(Told),
  /** What is in the file without a part that can not travel, such as a connection in a list. */
  incomplete: z.array(Told),
});
export type ObjectExport = z.infer<typeof ObjectExport>;

/** Objects and files of any size; uploads are tus, see `uploads`. */
export const TRANSFER_ENDPOINTS = {
  exportObjects: endpoint({
    method: 'POST',
    path: '/v2/sessions/:id/exports',
    status: 201,
    auth: true,
    body: ExportRequest,
    reply: ObjectExport,
    summary:
      'Objects of the session written to a file to be fetched; R does it at idle, and nothing is evaluated.',
    errors: ['sessionEnded', 'sessionBusy', 'noSuchObject', 'objectsTooLarge', 'callFailed', 'diskFull'],
  }),
  exported: endpoint({
    method: 'GET',
    path: '/v2/sessions/:id/exports/:export',
    status: 200,
    auth: true,
    reply: 'bytes',
    summary: 'The file of an export; answers range requests. It goes an hour after it was last asked for.',
    ranges: true,
    errors: ['notFound'],
  }),
  exportDigest: endpoint({
    method: 'GET',
    path: '/v2/sessions/:id/exports/:export/digest',
    status: 200,
    auth: true,
    reply: z.object({ size: z.number(), hash: z.string() }),
    summary:
      'Size and SHA-256 of an export, when it is known: it is computed while the file is written and fetched.',
    errors: ['notFound'],
  }),
  removeExport: endpoint({
    method: 'DELETE',
    path: '/v2/sessions/:id/exports/:export',
    status: 200,
    auth: true,
    reply: 'none',
    summary: 'Remove an export that was fetched.',
    errors: ['notFound'],
  }),
  digest: endpoint({
    method: 'GET',
    path: '/v2/sessions/:id/digest/*path',
    status: 200,
    auth: true,
    reply: FileEntry.required(),
    summary: 'Size and SHA-256 of one file; the hash is kept while the file stays as it is.',
    errors: ['badPath', 'noSuchFile', 'forbidden'],
  }),
  deleteFile: endpoint({
    method: 'DELETE',
    path: '/v2/sessions/:id/files/*path',
    status: 200,
    auth: true,
    reply: 'none',
    summary: 'Delete one file, also in a sub-folder, or an empty folder.',
  }),
} as const;
