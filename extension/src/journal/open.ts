import { bytesText } from '@farside/protocol';
import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';
import { withCancel } from '../ui/progress.ts';
import { MAX_SHOWN_BYTES, type JournalFiles } from './documents.ts';
import { journalText, journalUpTo } from './fetch.ts';
import { saveJournal } from './save.ts';
import { JOURNAL_SCHEME, journalParts } from './uri.ts';

/** Shows the whole output of a session as a document; offers a file when it is too long. @throws FarsideError */
export async function openJournal(
  files: JournalFiles,
  server: ServerConnection,
  session: Pick<SessionInfo, 'id' | 'name'>,
): Promise<void> {
  const text = await withCancel(`Reading the journal of “${session.name}”`, (signal, report) =>
    journalUpTo(MAX_SHOWN_BYTES, journalText(server.client, session.id, signal), (bytes) =>
      report({ message: bytesText(bytes) }),
    ),
  );
  if (text === undefined) return offerFile(server, session);
  const parts = journalParts({ url: server.entry.url, session: session.id }, session.name);
  const uri = vscode.Uri.from({ scheme: JOURNAL_SCHEME, ...parts });
  files.put(uri, text);
  await vscode.window.showTextDocument(uri, { preview: false });
}

async function offerFile(server: ServerConnection, session: Pick<SessionInfo, 'id' | 'name'>): Promise<void> {
  const save = 'Save As…';
  const size = bytesText(MAX_SHOWN_BYTES);
  const text = `The journal of “${session.name}” is longer than ${size}, too long for an editor.`;
  if ((await vscode.window.showWarningMessage(text, save)) === save) await saveJournal(server, session);
}
