import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import type { WorkerRuntime } from '../sessions/launch.ts';
import { HelperR } from './helper.ts';

/** What is asked of a page: CSS pixels, and device pixels per CSS pixel. */
export interface Drawing {
  readonly format: 'svg' | 'png' | 'pdf';
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

export interface RendererOptions {
  readonly runtime: WorkerRuntime;
  /** A million points as PDF took 26 s; twice that is a hang. */
  readonly limitMs: number;
  /** An unused helper holds some 60 MB. */
  readonly idleMs: number;
}

/** Draws stored pages, one after the other, in a helper R that is started on demand and replaced when it dies. */
export class Renderer {
  readonly #options: RendererOptions;
  #helper: HelperR | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: RendererOptions) {
    this.#options = options;
  }

  /** The helper's process, while there is one. */
  get pid(): number | undefined {
    return this.#helper?.alive ? this.#helper.pid : undefined;
  }

  /** Rejects with `renderFailed`, or `cancelled` when it was no longer wanted at its turn. */
  draw(page: string, drawing: Drawing, wanted: () => boolean = () => true): Promise<Uint8Array> {
    const turn = this.#queue.then(() => {
      if (this.#disposed || !wanted()) throw new FarsideError('cancelled', { what: 'Drawing the plot' });
      return this.#draw(page, drawing);
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop();
  }

  async #draw(page: string, { format, width, height, scale }: Drawing): Promise<Uint8Array> {
    clearTimeout(this.#idle);
    if (!this.#helper?.alive) this.#helper = new HelperR(this.#options.runtime);
    const helper = this.#helper;
    const target = join(helper.dir, `page.${format}`);
    try {
      const files = [page, target].map(encodeURIComponent);
      await helper.draw([format, width, height, scale, ...files], this.#options.limitMs);
      return await readFile(target);
    } finally {
      await rm(target, { force: true });
      this.#idle = setTimeout(() => this.#stop(), this.#options.idleMs).unref();
    }
  }

  #stop(): void {
    clearTimeout(this.#idle);
    this.#helper?.kill();
    this.#helper = undefined;
  }
}
