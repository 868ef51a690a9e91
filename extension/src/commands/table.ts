import { addServer } from './addServer.ts';
import { bringBackFiles } from './bringBackFiles.ts';
import { chooseFiles } from './chooseFiles.ts';
import type { Command } from './command.ts';
import { endSession } from './endSession.ts';
import { HELP_COMMANDS } from './help.ts';
import { FILE_COMMANDS } from './files.ts';
import { interrupt } from './interrupt.ts';
import { JOB_COMMANDS } from './jobs.ts';
import { LOCAL_COMMANDS } from './localR.ts';
import { newSession } from './newSession.ts';
import { openJournal } from './openJournal.ts';
import { openReadOnly } from './openReadOnly.ts';
import { openTerminal } from './openTerminal.ts';
import { refreshSessions } from './refreshSessions.ts';
import { removeServer } from './removeServer.ts';
import { removeSession } from './removeSession.ts';
import { renameSession } from './renameSession.ts';
import { restartSession } from './restartSession.ts';
import { retry } from './retry.ts';
import { runFile } from './runFile.ts';
import { runSelection } from './runSelection.ts';
import { saveJournal } from './saveJournal.ts';
import { showLog } from './showLog.ts';
import { signIn } from './signIn.ts';
import { signOut } from './signOut.ts';
import { SNAPSHOT_COMMANDS } from './snapshots.ts';
import { sourceWithEcho } from './sourceWithEcho.ts';
import { switchSession } from './switchSession.ts';

/** Every command; the manifest has the same ids, which a test checks. `farside.showPlots` is in plots/. */
export const COMMANDS: readonly Command[] = [
  addServer,
  removeServer,
  signIn,
  signOut,
  newSession,
  switchSession,
  openTerminal,
  openReadOnly,
  renameSession,
  interrupt,
  endSession,
  restartSession,
  removeSession,
  openJournal,
  saveJournal,
  runFile,
  sourceWithEcho,
  runSelection,
  bringBackFiles,
  chooseFiles,
  retry,
  refreshSessions,
  showLog,
  ...HELP_COMMANDS,
  ...LOCAL_COMMANDS,
  ...JOB_COMMANDS,
  ...FILE_COMMANDS,
  ...SNAPSHOT_COMMANDS,
];
