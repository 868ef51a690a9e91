import * as vscode from 'vscode';
import type { HelpTarget } from '@farside/protocol';
import type { App } from '../app.ts';
import type { HelpSource } from '../help/help.ts';
import type { Command } from './command.ts';
import { nodeOf, serverOf } from './target.ts';

/** The packages of the session in hand count; without one those of a server. */
async function sourceOf(app: App, arg: unknown): Promise<HelpSource | undefined> {
  const node = nodeOf(arg);
  const chosen = node?.kind === 'session' ? node : app.current.get();
  if (chosen) return { client: chosen.server.client, session: chosen.session.id };
  const server = await serverOf(app, arg);
  return server && { client: server.client };
}

/** What the cursor stands on in an R file. */
function wordAtCursor(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return '';
  const { document, selection } = editor;
  const range = selection.isEmpty
    ? document.getWordRangeAtPosition(selection.active, /(?:[A-Za-z.][\w.]*::)?[A-Za-z.][\w.]*/)
    : selection;
  const text = range ? document.getText(range) : '';
  return text.includes('\n') || text.length > 100 ? '' : text.trim();
}

const ask =
  (prompt: string, targetOf: (words: string) => HelpTarget): Command['run'] =>
  async (app, node) => {
    const source = await sourceOf(app, node);
    const words = source && (await vscode.window.showInputBox({ prompt, value: wordAtCursor() }));
    if (source && words?.trim()) await app.help.open(source, targetOf(words.trim()), false);
  };

/** `pkg::topic`, or `pkg::` for all of a package. */
export function topicOf(words: string): HelpTarget {
  const [, from = '', topic = ''] = /^(?:([A-Za-z0-9.]+):::?)?(.*)$/.exec(words) ?? [];
  return { kind: 'topic', topic: topic.replace(/^\?|^`|`$|\(\)$/g, ''), package: from };
}

export const HELP_COMMANDS: readonly Command[] = [
  { id: 'farside.helpOnTopic', run: ask('Help on: a topic, package::topic, or package::', topicOf) },
  { id: 'farside.searchHelp', run: ask('Search R’s help for', (query) => ({ kind: 'search', query })) },
];
