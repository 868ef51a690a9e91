import { stat } from 'node:fs/promises';
import { FarsideError, type PlotPage } from '@farside/protocol';
import type { WorkerRuntime } from '../sessions/launch.ts';
import { ByteCache } from '../helper/cache.ts';
import { listPages, plotFiles } from './pages.ts';
import { Renderer, type Drawing } from './renderer.ts';

const LIMITS = {
  /** Of one drawing. Below the 60 s a client waits for a reply. */
  drawMs: 50_000,
  idleMs: 5 * 60_000,
  /** Drawings kept in memory: going back and forth between plots, and several windows. */
  cacheBytes: 64 * 1024 * 1024,
  /** Pixels of a PNG: R needs 4 bytes for each, and Cairo takes no side above 32,767. */
  pixels: 64e6,
  side: 32_767,
} as const;

/** Whose pages, and where they are. */
export interface PlotSession {
  readonly owner: string;
  readonly dir: string;
}

/** A drawing on its way and those who asked for it. */
interface Work {
  readonly drawn: Promise<Uint8Array>;
  readonly askers: (AbortSignal | undefined)[];
}

/** Lists and draws the pages of any session, whether it is busy or gone. */
export class Plots {
  readonly #runtime: WorkerRuntime;
  readonly #limits: { drawMs: number; idleMs: number };
  readonly #cache = new ByteCache(LIMITS.cacheBytes);
  readonly #underWay = new Map<string, Work>();
  readonly #renderers = new Map<string, Renderer>();

  constructor(runtime: WorkerRuntime, limits: { drawMs?: number; idleMs?: number } = {}) {
    this.#runtime = runtime;
    this.#limits = { ...LIMITS, ...limits };
  }

  list(session: PlotSession): Promise<PlotPage[]> {
    return listPages(session.dir);
  }

  /** The same drawing asked for by two windows is made once, and not at all when all of them gave up before its turn. */
  async draw(
    session: PlotSession,
    page: number,
    drawing: Drawing,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    checkSize(drawing);
    const file = plotFiles(session.dir).page(page);
    const found = await stat(file).catch(() => undefined);
    if (!found) throw noSuchPlot(page);
    const { format, width, height, scale } = drawing;
    const key = [file, found.mtimeMs, found.size, format, width, height, scale].join(' ');
    const kept = this.#cache.get(key);
    if (kept) return kept;
    const work = this.#underWay.get(key) ?? this.#start(key, session.owner, file, drawing);
    work.askers.push(signal);
    return work.drawn.catch(async (error: unknown) => {
      // The store's bound may have taken the page while it waited for its turn.
      if (await stat(file).catch(() => undefined)) throw error;
      throw noSuchPlot(page);
    });
  }

  /** The helper's process of an owner, while there is one. */
  pid(owner: string): number | undefined {
    return this.#renderers.get(owner)?.pid;
  }

  dispose(): void {
    for (const renderer of this.#renderers.values()) renderer.dispose();
    this.#renderers.clear();
  }

  #start(key: string, owner: string, file: string, drawing: Drawing): Work {
    const askers: Work['askers'] = [];
    const wanted = (): boolean => askers.some((signal) => !signal?.aborted);
    const drawn = this.#renderer(owner)
      .draw(file, drawing, wanted)
      .then((bytes) => {
        this.#cache.set(key, bytes);
        return bytes;
      })
      .finally(() => this.#underWay.delete(key));
    const work = { drawn, askers };
    this.#underWay.set(key, work);
    return work;
  }

  /** One helper for each owner: pages are the owner's code and data. */
  #renderer(owner: string): Renderer {
    let renderer = this.#renderers.get(owner);
    if (!renderer) {
      const { drawMs: limitMs, idleMs } = this.#limits;
      renderer = new Renderer({ runtime: this.#runtime, limitMs, idleMs });
      this.#renderers.set(owner, renderer);
    }
    return renderer;
  }
}

const noSuchPlot = (page: number): FarsideError => new FarsideError('noSuchPlot', { page });

function checkSize({ format, width, height, scale }: Drawing): void {
  if (format !== 'png') return;
  const [x, y] = [width * scale, height * scale];
  if (x * y > LIMITS.pixels || Math.max(x, y) > LIMITS.side)
    throw new FarsideError('badRequest', { reason: 'a PNG of this size has too many pixels' });
}
