import type { Final } from '@farside/protocol';
import type { SessionLink } from '../attach/index.ts';
import type { ShowHandler } from './shows.ts';

/** What a terminal's title or a status bar can show. */
export type ConsoleState =
  | { readonly state: 'starting' }
  | { readonly state: 'idle' }
  | { readonly state: 'continuation' }
  | { readonly state: 'browser' }
  | { readonly state: 'waiting' }
  /** `interrupts`: how often R was interrupted and has not stopped. */
  | { readonly state: 'busy'; readonly interrupts?: 1 | 2 }
  /** Times: ms since 1970. */
  | {
      readonly state: 'offline';
      readonly reason: string;
      readonly retryAt: number;
      readonly since: number;
    }
  /** After the next sign-in it goes on by itself. */
  | { readonly state: 'signedOut' }
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
  /** Only shows the session: what is typed is not sent. */
  readonly readOnly?: boolean;
  /** When an earlier window showed the session last, ms since 1970. */
  readonly lastSeen?: number;
  /** Ctrl-C or Ctrl-D where nothing is sent, or Ctrl-C twice without a connection: close the console. */
  readonly onLeave?: () => void;
  /** R does not stop: asks the user in place of the console's own question. Resolves true to have R ended. */
  readonly onEndR?: () => Promise<boolean>;
  /** Ends R, with the workspace saved where possible. Without it the console does not offer that. */
  readonly endR?: () => Promise<unknown>;
  /** Shows what the session would show in a window; the console leaves out the text that stands for it. */
  readonly onShow?: ShowHandler;
  /** Ask before a typed q() or quit() is sent. */
  readonly confirmQuit?: boolean;
  /** Sees a line typed at top level first; true keeps it from R. */
  readonly intercept?: (line: string) => boolean;
}
