import type * as vscode from 'vscode';
import type { Help } from './help/help.ts';
import type { JournalFiles } from './journal/documents.ts';
import type { CurrentSession } from './sessions/current.ts';
import type { Interrupts } from './sessions/interrupts.ts';
import type { Servers } from './servers/servers.ts';
import type { RTerminals } from './local/rTerminals.ts';
import type { Snapshots } from './snapshots/snapshots.ts';
import type { Terminals } from './terminal/terminals.ts';

/** The parts that commands and views work with; made once, in `activate`. */
export interface App {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly servers: Servers;
  /** The session that code of the editor runs in. */
  readonly current: CurrentSession;
  /** The sessions that are open in a terminal of this window, each with its link. */
  readonly terminals: Terminals;
  /** The terminals of this window that have a local R. */
  readonly rTerminals: RTerminals;
  readonly interrupts: Interrupts;
  /** Journals that are open as documents. */
  readonly journals: JournalFiles;
  readonly help: Help;
  /** The tab with the list of snapshots. */
  readonly snapshots: Snapshots;
}
