import * as vscode from 'vscode';
import type { Command } from './command.ts';
import { pickServer } from './pickServer.ts';

export const removeServer: Command = {
  id: 'farside.removeServer',
  run: async (app, node) => {
    const server = await pickServer(app, node, 'Server to remove from the list');
    if (server === undefined) return;
    const remove = 'Remove';
    const detail = 'You are signed out there. Sessions on the server go on.';
    const question = `Remove ${server.entry.name} from the list?`;
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, remove);
    if (answer === remove) await app.servers.remove(server);
  },
};
