import type { Duplex } from 'node:stream';
import { INITIAL_CREDIT_BYTES } from '@farside/protocol';
import { bytesPass } from '../../runtime/externalMemory.ts';
import { HIGH_WATER_BYTES, RecordBatch } from './batch.ts';

/** Inputs that wait for the compute node: more than this is a client out of control. */
export const MAX_UPSTREAM_BYTES = 64 * 1024 * 1024;

export interface AttachmentEvents {
  /** Sends one message to the client. */
  send(records: Buffer): void;
  /** Whether the client's connection has not taken the last message yet. */
  isBusy(): boolean;
  /** The stream ended and everything was sent. */
  closed(sawFinal: boolean): void;
}

/**
 * One attach stream on its way to one client. Sends what is there at once while the client has credit and its
 * connection takes it; otherwise what comes gathers, up to {@link HIGH_WATER_BYTES}, then the stream waits. So a
 * client that stops costs that much memory, and the journal file holds the rest.
 */
export class Attachment {
  readonly readOnly: boolean;
  readonly session: string;
  readonly #stream: Duplex;
  readonly #events: AttachmentEvents;
  readonly #batch = new RecordBatch();
  #credit = INITIAL_CREDIT_BYTES;
  #state: 'open' | 'ended' | 'closed' = 'open';
  /** What is being prepared to go up. */
  #turn: Promise<void> | undefined;

  constructor(target: { session: string; readOnly: boolean }, stream: Duplex, events: AttachmentEvents) {
    this.session = target.session;
    this.readOnly = target.readOnly;
    this.#stream = stream;
    this.#events = events;
  }

  /** Begins to read; the client must know the attachment by now. */
  start(): void {
    const ended = (): void => {
      if (this.#state === 'open') this.#state = 'ended';
      this.pump();
    };
    this.#stream.on('data', (chunk: Buffer) => {
      bytesPass(chunk.length);
      try {
        this.#batch.push(chunk);
        this.pump();
      } catch {
        this.#stream.destroy();
      }
    });
    this.#stream.on('error', ended).on('end', ended).on('close', ended);
  }

  /** Passes a worker frame on; false when too much waits there already. */
  write(frame: Uint8Array): boolean {
    if (this.#stream.writableLength > MAX_UPSTREAM_BYTES) return false;
    if (this.#stream.writable) this.#stream.write(frame);
    return true;
  }

  /**
   * Does this after all that was begun before it. The worker takes an input whose counter is lower than one it has
   * for a repeat, so none may overtake another that takes its time.
   */
  inTurn<T>(work: () => T | Promise<T>): T | Promise<T> {
    const done = this.#turn ? this.#turn.then(work) : work();
    if (done instanceof Promise) {
      const over = (): void => {
        if (this.#turn === turn) this.#turn = undefined;
      };
      const turn: Promise<void> = done.then(over, over);
      this.#turn = turn;
    }
    return done;
  }

  /** The client consumed so much. It can not save up more than it began with. */
  addCredit(bytes: number): void {
    this.#credit = Math.min(this.#credit + bytes, INITIAL_CREDIT_BYTES);
    this.pump();
  }

  /** Sends what may be sent. Called when bytes, credit or room in the connection came. */
  pump(): void {
    while (this.#state !== 'closed' && this.#batch.ready > 0 && this.#credit > 0 && !this.#events.isBusy()) {
      const message = this.#batch.take();
      this.#credit -= message.length;
      this.#events.send(message);
    }
    if (this.#state === 'ended' && this.#batch.ready === 0) {
      this.#state = 'closed';
      this.#events.closed(this.#batch.sawFinal);
    }
    if (this.#batch.held > HIGH_WATER_BYTES) this.#stream.pause();
    else if (this.#stream.isPaused()) this.#stream.resume();
  }

  /** Lets go of the session; nothing more is sent. */
  dispose(): void {
    this.#state = 'closed';
    this.#stream.destroy();
  }
}
