import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeRecord, FarsideError, type JournalRecord } from '@farside/protocol';
import { crc32 } from 'node:zlib';
import type { WebDeps } from '../deps.ts';
import { journalOf } from '../journal.ts';
import { JournalText } from '../journalText.ts';
import type { Handlers } from './bind.ts';

type Names = 'renameSession' | 'interruptSession' | 'endSession' | 'removeSession' | 'sessionJournal';

/** Text is sent in pieces of about this size, in characters. */
const PIECE = 64 * 1024;

/** What a list of sessions can do to one of them. Sessions of others do not exist here. */
export function sessionControlHandlers({ sessions, compute }: WebDeps): Pick<Handlers, Names> {
  const idOf = (params: Readonly<Record<string, string>>) => params['id'] ?? '';
  return {
    async renameSession({ user, params, body }) {
      const { id } = await sessions.owned(user.name, idOf(params));
      return compute.rename(id, body.name);
    },
    async interruptSession({ user, params, body }) {
      const { id } = await sessions.running(user.name, idOf(params));
      await compute.interrupt(id, body.level);
    },
    async endSession({ user, params, body }) {
      const { force, graceMs, saveWorkspace } = body;
      const id = idOf(params);
      await sessions.end(user.name, id, force ? { force } : { graceMs, saveWorkspace });
      return sessions.info(user.name, id);
    },
    async removeSession({ user, params }) {
      const { id, kind } = await sessions.info(user.name, idOf(params));
      // Its results are the job's.
      if (kind === 'job')
        throw new FarsideError('badRequest', { reason: 'this session belongs to a job: remove the job' });
      await sessions.remove(user.name, id);
    },
    async sessionJournal({ user, params, query, res }) {
      const { id } = await sessions.info(user.name, idOf(params));
      const records = journalOf(compute, id, query.after);
      const isText = query.format === 'text';
      res.set({
        'Content-Type': isText ? 'text/plain; charset=utf-8' : 'application/octet-stream',
        // Never shown by a browser as a page of this server, whatever R has printed.
        'Content-Disposition': `attachment; filename="journal.${isText ? 'txt' : 'bin'}"`,
        'X-Content-Type-Options': 'nosniff',
      });
      const body = Readable.from(isText ? texts(records) : raw(records), { objectMode: false });
      // A reader that goes away is no error of ours.
      await pipeline(body, res).catch(() => res.destroy());
    },
  };
}

async function* texts(records: AsyncIterable<JournalRecord>): AsyncGenerator<Buffer> {
  const journal = new JournalText();
  let piece = '';
  for await (const record of records) {
    piece += journal.of(record);
    if (piece.length < PIECE) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece) yield Buffer.from(piece);
}

async function* raw(records: AsyncIterable<JournalRecord>): AsyncGenerator<Uint8Array> {
  for await (const record of records) yield encodeRecord(record, crc32);
}
