import { randomUUID } from 'node:crypto';
import type { Socket } from 'socket.io';
import {
  FarsideError,
  toErrorBody,
  type AttachReply,
  type AttachRequest,
  type ClientToServer,
  type ServerToClient,
} from '@farside/protocol';
import type { WebDeps } from '../deps.ts';
import { asFarside } from '../http/errors.ts';
import { Attachment } from './attachment.ts';

/** Streams of one connection: a window shows a few sessions; each costs its high water mark. */
export const MAX_ATTACHMENTS = 32;

/** What the server knows about a connection. */
export interface SocketData {
  user: string;
  family: string;
  /** Seconds since 1970. */
  expires: number;
}
type NoEvents = Record<string, never>;
export type ClientSocket = Socket<ClientToServer, ServerToClient, NoEvents, SocketData>;

/** One client's connection: its attachments, until it ends. */
export class Connection {
  readonly socket: ClientSocket;
  readonly deps: WebDeps;
  readonly #attachments = new Map<string, Attachment>();
  /** Streams being opened count too. */
  #opening = 0;

  constructor(socket: ClientSocket, deps: WebDeps) {
    this.socket = socket;
    this.deps = deps;
    const pump = (): void => {
      for (const attachment of this.#attachments.values()) attachment.pump();
    };
    // Room in the connection ('drain' comes a moment too early): everybody in turn may send one message.
    socket.conn.transport.on('ready', pump);
    socket.once('disconnect', () => {
      socket.conn.transport.off('ready', pump);
      this.dispose();
    });
  }

  get user(): string {
    return this.socket.data.user;
  }

  async attach(request: AttachRequest): Promise<AttachReply> {
    if (this.#attachments.size + this.#opening >= MAX_ATTACHMENTS)
      throw new FarsideError('badRequest', {
        reason: `a connection has at most ${MAX_ATTACHMENTS} attachments`,
      });
    this.#opening++;
    try {
      return await this.#open(request);
    } finally {
      this.#opening--;
    }
  }

  async #open({ session, cursor, readOnly = false, tail }: AttachRequest): Promise<AttachReply> {
    const { sessions, compute } = this.deps;
    await sessions.owned(this.user, session);
    const { stream, head } = await compute.attach(session, cursor, tail);
    if (!this.socket.connected) {
      stream.destroy();
      throw new FarsideError('notSignedIn');
    }
    const id = randomUUID();
    const attachment = new Attachment({ session, readOnly }, stream, {
      send: (records) => this.socket.emit('session:records', id, records),
      isBusy: () => !this.socket.conn.transport.writable,
      closed: (sawFinal) => void this.#closed(id, sawFinal),
    });
    this.#attachments.set(id, attachment);
    // The acknowledgement goes out first: records of an attachment nobody knows would be lost.
    setImmediate(() => attachment.start());
    return { attachment: id, head };
  }

  /** Throws `notFound` for one that is not open, e.g. detached just before. */
  attachment(id: string): Attachment {
    const attachment = this.#attachments.get(id);
    if (!attachment) throw new FarsideError('notFound', { what: 'attachment' });
    return attachment;
  }

  detach(id: string): void {
    this.#attachments.get(id)?.dispose();
    this.#attachments.delete(id);
  }

  /** An attachment ends because of this error; the client may attach again. */
  fail(id: string, error: unknown): void {
    this.detach(id);
    this.socket.emit('session:closed', id, { ended: false, error: this.#body(error) });
  }

  refuse(attachment: string, error: unknown): void {
    this.socket.emit('session:error', attachment, this.#body(error));
  }

  dispose(): void {
    for (const attachment of this.#attachments.values()) attachment.dispose();
    this.#attachments.clear();
  }

  async #closed(id: string, sawFinal: boolean): Promise<void> {
    const attachment = this.#attachments.get(id);
    if (!attachment) return;
    const ended = sawFinal || (await this.#hasEnded(attachment.session));
    // Known until the client is told: an input that comes meanwhile is no mistake, the client sends it again.
    if (!this.#attachments.delete(id)) return;
    const error = ended
      ? undefined
      : this.#body(new FarsideError('computeDown', { reason: 'it closed the stream' }));
    this.socket.emit('session:closed', id, { ended, ...(error && { error }) });
  }

  /** A reader that had the last record already sees a stream without one. */
  async #hasEnded(session: string): Promise<boolean> {
    try {
      return (await this.deps.compute.get(session)).state.state === 'ended';
    } catch {
      return false;
    }
  }

  #body(error: unknown) {
    return toErrorBody(asFarside(error, this.deps.log));
  }
}
