import { io, type Socket } from 'socket.io-client';
import {
  CREDIT_STEP_BYTES,
  decodeRecord,
  fromUtf8,
  recordLength,
  SOCKET_PROTOCOL,
  type ClientToServer,
  type JournalRecord,
  type Reply,
  type ServerToClient,
} from '@farside/protocol';

export type TestSocket = Socket<ServerToClient, ClientToServer>;
export const CLIENT_ID = '00000000000000aa';

/** Connects with a token; rejects with the server's error body. */
export function connect(
  url: string,
  token: unknown,
  protocol: unknown = SOCKET_PROTOCOL,
): Promise<TestSocket> {
  const { origin, pathname } = new URL(url);
  const socket: TestSocket = io(origin, {
    path: `${pathname.replace(/\/$/, '')}/socket.io`,
    transports: ['websocket'],
    auth: { token, protocol },
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', (error) => {
      socket.close();
      reject(Object.assign(error, { code: (error as { data?: { code?: string } }).data?.code }));
    });
  });
}

/** Sends an acknowledged event; throws the error body of a refusal. */
export async function call<T = unknown>(socket: TestSocket, event: string, payload: unknown): Promise<T> {
  const reply = (await socket.emitWithAck(
    event as 'session:attach',
    payload as never,
  )) as unknown as Reply<T>;
  if (reply.ok) return reply.value;
  throw reply.error;
}

/** One attachment as a client sees it. */
export class TestAttachment {
  readonly socket: TestSocket;
  readonly id: string;
  readonly head: number;
  readonly records: JournalRecord[] = [];
  /** Bytes of records received. */
  bytes = 0;
  closed: { ended: boolean; error?: unknown } | undefined;
  #unpaid = 0;
  readonly #pays: boolean;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: TestSocket, id: string, head: number, pays: boolean) {
    this.socket = socket;
    this.id = id;
    this.head = head;
    this.#pays = pays;
    socket.on('session:closed', (attachment, reason) => {
      if (attachment !== id) return;
      this.closed = reason;
      this.#wake();
    });
  }

  /** `pays: false` never gives credit back. */
  static async open(socket: TestSocket, session: string, cursor = 0, pays = true): Promise<TestAttachment> {
    // Records can arrive in the same turn as the acknowledgement that names the attachment: kept until then.
    const early: [string, Uint8Array][] = [];
    let take = (id: string, bytes: Uint8Array): void => void early.push([id, bytes]);
    socket.on('session:records', (id, bytes) => take(id, new Uint8Array(bytes)));
    const request = { session, cursor };
    const { attachment, head } = await call<{ attachment: string; head: number }>(
      socket,
      'session:attach',
      request,
    );
    const opened = new TestAttachment(socket, attachment, head, pays);
    take = (id, bytes) => {
      if (id === attachment) opened.#take(bytes);
    };
    for (const [id, bytes] of early) take(id, bytes);
    return opened;
  }

  input(text: string, counter: number): void {
    this.socket.emit('session:input', { attachment: this.id, client: CLIENT_ID, counter, text });
  }

  /** Resolves when the condition holds, looked at after everything that arrives. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  /** Text of all records of some types. */
  text(types = 'oecd'): string {
    const payloads = this.records.filter((r) => types.includes(r.type)).map((r) => r.payload);
    return fromUtf8(Buffer.concat(payloads));
  }

  untilText(text: string): Promise<void> {
    return this.until(() => this.text().includes(text));
  }

  #take(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const length = recordLength(bytes, at);
      if (length === null || at + length > bytes.length) throw new Error('a message with a torn record');
      this.records.push(decodeRecord(bytes, at));
      at += length;
    }
    this.#unpaid += bytes.length;
    if (this.#pays && this.#unpaid >= CREDIT_STEP_BYTES) {
      this.socket.emit('session:credit', { attachment: this.id, bytes: this.#unpaid });
      this.#unpaid = 0;
    }
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
