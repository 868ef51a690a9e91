import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { sessionOf } from './target.ts';

export const endSession: Command = {
  id: 'farside.endSession',
  run: async (app, node) => {
    const chosen = await sessionOf(app, node);
    if (chosen === undefined) return;
    const { server, session } = chosen;
    const end = 'End Session';
    const detail = 'R ends and its objects are gone. Files on the server and the output stay.';
    const question = `End the session “${session.name}” on ${server.entry.name}?`;
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, end);
    if (answer !== end) return;
    await server.client.call('closeSession', { params: { id: session.id } });
    await server.refresh();
  },
};
