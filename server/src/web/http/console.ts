import { FarsideError } from '@farside/protocol';
import type { WebDeps } from '../deps.ts';
import { ConsoleFeed, LOOK_BACK } from '../console/feed.ts';
import { deliverInput } from '../console/input.ts';
import type { Handlers } from './bind.ts';

/** The console of a session for clients without Socket.IO: the same journal, the same cursor, the same input ids. */
export function consoleHandlers({ sessions, compute }: WebDeps): Pick<Handlers, 'console' | 'sendInput'> {
  const idOf = async (user: { name: string }, params: Readonly<Record<string, string>>) =>
    (await sessions.owned(user.name, params['id'] ?? '')).id;
  return {
    async console({ user, params, query, res }) {
      const id = await idOf(user, params);
      const { after, waitMs, tail } = query;
      const { stream, head } = await compute.attach(id, Math.max(after - LOOK_BACK, 0), tail);
      if (after > head) {
        stream.destroy();
        throw new FarsideError('badRequest', { reason: `after: the session's last record is ${head}` });
      }
      res.set({
        'Content-Type': 'application/x-ndjson; charset=utf-8',
        'Cache-Control': 'no-store',
        // nginx would keep the lines until it has many.
        'X-Accel-Buffering': 'no',
      });
      res.flushHeaders();
      const { ended, broken } = await new ConsoleFeed(stream, res, { after, head, waitMs }).run();
      // A client that has the last record already is told too.
      if (broken && !ended) {
        const info = await compute.get(id).catch(() => undefined);
        if (info?.state.state === 'ended' && after >= info.head)
          res.write(`${JSON.stringify({ type: 'ended', final: info.state.final })}\n`);
      }
      res.end();
    },
    async sendInput({ user, params, body }) {
      return deliverInput(compute, await idOf(user, params), body);
    },
  };
}
