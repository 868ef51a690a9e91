/** Messages between the extension and its webviews. Webview code trusts nothing but these shapes. */
export interface PlotItem {
  readonly page: number;
  readonly revision: number;
}

export type ToPlots =
  | { type: 'plots'; session: string; pages: readonly PlotItem[]; current: number | null }
  | {
      type: 'image';
      page: number;
      revision: number;
      mime: string;
      bytes: Uint8Array;
      width: number;
      height: number;
    }
  | { type: 'failed'; page: number; message: string }
  | { type: 'busy'; page: number };

export type FromPlots =
  | { type: 'ready' }
  | { type: 'render'; page: number; revision: number; width: number; height: number; scale: number }
  | { type: 'show'; page: number }
  | { type: 'save'; page: number; format: 'png' | 'svg' | 'pdf'; width: number; height: number };
