import { FarsideError } from '@farside/protocol';
import type { HelperKind } from '../helper/helperR.ts';
import { HelperQueue, type HelperOptions } from '../helper/queue.ts';

/** What is asked of a page: CSS pixels, and device pixels per CSS pixel. */
export interface Drawing {
  readonly format: 'svg' | 'png' | 'pdf';
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

const KIND: HelperKind = {
  main: 'render_main',
  what: 'that draws',
  failed: (reason) => new FarsideError('renderFailed', { reason }),
};

/** Draws stored pages, one after the other, in a helper R. */
export class Renderer {
  readonly #queue: HelperQueue;

  constructor(options: Omit<HelperOptions, 'kind'>) {
    this.#queue = new HelperQueue({ ...options, kind: KIND });
  }

  /** The helper's process, while there is one. */
  get pid(): number | undefined {
    return this.#queue.pid;
  }

  /** Rejects with `renderFailed`, or `cancelled` when it was no longer wanted at its turn. */
  draw(page: string, drawing: Drawing, wanted?: () => boolean): Promise<Uint8Array> {
    const { format, width, height, scale } = drawing;
    const fields = (target: string): (string | number)[] => [
      format,
      width,
      height,
      scale,
      ...[page, target].map(encodeURIComponent),
    ];
    return this.#queue.ask(fields, 'Drawing the plot', wanted);
  }

  dispose(): void {
    this.#queue.dispose();
  }
}
