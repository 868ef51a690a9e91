import { bytesText } from '@farside/protocol';
import * as vscode from 'vscode';
import type { Plan } from '@farside/client';
import type { Decisions } from './projectMemory.ts';

interface Row extends vscode.QuickPickItem {
  readonly path?: string;
  readonly ignored?: boolean;
}

const HEADING = vscode.QuickPickItemKind.Separator;

/** What the user chose in the preview; undefined when cancelled. */
export type Choice = Pick<Decisions, 'include' | 'exclude'>;

/** Lists what would go up, the first time: each file can stay here, ignored ones that the script names can go. */
export async function choosePlan(name: string, plan: Plan, before: Decisions): Promise<Choice | undefined> {
  const rows = previewRows(plan, before);
  const picked = await vscode.window.showQuickPick(rows, {
    title: `Farside: Send “${name}” to the Server`,
    placeHolder: 'Files to send, now and when they change',
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  if (picked === undefined) return undefined;
  const chosen = new Set(picked.map((row) => row.path));
  const offered = rows.filter((row) => row.path !== undefined);
  const all = (want: (row: Row) => boolean): string[] =>
    offered.filter(want).map((row) => row.path as string);
  return {
    include: all((row) => row.ignored === true && chosen.has(row.path)),
    exclude: all((row) => !chosen.has(row.path)),
  };
}

export function previewRows({ scan }: Plan, before: Decisions): Row[] {
  const excluded = new Set(before.exclude);
  const included = new Set(before.include);
  const sent = scan.files
    .filter((file) => file.marker !== true && !included.has(file.path))
    .map(({ path, size }) => ({
      label: path,
      description: bytesText(size),
      path,
      picked: !excluded.has(path),
    }));
  const ignored = [...new Set([...scan.namedButIgnored, ...before.include])].map((path) => ({
    label: path,
    description: 'ignored by .gitignore or .farsideignore, named in the script',
    path,
    ignored: true,
    picked: !excluded.has(path),
  }));
  const large = scan.tooLarge.map(({ path, size }) => `${path} (${bytesText(size)})`);
  return [
    ...(ignored.length > 0
      ? [{ label: 'Ignored, but the script names them', kind: HEADING }, ...ignored]
      : []),
    { label: `${sent.length} files`, kind: HEADING },
    ...sent,
    ...(large.length > 0 ? [{ label: `Too large, not sent: ${large.join(', ')}`, kind: HEADING }] : []),
  ];
}
