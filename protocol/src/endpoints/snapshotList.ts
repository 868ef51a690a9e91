import { z } from 'zod';
import { SnapshotDetail } from '../snapshots.ts';
import { endpoint } from './endpoint.ts';

/** What the original's list of snapshots has no place for. */
export const SNAPSHOT_LIST_ENDPOINTS = {
  snapshots: endpoint({
    method: 'GET',
    path: '/v2/snapshots',
    status: 200,
    auth: true,
    reply: z.array(SnapshotDetail),
    summary: 'My snapshots, the oldest first, with the session and the R that they are of.',
  }),
} as const;
