import { CLIENT_EVENTS, eofFrame, interruptFrame, toErrorBody, type ClientEvent } from '@farside/protocol';
import type { z } from 'zod';
import { asFarside } from '../http/errors.ts';
import { complete } from './complete.ts';
import type { Connection } from './connection.ts';
import { sendInput, sendRun, writable } from './input.ts';
import type { Renew } from './signIn.ts';
import { Width } from './width.ts';

type PayloadOf<E extends ClientEvent> = z.output<(typeof CLIENT_EVENTS)[E]['payload']>;
type ResultOf<E extends ClientEvent> =
  (typeof CLIENT_EVENTS)[E]['reply'] extends z.ZodType<infer T> ? T : void;
type EventHandler<E extends ClientEvent> = (payload: PayloadOf<E>) => Promise<ResultOf<E>> | ResultOf<E>;
type EventHandlers = { readonly [E in ClientEvent]: EventHandler<E> };

/** Binds every event of the table for one connection. */
export function bindEvents(connection: Connection, renew: Renew): void {
  const width = new Width(connection.deps.compute);
  connection.socket.once('disconnect', () => width.dispose());
  const handlers: EventHandlers = {
    'session:attach': (request) => connection.attach(request),
    'session:detach': ({ attachment }) => connection.detach(attachment),
    'session:input': (request) => sendInput(connection, request),
    'session:run': (request) => sendRun(connection, request),
    'session:interrupt': ({ attachment, level }) =>
      void writable(connection, attachment).write(interruptFrame(level)),
    'session:eof': ({ attachment }) => {
      const target = writable(connection, attachment);
      return target.inTurn(() => void target.write(eofFrame()));
    },
    'session:resize': ({ attachment, columns }) =>
      width.set(writable(connection, attachment).session, columns),
    'session:complete': (request) => complete(connection, request),
    'session:credit': ({ attachment, bytes }) => connection.attachment(attachment).addCredit(bytes),
    async 'auth:renew'({ token }) {
      await renew(token);
      return {};
    },
  };
  for (const event of Object.keys(handlers) as ClientEvent[])
    bind(connection, event, handlers[event] as EventHandler<ClientEvent>);
}

/** Checks a payload, calls the handler, and answers: by acknowledgement where there is one, else by `session:error`. */
function bind(connection: Connection, event: ClientEvent, handler: EventHandler<ClientEvent>): void {
  const { payload: schema } = CLIENT_EVENTS[event];
  const listener = async (...args: unknown[]): Promise<void> => {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as (reply: unknown) => void) : undefined;
    try {
      const value = await handler(schema.parse(args[0]) as never);
      ack?.({ ok: true, value: value ?? {} });
    } catch (error) {
      const known = asFarside(error, connection.deps.log);
      if (ack) ack({ ok: false, error: toErrorBody(known) });
      else connection.refuse(attachmentOf(args[0]), known);
    }
  };
  // One listener for all events: its arguments are whatever the client sent, checked above.
  connection.socket.on(event, listener as never);
}

function attachmentOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null || !('attachment' in payload)) return '';
  return typeof payload.attachment === 'string' ? payload.attachment : '';
}
