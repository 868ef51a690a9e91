import type { Disposable } from '../disposable.ts';
import type { ConsoleState } from '../console/options.ts';
import type { LocalExit } from './process.ts';

/** What a console needs of a local R. */
export interface LocalR {
  write(text: string): void;
  /** False where R can not be interrupted. */
  interrupt(): boolean;
  kill(): void;
  holdUntil(room: Promise<void>): void;
  onOutput(listener: (bytes: Uint8Array) => void): Disposable;
  onExit(listener: (exit: LocalExit) => void): Disposable;
}

export interface LocalConsoleOptions {
  readonly process: LocalR;
  /** The nonce that R's profile was given. */
  readonly nonce: string;
  /** The terminal. */
  readonly write: (text: string) => void;
  readonly columns: number;
  readonly rows: number;
  /** Shared and extended: the newest line last. */
  readonly history?: string[];
  /** Cells of one grapheme in this terminal. */
  readonly width?: (grapheme: string) => number;
  readonly reflows?: boolean;
  readonly marks?: { readonly nonce: string; readonly windows?: boolean };
  readonly onState?: (state: ConsoleState) => void;
  readonly onEnd?: (exit: LocalExit) => void;
  /** Sees a line for the top level first; true keeps it from R. */
  readonly intercept?: (line: string) => boolean;
  /** R is at its top-level prompt again, with lines perhaps waiting: true when somebody else takes the terminal now. */
  readonly onPrompt?: () => boolean;
  /** Undefined while the terminal takes more; else a promise of room. */
  readonly room?: () => Promise<void> | undefined;
}
