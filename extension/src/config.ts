import * as vscode from 'vscode';

const BYTES_PER_MEGABYTE = 1024 * 1024;

/** What to do with unsaved files of the project before a run. */
export type SaveOtherFiles = 'ask' | 'always' | 'never';

/** The settings, typed; read when they are needed, so that a change counts at once. */
export const config = {
  echo: (): boolean => get('run.echo', true),
  saveOtherFiles: (): SaveOtherFiles => get<SaveOtherFiles>('run.saveOtherFiles', 'ask'),
  syncEnabled: (): boolean => get('sync.enabled', true),
  offerChangedFiles: (): boolean => get('sync.offerChangedFiles', true),
  jobResults: (): string[] => get('jobs.results', []),
  jobDumpFrames: (): boolean => get('jobs.dumpFrames', false),
  notifyOfJobs: (): boolean => get('jobs.notify', true),
  localRPath: (): string => get('localR.path', ''),
  maxFileBytes: (): number => get('sync.maxFileMegabytes', 50) * BYTES_PER_MEGABYTE,
  maxProjectBytes: (): number => get('sync.maxProjectMegabytes', 500) * BYTES_PER_MEGABYTE,
};

function get<T>(key: string, fallback: T): T {
  return vscode.workspace.getConfiguration('farside').get<T>(key, fallback);
}
