import type * as vscode from 'vscode';
import type { Word } from '@farside/client';
import type { Pacer } from './pacer.ts';
import type { SessionTerminal } from './sessionTerminal.ts';

/** A terminal that shows a session only at times: local R and the remote one in turn. */
export abstract class SessionHost {
  /** The session that belongs to it, shown or on hold. */
  abstract readonly remote: SessionTerminal | undefined;
  /** The remote session is shown now. */
  abstract readonly isRemote: boolean;
  /** Shows the session, e.g. since code was sent to it. */
  abstract resume(): void;
  /** The session is not to be shown any more, e.g. since its server was removed. */
  abstract leave(): void;
}

/** What a session's terminal needs to know of the terminal it is shown in. */
export interface Hosted {
  readonly host: SessionHost;
  readonly terminal: () => vscode.Terminal | undefined;
  /** The way to the terminal, so that what both consoles write keeps its order. */
  readonly pacer: Pacer;
  readonly prompt?: string;
  /** The banner has been shown. */
  readonly introduced?: boolean;
  /** A word was typed at the remote prompt; false gives it to R. */
  readonly onWord: (word: Word) => boolean;
  /** The session has ended, by the message, or is not known to the server. */
  readonly onFinal: (message?: string) => void;
}

/** What is wanted of new plots: `displayPlots` and `writePlots` of mrsdeploy. */
export interface PlotWishes {
  /** Shown by themselves. */
  readonly show: boolean;
  /** The folder in which each becomes a file. */
  readonly writeTo?: string;
}
