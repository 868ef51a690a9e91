/** Messages between the extension and its help page. The page trusts nothing in them: content is taken apart. */

/** What a help page can be about. Also what a link in it leads to. */
export type HelpTarget =
  /** Without a topic: the index of the package. */
  | { kind: 'topic'; topic: string; package: string }
  | { kind: 'search'; query: string }
  | { kind: 'vignettes'; package: string }
  | { kind: 'vignette'; name: string; package: string };

export interface HelpEntry {
  readonly label: string;
  readonly title: string;
  readonly target: HelpTarget;
}

export type ToHelp =
  | {
      type: 'page';
      title: string;
      /** Package of relative links. */
      package: string;
      /** HTML as R made it; or text; or neither. */
      html?: string;
      text?: string;
      entries: readonly HelpEntry[];
      /** Said when there is nothing to show. */
      note?: string;
      back: boolean;
      forward: boolean;
    }
  | { type: 'failed'; message: string; back: boolean; forward: boolean };

export type FromHelp =
  | { type: 'ready' }
  | { type: 'open'; target: HelpTarget }
  | { type: 'external'; url: string }
  | { type: 'go'; way: 'back' | 'forward' };
