import { bytesText } from '@farside/protocol';
import * as vscode from 'vscode';
import type { Plan } from '@farside/client';
import { config } from '../config.ts';
import { withCancel } from '../ui/progress.ts';
import { counted } from '../ui/counted.ts';
import { choosePlan } from './preview.ts';
import type { Project } from './project.ts';
import type { Decisions } from './projectMemory.ts';

/** Files shown by name in a question. */
const NAMED = 8;

/** Sends what changed before a run. False when the user cancels; then nothing runs either. */
export async function syncProject(project: Project, script: string): Promise<boolean> {
  let plan = await scanAndPlan(project, script);
  const decisions = project.memory.get();
  const decided = new Set([...decisions.include, ...decisions.exclude]);
  const newlyNamed = plan.scan.namedButIgnored.some((path) => !decided.has(path));
  if (!decisions.previewed || newlyNamed) {
    if (!(await preview(project, plan, decisions))) return false;
    plan = await scanAndPlan(project, script);
  }
  return send(project, plan);
}

/** The preview by itself, to change what was decided. */
export async function previewProject(project: Project): Promise<void> {
  const plan = await scanAndPlan(project, '');
  await preview(project, plan, project.memory.get());
}

async function scanAndPlan(project: Project, script: string): Promise<Plan> {
  const title = `Comparing “${project.name}” with ${project.server.entry.name}`;
  return withCancel(title, async (signal) => {
    await project.sync.folder(signal);
    const scan = await project.sync.scan({ script, signal });
    await project.memory.saveHashes(project.hashes.entries());
    return project.sync.plan(scan, signal);
  });
}

async function preview(project: Project, plan: Plan, before: Decisions): Promise<boolean> {
  const choice = await choosePlan(project.name, plan, before);
  if (choice === undefined) return false;
  await project.memory.update({ previewed: true, ...choice });
  return true;
}

async function send(project: Project, whole: Plan): Promise<boolean> {
  const plan = withoutExcluded(whole, new Set(project.memory.get().exclude));
  if (plan.uploadBytes > config.maxProjectBytes() && !(await agreeToSize(plan))) return false;
  const overwrite = await resolveConflicts(plan);
  if (overwrite === undefined) return false;
  const count = plan.upload.length + overwrite.length;
  if (count === 0) return true;
  const title = `Sending ${counted(count, 'file')} to ${project.server.entry.name}`;
  await withCancel(title, async (signal, report) => {
    let shown = 0;
    const onProgress = ({ done, total, path }: { done: number; total: number; path: string }): void => {
      report({ message: path, increment: ((done - shown) / Math.max(1, total)) * 100 });
      shown = done;
    };
    await project.sync.upload(plan, { signal, onProgress, overwrite });
  });
  return true;
}

export function withoutExcluded(plan: Plan, excluded: ReadonlySet<string>): Plan {
  const stays = (path: string): boolean => !excluded.has(path);
  const upload = plan.upload.filter(stays);
  const sizes = new Map(plan.scan.files.map((file) => [file.path, file.size]));
  const uploadBytes = upload.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
  return { ...plan, upload, conflicts: plan.conflicts.filter(stays), uploadBytes };
}

async function agreeToSize({ uploadBytes, upload }: Plan): Promise<boolean> {
  const send = 'Send';
  const question = `Send ${upload.length} files, ${bytesText(uploadBytes)}?`;
  const detail =
    'This is over the limit in the setting farside.sync.maxProjectMegabytes. .farsideignore can leave files out.';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, send)) === send;
}

/** The conflicts to overwrite there; undefined when the user cancels. */
async function resolveConflicts({ conflicts }: Plan): Promise<readonly string[] | undefined> {
  if (conflicts.length === 0) return [];
  const overwrite = 'Overwrite on the Server';
  const keep = 'Keep the Server’s';
  const what = conflicts.length === 1 ? 'A file was' : `${conflicts.length} files were`;
  const question = `${what} changed on the server since it was last in step with your folder.`;
  const more = conflicts.length > NAMED ? `\n… and ${conflicts.length - NAMED} more` : '';
  const detail = conflicts.slice(0, NAMED).join('\n') + more;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, overwrite, keep);
  if (answer === undefined) return undefined;
  return answer === overwrite ? conflicts : [];
}
