import type { FromPlots, PlotItem, ToPlots } from '@farside/protocol';

export type RenderRequest = Extract<FromPlots, { type: 'render' }>;
type Image = Extract<ToPlots, { type: 'image' }>;

/** Above this a browser takes longer to show an SVG than a PNG of the same plot. */
export const SVG_MAX_OPERATIONS = 3_000;
export const SVG_MAX_BYTES = 1_000_000;
/** What the server takes. */
const SIDE = { min: 50, max: 10_000 } as const;
const SCALE = { min: 0.5, max: 8 } as const;

export interface Pane {
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
}

const clamp = (value: number, { min, max }: { min: number; max: number }): number =>
  Math.min(max, Math.max(min, value));

/** How a page is to be drawn for a pane; null while the pane has no size. */
export function requestFor(
  session: string,
  item: PlotItem,
  pane: Pane,
  svgTooLarge: boolean,
): RenderRequest | null {
  if (pane.width < 1 || pane.height < 1) return null;
  const { page, revision, operations } = item;
  const format = operations < SVG_MAX_OPERATIONS && !svgTooLarge ? 'svg' : 'png';
  return {
    type: 'render',
    session,
    page,
    revision,
    format,
    width: clamp(Math.floor(pane.width), SIDE),
    height: clamp(Math.floor(pane.height), SIDE),
    // An SVG is sharp at any ratio: one drawing for all of them.
    scale: format === 'svg' ? 1 : clamp(pane.devicePixelRatio, SCALE),
  };
}

export const keyOf = (r: RenderRequest): string =>
  [r.session, r.page, r.revision, r.format, r.width, r.height, r.scale].join(' ');
const pageOf = (r: { session: string; page: number; revision: number }): string =>
  [r.session, r.page, r.revision].join(' ');

/**
 * Asks for one drawing at a time while a pane is resized, so that the last size is never queued behind all the
 * sizes between; another page is asked for at once.
 */
export class RenderQueue {
  readonly #send: (request: RenderRequest) => void;
  readonly #svgTooLarge = new Set<string>();
  #underWay: RenderRequest | null = null;
  #wanted: RenderRequest | null = null;
  #shown = '';
  #last: { session: string; item: PlotItem | undefined; pane: Pane } | undefined;

  constructor(send: (request: RenderRequest) => void) {
    this.#send = send;
  }

  get busy(): boolean {
    return this.#underWay !== null;
  }

  /** What should be on the screen; null for nothing. */
  want(session: string, item: PlotItem | undefined, pane: Pane): void {
    this.#last = { session, item, pane };
    const tooLarge = item !== undefined && this.#svgTooLarge.has(pageOf({ session, ...item }));
    this.#wanted = item === undefined ? null : requestFor(session, item, pane, tooLarge);
    if (this.#wanted === null) {
      this.#underWay = null;
      this.#shown = '';
    }
    this.#next();
  }

  /** Whether this picture is to be shown. */
  arrived(image: Image): boolean {
    const asked = this.#underWay;
    if (asked === null || pageOf(asked) !== pageOf(image)) return false;
    if (asked.width !== image.width || asked.height !== image.height) return false;
    this.#underWay = null;
    if (asked.format === 'svg' && image.bytes.length > SVG_MAX_BYTES) {
      this.#svgTooLarge.add(pageOf(image));
      this.#asPng();
      return false;
    }
    this.#shown = keyOf(asked);
    this.#next();
    return true;
  }

  /** A drawing failed: the same one is not asked for again until something changes. */
  failed(page: number): void {
    if (this.#underWay?.page !== page) return;
    this.#shown = keyOf(this.#underWay);
    this.#underWay = null;
    this.#next();
  }

  /** Asks again for what failed. */
  retry(): void {
    this.#shown = '';
    this.#next();
  }

  /** The page that was wanted as SVG is wanted as PNG now. */
  #asPng(): void {
    const { session, item, pane } = this.#last ?? {};
    if (session !== undefined && item && pane) this.want(session, item, pane);
  }

  #next(): void {
    const wanted = this.#wanted;
    const underWay = this.#underWay;
    if (wanted === null || keyOf(wanted) === this.#shown) return;
    if (underWay !== null && pageOf(underWay) === pageOf(wanted)) return;
    this.#underWay = wanted;
    this.#send(wanted);
  }
}
