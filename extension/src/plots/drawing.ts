import type { FarsideClient } from '@farside/client';
import { FarsideError, type FromPlots, type PlotFormat, type ToPlots } from '@farside/protocol';
import { toFarsideError } from '../ui/toError.ts';

/** A large plot as PDF took the server 26 s. */
export const DRAW_TIMEOUT_MS = 60_000;

/** What is drawn, and how. */
export interface Drawing {
  readonly page: number;
  readonly format: PlotFormat;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Has the server draw a page. @throws FarsideError */
export async function draw(
  client: FarsideClient,
  session: string,
  { page, ...query }: Drawing,
  signal?: AbortSignal,
): Promise<{ mime: string; bytes: Uint8Array }> {
  const options = { params: { id: session, page }, query, signal, timeoutMs: DRAW_TIMEOUT_MS };
  const response = await client.download('plot', options);
  try {
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { mime: response.headers.get('content-type') ?? 'application/octet-stream', bytes };
  } catch (cause) {
    if (signal?.aborted) throw new FarsideError('cancelled', { what: 'Drawing the plot' }, { cause });
    throw new FarsideError('unreachable', { url: client.url, reason: 'the connection broke' }, { cause });
  }
}

/** Answers the page's requests to draw; a later one takes the place of the one before. */
export class Drawer {
  readonly #post: (message: ToPlots) => void;
  #underWay: AbortController | undefined;

  constructor(post: (message: ToPlots) => void) {
    this.#post = post;
  }

  async answer(client: FarsideClient, request: Extract<FromPlots, { type: 'render' }>): Promise<void> {
    this.cancel();
    const own = (this.#underWay = new AbortController());
    const { session, page, revision, format, width, height, scale } = request;
    try {
      const drawn = await draw(client, session, { page, format, width, height, scale }, own.signal);
      if (!own.signal.aborted)
        this.#post({ type: 'image', session, page, revision, width, height, ...drawn });
    } catch (error) {
      if (own.signal.aborted) return;
      this.#post({ type: 'failed', session, page, message: toFarsideError(error).text });
    }
  }

  cancel(): void {
    this.#underWay?.abort();
  }
}
