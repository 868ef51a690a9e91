import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AttachMode } from '@farside/protocol';
import type { Logger } from 'pino';
import { JournalFollower } from '../journal/follower.ts';
import { SkippingSink, tailStart } from '../journal/skip.ts';
import type { Session } from '../sessions/session.ts';
import { connectWorker } from '../worker/connection.ts';
import { FrameGate } from '../worker/frameGate.ts';
import { StreamSink } from './streamSink.ts';

/** A dying worker closes its sockets some moments before the kernel says it is gone. */
const SETTLE_MS = 5_000;

/** `tail`: of the output behind the cursor only the newest of about so many bytes are wanted. */
export interface AttachFrom {
  readonly cursor: number;
  readonly tail?: number;
}

/** Serves one attach stream to its end: records behind the cursor from file, then live; frames to the worker. */
export async function serveAttach(
  session: Session,
  stream: Socket,
  { cursor, tail }: AttachFrom,
  log: Logger,
): Promise<void> {
  const start = tail === undefined ? 0 : await tailStart(session.journal, cursor, tail);
  const sink = new SkippingSink(new StreamSink(stream), start);
  const follower = new JournalFollower(session.journal, AttachMode.all, cursor, sink);
  try {
    await follower.catchUp();
    sink.end();
    if (!session.isOver) {
      await live(session, stream, follower);
      await Promise.race([session.over, delay(SETTLE_MS, undefined, { ref: false })]);
      // The worker lives but let go of this reader: its inputs may not have arrived, so it must attach again.
      if (!session.isOver) return void stream.destroy();
      await follower.catchUp();
    }
    stream.resume();
    stream.end();
  } catch (error) {
    log.debug({ err: error, session: session.id }, 'attach stream ended');
    stream.destroy();
  } finally {
    await follower.close();
  }
}

async function live(session: Session, stream: Socket, follower: JournalFollower): Promise<void> {
  const worker = await connectWorker(session.dir).catch(() => undefined);
  if (!worker) return;
  const leave = (): void => void worker.destroy();
  stream.once('close', leave);
  if (stream.destroyed) leave();
  passFrames(stream, worker);
  try {
    await follower.live(worker);
  } finally {
    stream.off('close', leave);
    worker.destroy();
  }
}

/** Frames pass unread but for their headers; a reader that sends nonsense is cut off. */
function passFrames(stream: Socket, worker: Socket): void {
  const gate = new FrameGate();
  stream.on('data', (chunk: Buffer) => {
    try {
      gate.check(chunk);
    } catch (error) {
      stream.destroy(error instanceof Error ? error : undefined);
      return;
    }
    if (worker.destroyed || worker.write(chunk)) return;
    stream.pause();
    worker.once('drain', () => stream.resume());
  });
  // The web node closes its side when its client detaches.
  stream.on('end', () => stream.destroy());
}
