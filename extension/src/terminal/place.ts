import * as vscode from 'vscode';
import type { Place } from './memory.ts';

/**
 * Where a terminal stands now. Extensions are told of terminals in editors only by their tab, which has the
 * terminal's title; of splits in the panel they are not told.
 */
export function placeOf(title: string): Place {
  for (const group of vscode.window.tabGroups.all)
    for (const { input, label } of group.tabs)
      if (input instanceof vscode.TabInputTerminal && label === title)
        return { kind: 'editor', column: group.viewColumn };
  return { kind: 'panel' };
}

export function locationOf(place: Place): vscode.TerminalLocation | vscode.TerminalEditorLocationOptions {
  return place.kind === 'panel'
    ? vscode.TerminalLocation.Panel
    : { viewColumn: place.column, preserveFocus: true };
}
