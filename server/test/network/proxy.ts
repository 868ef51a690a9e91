import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** `up`: client to server; `down`: server to client. */
export type Direction = 'up' | 'down';

/** What a line between client and server does to what passes. */
export interface Weather {
  /** Each way, in ms. */
  latencyMs: number;
  /** Up to so much more, at random, in ms; the order of bytes stays. */
  jitterMs: number;
  /** A connection that is silent for so long is reset, as firewalls do; 0: never. */
  idleCutMs: number;
  /** Chance that a connection is reset, for each piece that passes. */
  resetChance: number;
}
const FAIR: Weather = { latencyMs: 0, jitterMs: 0, idleCutMs: 0, resetChance: 0 };

/** What a delayed line holds before its sender has to wait. */
const DELAYED_BYTES = 1024 * 1024;

/** A TCP proxy in front of a server that can do all that a network does. Any number of connections. */
export class TcpProxy {
  readonly weather: Weather = { ...FAIR };
  /** Connections accepted and resets done so far. */
  accepted = 0;
  resets = 0;
  /** Bytes that were not passed on, see {@link swallow}. */
  swallowed = 0;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  readonly #target: { host: string; port: number };
  #mute = false;
  #stalled = false;
  #swallows: Direction | undefined;
  #cut: { direction: Direction; left: number; done: () => void } | undefined;

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (socket) => this.#connected(socket));
  }

  /** On a free port of its own. */
  static async before(target: { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  get connections(): number {
    return this.#lines.size;
  }

  /** Resets all connections now. */
  cut(): void {
    for (const line of [...this.#lines]) line.reset();
  }

  /** Resets a connection right after `bytes` more have passed in one direction. */
  cutAfter(direction: Direction, bytes: number): Promise<void> {
    return new Promise((done) => (this.#cut = { direction, left: bytes, done }));
  }

  /** Nothing passes until {@link resume}; nobody is told. */
  stall(): void {
    this.#stalled = true;
    for (const line of this.#lines) line.hold();
  }
  resume(): void {
    this.#stalled = false;
    for (const line of this.#lines) line.release();
  }

  /** The connections there are pass nothing any more and nobody is told; new ones are fine. */
  deaden(): void {
    for (const line of this.#lines) line.die();
  }

  /** Bytes of this direction disappear from now on: what was sent was sent for nothing. */
  swallow(direction: Direction | undefined): void {
    this.#swallows = direction;
  }

  /** New connections are accepted and never answered. */
  mute(on: boolean): void {
    this.#mute = on;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connected(client: Socket): void {
    this.accepted++;
    const upstream = this.#mute ? undefined : connect({ ...this.#target, noDelay: true });
    const line: Line = new Line(client, upstream, this.weather, {
      pass: (direction, chunk) => this.#pass(line, direction, chunk),
      gone: () => this.#lines.delete(line),
      reset: () => void this.resets++,
    });
    this.#lines.add(line);
    if (this.#stalled) line.hold();
  }

  /** What of a piece may go on. */
  #pass(line: Line, direction: Direction, chunk: Buffer): Buffer | undefined {
    if (this.#swallows === direction) {
      this.swallowed += chunk.length;
      return undefined;
    }
    const cut = this.#cut;
    if (cut?.direction === direction) {
      if (chunk.length >= cut.left) {
        this.#cut = undefined;
        line.finish(direction, chunk.subarray(0, cut.left));
        cut.done();
        return undefined;
      }
      cut.left -= chunk.length;
    }
    return chunk;
  }
}

interface LineEvents {
  pass(direction: Direction, chunk: Buffer): Buffer | undefined;
  gone(): void;
  reset(): void;
}

/** One connection through the proxy. */
class Line {
  readonly #ends: Socket[];
  readonly #weather: Weather;
  readonly #events: LineEvents;
  #held = false;
  #dead = false;
  #over = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(client: Socket, upstream: Socket | undefined, weather: Weather, events: LineEvents) {
    this.#ends = upstream ? [client, upstream] : [client];
    this.#weather = weather;
    this.#events = events;
    for (const end of this.#ends) {
      end.on('error', () => this.reset());
      end.on('close', () => this.#ended());
    }
    if (upstream) {
      this.#pipe('up', client, upstream);
      this.#pipe('down', upstream, client);
    } else client.resume();
    this.#touch();
  }

  /** Passes nothing from now on, whatever is resumed; its ends do not learn it. */
  die(): void {
    this.#dead = true;
    this.hold();
  }
  hold(): void {
    this.#held = true;
    for (const end of this.#ends) end.pause();
  }
  release(): void {
    if (this.#dead) return;
    this.#held = false;
    for (const end of this.#ends) end.resume();
  }

  reset(): void {
    if (this.#over) return;
    this.#events.reset();
    for (const end of this.#ends) end.resetAndDestroy();
    this.#close();
  }

  /** Passes a last piece on and resets the connection behind it. */
  finish(direction: Direction, last: Buffer): void {
    const [from, to] = direction === 'up' ? this.#ends : this.#ends.toReversed();
    from?.pause();
    this.#events.reset();
    to?.write(last, () => to.destroy());
    from?.resetAndDestroy();
  }

  #pipe(direction: Direction, from: Socket, to: Socket): void {
    let full = false;
    const later = new DelayLine((chunk) => {
      if (to.destroyed) return;
      full = !to.write(chunk);
      flow();
    });
    const flow = (): void => {
      if (!this.#held && !full && later.bytes < DELAYED_BYTES) from.resume();
      else from.pause();
    };
    to.on('drain', () => {
      full = false;
      flow();
    });
    from.on('data', (chunk: Buffer) => {
      this.#touch();
      if (Math.random() < this.#weather.resetChance) return this.reset();
      const rest = this.#events.pass(direction, chunk);
      if (!rest) return;
      later.push(rest, this.#weather.latencyMs + Math.random() * this.#weather.jitterMs);
      flow();
    });
  }

  /** One end is closed: the other gets what is under way, then its end. */
  #ended(): void {
    if (this.#ends.every(({ destroyed }) => destroyed)) return this.#close();
    const { latencyMs, jitterMs } = this.#weather;
    setTimeout(() => {
      for (const end of this.#ends) if (!end.destroyed) end.destroySoon();
    }, latencyMs + jitterMs);
  }

  #touch(): void {
    clearTimeout(this.#idle);
    const { idleCutMs } = this.#weather;
    if (idleCutMs > 0 && !this.#over) this.#idle = setTimeout(() => this.reset(), idleCutMs);
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idle);
    for (const end of this.#ends) end.destroy();
    this.#events.gone();
  }
}

/** Pieces on their way, each with its own delay, in order. */
class DelayLine {
  bytes = 0;
  readonly #arrive: (chunk: Buffer) => void;
  readonly #queue: { chunk: Buffer; due: number }[] = [];
  #last = 0;

  constructor(arrive: (chunk: Buffer) => void) {
    this.#arrive = arrive;
  }

  push(chunk: Buffer, delayMs: number): void {
    if (delayMs === 0 && this.#queue.length === 0) return this.#arrive(chunk);
    this.#last = Math.max(this.#last, performance.now() + delayMs);
    this.bytes += chunk.length;
    if (this.#queue.push({ chunk, due: this.#last }) === 1) this.#wait();
  }

  #wait(): void {
    const [first] = this.#queue;
    if (first) setTimeout(() => this.#deliver(), Math.max(1, Math.ceil(first.due - performance.now())));
  }

  #deliver(): void {
    for (let first = this.#queue[0]; first && first.due <= performance.now(); first = this.#queue[0]) {
      this.#queue.shift();
      this.bytes -= first.chunk.length;
      this.#arrive(first.chunk);
    }
    this.#wait();
  }
}
