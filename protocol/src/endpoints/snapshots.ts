import { z } from 'zod';
import { LoadedSnapshot, MadeSnapshot, SnapshotInfo } from '../snapshots.ts';
import { endpoint } from './endpoint.ts';

const Name = z.string().max(200);

/** Snapshots of sessions: the original's operations, and two of our own that say what was lost. */
export const SNAPSHOT_ENDPOINTS = {
  createSnapshot: endpoint({
    method: 'POST',
    path: '/sessions/:id/snapshot',
    status: 201,
    auth: true,
    body: z.object({ name: Name.nullish() }),
    reply: z.object({ snapshotId: z.string() }),
    summary: 'Keep workspace, files and session packages. 409 while R is busy.',
    errors: ['sessionEnded', 'sessionBusy', 'snapshotFailed', 'diskFull'],
  }),
  loadSnapshot: endpoint({
    method: 'POST',
    path: '/sessions/:id/loadsnapshot/:snapshotId',
    status: 200,
    auth: true,
    reply: 'none',
    summary: 'Merge a snapshot into a session; objects and files of the same name are replaced.',
    errors: ['noSuchSnapshot', 'sessionEnded', 'sessionBusy', 'snapshotFailed', 'diskFull'],
  }),
  listSnapshots: endpoint({
    method: 'GET',
    path: '/snapshots',
    status: 200,
    auth: true,
    reply: z.array(SnapshotInfo),
    summary: 'My snapshots, the oldest first.',
  }),
  getSnapshotContent: endpoint({
    method: 'GET',
    path: '/snapshots/:id',
    status: 200,
    auth: true,
    reply: 'bytes',
    summary: 'A zip: `.RData` with the workspace and all files of the working directory.',
    produces: ['application/zip'],
    errors: ['noSuchSnapshot'],
  }),
  deleteSnapshot: endpoint({
    method: 'DELETE',
    path: '/snapshots/:id',
    status: 200,
    auth: true,
    reply: 'none',
    summary: 'Delete a snapshot for good.',
    errors: ['noSuchSnapshot'],
  }),
  makeSnapshot: endpoint({
    method: 'POST',
    path: '/v2/sessions/:id/snapshots',
    status: 201,
    auth: true,
    body: z.object({
      name: Name.nullish(),
      /** Loading it also attaches the packages, and sets the options and the random seed. */
      attached: z.boolean().optional(),
    }),
    reply: MadeSnapshot,
    summary: 'Keep workspace, files and session packages, and say what could not be kept.',
    errors: ['sessionEnded', 'sessionBusy', 'snapshotFailed', 'diskFull'],
  }),
  mergeSnapshot: endpoint({
    method: 'POST',
    path: '/v2/sessions/:id/snapshots/:snapshotId/load',
    status: 200,
    auth: true,
    body: z.object({
      /** Absent: as it was said when the snapshot was made. */
      attached: z.boolean().optional(),
    }),
    reply: LoadedSnapshot,
    summary: 'Merge a snapshot into a session, and say what could not be restored.',
    errors: ['noSuchSnapshot', 'sessionEnded', 'sessionBusy', 'snapshotFailed', 'diskFull'],
  }),
} as const;
