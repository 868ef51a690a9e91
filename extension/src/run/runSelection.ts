import * as vscode from 'vscode';
import { completeness } from '@farside/client';
import type { App } from '../app.ts';
import { ensureSession } from '../sessions/choose.ts';
import { expressionAt, nextCodeLine } from './selection.ts';

/** Sends the selection, or the expression at the cursor, which then moves on to the next one. */
export async function runSelectionOf(app: App): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return;
  const taken = take(editor);
  if (taken === undefined) return;
  const chosen = await ensureSession(app, editor.document.uri);
  if (chosen === undefined) return;
  const terminal = app.terminals.show(chosen.server, chosen.session, { preserveFocus: true, as: 'write' });
  terminal.link.input(taken.text);
  taken.advance();
}

interface Taken {
  readonly text: string;
  readonly advance: () => void;
}

function take(editor: vscode.TextEditor): Taken | undefined {
  const { document, selection } = editor;
  if (!selection.isEmpty) return { text: normalized(document.getText(selection)), advance: () => undefined };
  const lines = normalized(document.getText()).split('\n');
  const range = expressionAt(lines, selection.active.line, isIncomplete);
  if (range === undefined) return undefined;
  const next = nextCodeLine(lines, range.end + 1);
  return {
    text: lines.slice(range.start, range.end + 1).join('\n'),
    advance: () => moveTo(editor, next ?? Math.min(range.end + 1, document.lineCount - 1)),
  };
}

function moveTo(editor: vscode.TextEditor, line: number): void {
  const { firstNonWhitespaceCharacterIndex: column } = editor.document.lineAt(line);
  const at = new vscode.Position(line, column);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

const normalized = (text: string): string => text.replaceAll('\r\n', '\n');

const isIncomplete = (text: string): boolean => completeness(text) === 'incomplete';
