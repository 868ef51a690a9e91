import {
  FarsideError,
  fromErrorBody,
  type AttachRequest,
  type Completion,
  type ErrorBody,
  type Reply,
} from '@farside/protocol';
import type { FarsideClient, FarsideSocket } from '../connection/index.ts';
import type { PendingInput } from './inputs.ts';

/** How long the server may take to answer an attach. */
const ATTACH_TIMEOUT_MS = 10_000;
/** A completion that comes later than this is of no use. */
const COMPLETE_TIMEOUT_MS = 5_000;
/** Taking a file of 16 MB over a slow line. */
const RUN_TIMEOUT_MS = 120_000;

export interface AttachmentOptions {
  readonly request: AttachRequest;
  /** How long a new connection may take, in ms. */
  readonly connectMs?: number;
  readonly onRecords: (bytes: Uint8Array) => void;
  readonly onClosed: (reason: FarsideError) => void;
  readonly onError: (error: FarsideError) => void;
}

/** One attach of one session on one connection. When it is gone, a new one is opened with the cursor. */
export class Attachment {
  readonly head: number;
  readonly #id: string;
  readonly #socket: FarsideSocket;
  readonly #options: AttachmentOptions;
  readonly #url: string;
  /** Messages that came before {@link start}. */
  #early: Uint8Array[] | undefined = [];
  #open = true;

  /** @throws FarsideError when the server refuses or does not answer */
  static async open(client: FarsideClient, options: AttachmentOptions): Promise<Attachment> {
    const socket = await client.socket(options.connectMs);
    // Records can follow the reply at once, so listen before asking; the name of the attachment tells them apart.
    const early: [string, Uint8Array][] = [];
    const collect = (id: string, bytes: Uint8Array): void => void early.push([id, bytes]);
    socket.on('session:records', collect);
    try {
      const reply = await ask<{ attachment: string; head: number }>('Attaching', ATTACH_TIMEOUT_MS, () =>
        socket.timeout(ATTACH_TIMEOUT_MS).emitWithAck('session:attach', options.request),
      );
      const attachment = new Attachment(socket, reply, options, client.url);
      for (const [id, bytes] of early) attachment.#onRecords(id, bytes);
      return attachment;
    } catch (error) {
      // A connection that does not answer is dead, even if nobody said so.
      if (error instanceof FarsideError && error.code === 'timedOut') client.dropSocket();
      throw error;
    } finally {
      socket.off('session:records', collect);
    }
  }

  private constructor(
    socket: FarsideSocket,
    reply: { attachment: string; head: number },
    options: AttachmentOptions,
    url: string,
  ) {
    this.#socket = socket;
    this.#id = reply.attachment;
    this.head = reply.head;
    this.#options = options;
    this.#url = url;
    socket.on('session:records', this.#onRecords);
    socket.on('session:closed', this.#onClosed);
    socket.on('session:error', this.#onError);
    socket.on('disconnect', this.#onDisconnect);
    if (!socket.connected) queueMicrotask(() => this.#onDisconnect('transport close'));
  }

  /** Hands on the records, those that already came first. */
  start(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const bytes of early) if (this.#open) this.#options.onRecords(bytes);
  }

  send(client: string, { id, what }: PendingInput, refused: (error: FarsideError) => void): void {
    const head = { attachment: this.#id, client, counter: id.counter, text: what.text };
    if (what.kind === 'input') return void this.#socket.emit('session:input', head);
    const args = what.args ? [...what.args] : undefined;
    ask('Running the file', RUN_TIMEOUT_MS, () =>
      this.#socket
        .timeout(RUN_TIMEOUT_MS)
        .emitWithAck('session:run', { ...head, name: what.name, echo: what.echo, args }),
    ).catch((error: unknown) => {
      // A lost connection is no refusal: the input is sent again after the next attach.
      if (this.#open && error instanceof FarsideError && !error.retryable) refused(error);
    });
  }

  interrupt(level: 1 | 2): void {
    this.#socket.emit('session:interrupt', { attachment: this.#id, level });
  }
  eof(): void {
    this.#socket.emit('session:eof', { attachment: this.#id });
  }
  resize(columns: number): void {
    this.#socket.emit('session:resize', { attachment: this.#id, columns });
  }
  credit(bytes: number): void {
    this.#socket.emit('session:credit', { attachment: this.#id, bytes });
  }
  complete(line: string, cursor: number): Promise<Completion> {
    return ask('Completing', COMPLETE_TIMEOUT_MS, () =>
      this.#socket
        .timeout(COMPLETE_TIMEOUT_MS)
        .emitWithAck('session:complete', { attachment: this.#id, line, cursor }),
    );
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.off('session:records', this.#onRecords);
    this.#socket.off('session:closed', this.#onClosed);
    this.#socket.off('session:error', this.#onError);
    this.#socket.off('disconnect', this.#onDisconnect);
    if (this.#socket.connected) this.#socket.emit('session:detach', { attachment: this.#id });
  }

  #onRecords = (id: string, bytes: Uint8Array): void => {
    if (id !== this.#id || !this.#open) return;
    if (this.#early) this.#early.push(bytes);
    else this.#options.onRecords(bytes);
  };

  #onClosed = (id: string, reason: { ended: boolean; error?: unknown }): void => {
    if (id !== this.#id) return;
    const error = fromErrorBody(reason.error);
    this.#options.onClosed(error ?? new FarsideError('computeDown', { reason: 'it closed the stream' }));
  };

  #onError = (id: string, body: unknown): void => {
    if (id === this.#id) this.#options.onError(errorOf(body));
  };

  #onDisconnect = (reason: string): void => {
    this.#options.onClosed(new FarsideError('unreachable', { url: this.#url, reason }));
  };
}

/** Waits for an acknowledged event and turns every failure into a FarsideError. */
async function ask<T>(what: string, limitMs: number, emit: () => Promise<Reply<T>>): Promise<T> {
  let reply: Reply<T>;
  try {
    reply = await emit();
  } catch (cause) {
    throw new FarsideError('timedOut', { what, seconds: limitMs / 1000 }, { cause });
  }
  if (reply.ok) return reply.value;
  throw errorOf(reply.error);
}

const errorOf = (body: unknown): FarsideError =>
  fromErrorBody(body) ??
  new FarsideError('internal', { id: (body as Partial<ErrorBody>)?.code ?? 'unknown' });
