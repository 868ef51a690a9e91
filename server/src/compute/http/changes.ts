import type { ServerResponse } from 'node:http';
import type { SessionChange } from '../api.ts';
import type { SessionRegistry } from '../sessions/registry.ts';
import type { Session } from '../sessions/session.ts';

/** A session that computes in bursts changes its state thousands of times a second; people read slower. */
const GATHER_MS = 50;

/** Streams changes of sessions as lines of JSON; within {@link GATHER_MS} only the last one of a session counts. */
export function streamChanges(sessions: SessionRegistry, response: ServerResponse): void {
  const waiting = new Set<Session>();
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    timer = undefined;
    // A reader that is behind gets the latest state later: the set holds each session once.
    if (response.writableNeedDrain) return;
    for (const session of waiting) response.write(`${JSON.stringify(changeOf(session))}\n`);
    waiting.clear();
  };
  const stop = sessions.onChange((session) => {
    waiting.add(session);
    timer ??= setTimeout(send, GATHER_MS);
  });
  response.on('drain', send);
  response.on('close', () => {
    stop();
    clearTimeout(timer);
  });
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
}

function changeOf(session: Session): SessionChange {
  const { id, owner, state } = session;
  return { id, owner, state: state.state, ...(state.state === 'ended' && { cause: state.final.cause }) };
}
