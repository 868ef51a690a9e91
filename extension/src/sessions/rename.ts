import * as vscode from 'vscode';
import type { SessionInfo } from '@farside/protocol';
import type { ServerConnection } from '../servers/connection.ts';

/** The server takes at most this many characters. */
const LONGEST = 200;

/** Asks for another name. @throws FarsideError */
export async function renameSession(server: ServerConnection, session: SessionInfo): Promise<void> {
  const others = server.sessions.filter((one) => one.id !== session.id);
  const name = await vscode.window.showInputBox({
    title: 'Farside: Rename Session',
    prompt: `New name of “${session.name}”`,
    value: session.name,
    validateInput: (typed) => nameProblem(typed, others),
  });
  if (name === undefined || name.trim() === session.name) return;
  await server.client.call('renameSession', { params: { id: session.id }, body: { name: name.trim() } });
  await server.refresh();
}

/** What is wrong with a name; a name that is taken is only remarked. */
export function nameProblem(
  typed: string,
  others: readonly Pick<SessionInfo, 'name'>[],
): string | vscode.InputBoxValidationMessage | undefined {
  const name = typed.trim();
  if (name === '') return 'A name needs at least one character.';
  if (name.length > LONGEST) return `A name has at most ${LONGEST} characters; this one has ${name.length}.`;
  if (!others.some((one) => one.name === name)) return undefined;
  return { message: 'Another session has this name.', severity: vscode.InputBoxValidationSeverity.Warning };
}
