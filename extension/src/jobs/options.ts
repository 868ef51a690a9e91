import * as vscode from 'vscode';
import type { JobRequest } from '@farside/protocol';
import { config } from '../config.ts';
import { ALL, namesIn, resultsOf } from './results.ts';

/** What a job can be asked besides its script. */
export type JobOptions = Pick<JobRequest, 'echo' | 'results' | 'dumpFrames' | 'args'>;

export function defaultOptions(): JobOptions {
  return {
    echo: config.echo(),
    results: resultsOf(config.jobResults()),
    dumpFrames: config.jobDumpFrames() || undefined,
  };
}

interface Row extends vscode.QuickPickItem {
  readonly key: 'echo' | 'all' | 'named' | 'frames' | 'args';
}

/** Asks for the options of one job; undefined when the user cancels. */
export async function askOptions(): Promise<JobOptions | undefined> {
  const named = config.jobResults();
  const all = named.includes(ALL);
  const rows: Row[] = [
    { key: 'echo', label: 'Echo', description: 'show each line as it runs', picked: config.echo() },
    { key: 'all', label: 'Keep the whole workspace', description: 'all objects as results', picked: all },
    {
      key: 'named',
      label: 'Keep named objects…',
      description: 'as results, to be saved as RDS',
      picked: !all && named.length > 0,
    },
    {
      key: 'frames',
      label: 'Keep the frames of a failure',
      description: 'for utils::debugger()',
      picked: config.jobDumpFrames(),
    },
    { key: 'args', label: 'Arguments…', description: 'for commandArgs(TRUE)', picked: false },
  ];
  const options = { title: 'Farside: Run as Job', canPickMany: true, ignoreFocusOut: true } as const;
  const picked = await vscode.window.showQuickPick(rows, {
    ...options,
    placeHolder: 'What the job does besides running the file',
  });
  if (picked === undefined) return undefined;
  const has = (key: Row['key']): boolean => picked.some((row) => row.key === key);
  let results: JobOptions['results'] = has('all') ? true : undefined;
  if (!has('all') && has('named')) {
    const names = await askNames('Objects to keep, by name', named.join(', '));
    if (names === undefined) return undefined;
    results = resultsOf(names);
  }
  const args = has('args') ? await askNames('Arguments of the script', '') : [];
  if (args === undefined) return undefined;
  return {
    echo: has('echo'),
    results,
    dumpFrames: has('frames') || undefined,
    args: args.length > 0 ? args : undefined,
  };
}

async function askNames(prompt: string, value: string): Promise<string[] | undefined> {
  const title = 'Farside: Run as Job';
  const typed = await vscode.window.showInputBox({ title, prompt, value, ignoreFocusOut: true });
  return typed === undefined ? undefined : namesIn(typed);
}
