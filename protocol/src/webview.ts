/** Messages between the extension and its webviews. Webview code trusts nothing but these shapes. */
export interface PlotItem {
  readonly page: number;
  readonly revision: number;
  /** As in a plot record: decides between SVG and PNG. */
  readonly operations: number;
}

export type PlotFormat = 'png' | 'svg' | 'pdf';

/** To the plots page. `session` is the session's id: a reply about another one is out of date. */
export type ToPlots =
  /** `title`: the session's name; `session` is empty when none is chosen. */
  | {
      type: 'plots';
      session: string;
      title: string;
      pages: readonly PlotItem[];
      current: number | null;
    }
  | {
      type: 'image';
      session: string;
      page: number;
      revision: number;
      mime: string;
      bytes: Uint8Array;
      width: number;
      height: number;
    }
  | { type: 'failed'; session: string; page: number; message: string }
  /** The list itself could not be had. */
  | { type: 'problem'; message: string };

/** From the plots page. Each `render` is answered by an `image` or a `failed`, unless a later one replaces it. */
export type FromPlots =
  | { type: 'ready' }
  | {
      type: 'render';
      session: string;
      page: number;
      revision: number;
      format: 'png' | 'svg';
      width: number;
      height: number;
      scale: number;
    }
  | { type: 'show'; page: number }
  | { type: 'save'; page: number; format: PlotFormat; width: number; height: number };
