import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Final } from '@farside/protocol';
import { z } from 'zod';
import { CreateSession } from '../api.ts';

const Process = z.object({ pid: z.number(), startTime: z.number(), bootId: z.string() });

/** `session.json`: what the journal does not say. */
export const SessionMeta = CreateSession.extend({
  created: z.number(),
  /** The worker; absent until it was started. */
  process: Process.optional(),
  /** The worker's parent, which writes how it ended. */
  parent: Process.optional(),
  /** Set once the session is over, so that its journal need not be read to list it. */
  over: z.object({ final: Final, head: z.number(), lastActivity: z.number() }).optional(),
});
export type SessionMeta = z.infer<typeof SessionMeta>;

const FILE_MODE = 0o600;

export function readMeta(path: string): SessionMeta {
  return SessionMeta.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** Whole or not at all, also when this process is killed meanwhile. */
export function writeMeta(path: string, meta: SessionMeta): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(meta, null, 2), { mode: FILE_MODE });
  renameSync(temporary, path);
}
