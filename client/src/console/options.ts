import type { Final } from '@farside/protocol';
import type { SessionLink } from '../attach/index.ts';

/** What a terminal's title or a status bar can show. */
export type ConsoleState =
  | { readonly state: 'starting' }
  | { readonly state: 'idle' }
  | { readonly state: 'continuation' }
  | { readonly state: 'browser' }
  | { readonly state: 'waiting' }
  | { readonly state: 'busy' }
  | { readonly state: 'offline'; readonly reason: string; readonly retryAt: number }
  | { readonly state: 'ended' };

export interface RemoteConsoleOptions {
  readonly link: SessionLink;
  /** The terminal. */
  readonly write: (text: string) => void;
  readonly columns: number;
  readonly rows: number;
  /** Shown instead of R's top-level "> ". */
  readonly prompt?: string;
  /** Shared and extended: the newest line last. */
  readonly history?: string[];
  /** Cells of one grapheme in this terminal. */
  readonly width?: (grapheme: string) => number;
  /** Whether the terminal wraps the cursor's line anew when resized; xterm.js does not. */
  readonly reflows?: boolean;
  /** Shell integration of VS Code with this nonce; none when absent. */
  readonly marks?: { readonly nonce: string; readonly windows?: boolean };
  readonly onState?: (state: ConsoleState) => void;
  readonly onEnd?: (final: Final) => void;
  /** Sees a line typed at top level first; true keeps it from R. */
  readonly intercept?: (line: string) => boolean;
}
