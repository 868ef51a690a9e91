import * as vscode from 'vscode';
import { config } from '../config.ts';
import type { Project } from './project.ts';

/** Other unsaved files of the project: what goes up is on the disk. False when the user cancels the run. */
export async function saveOthers(project: Project, running: vscode.TextDocument): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && document !== running && project.relative(document.uri) !== undefined,
  );
  const policy = config.saveOtherFiles();
  if (dirty.length === 0 || policy === 'never') return true;
  if (policy === 'ask') {
    const save = 'Save and Run';
    const keep = 'Run Without Saving';
    const names = dirty.map((document) => project.relative(document.uri)).join(', ');
    const question = `${dirty.length === 1 ? 'Another file has' : 'Other files have'} unsaved changes: ${names}`;
    const detail = 'The run uses the saved versions of other files.';
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, save, keep);
    if (answer !== save) return answer === keep;
  }
  const saved = await Promise.all(dirty.map((document) => document.save()));
  return saved.every(Boolean);
}
