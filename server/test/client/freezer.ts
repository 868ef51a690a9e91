import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can fall silent without closing anything, as the air does when a laptop sleeps. */
export class Freezer {
  readonly #server: Server;
  readonly #target: URL;
  readonly #pairs = new Set<[Socket, Socket]>();
  /** New connections: passed on, or taken and never answered. */
  silent = false;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((down) => this.#connected(down));
  }

  static async before(target: string, port = 0): Promise<Freezer> {
    const freezer = new Freezer(target);
    await once(freezer.#server.listen(port, '127.0.0.1'), 'listening');
    return freezer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The connections there are pass nothing any more, for good. `down`: only what the server sends is swallowed. */
  freeze(which: 'both' | 'down' = 'both'): void {
    for (const [down, up] of this.#pairs) {
      up.unpipe(down).resume();
      if (which === 'both') down.unpipe(up).resume();
    }
  }

  /** The connections there are break. */
  cut(): void {
    for (const [down, up] of this.#pairs) {
      down.destroy();
      up.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connected(down: Socket): void {
    down.on('error', () => undefined);
    const up = connect(Number(this.#target.port), this.#target.hostname);
    up.on('error', () => undefined);
    const pair: [Socket, Socket] = [down, up];
    this.#pairs.add(pair);
    const over = (): void => {
      this.#pairs.delete(pair);
      down.destroy();
      up.destroy();
    };
    down.once('close', over);
    up.once('close', over);
    if (this.silent) return void down.resume();
    down.pipe(up);
    up.pipe(down);
  }
}
