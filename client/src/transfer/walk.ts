import type { FileAccess, FileFacts, FolderItem } from './access.ts';
import { hasGit, isRootMarker } from './markers.ts';
import { RULE_FILES, Rules } from './rules.ts';
import { throwIfCancelled } from './tasks.ts';

export interface Found {
  readonly files: readonly { readonly path: string; readonly facts: FileFacts }[];
  /** Ignored, but .farsideignore says `!`. */
  readonly asked: readonly string[];
  readonly git: boolean;
}

interface Walk {
  readonly access: FileAccess;
  readonly signal: AbortSignal | undefined;
  readonly included: ReadonlySet<string>;
  readonly files: { path: string; facts: FileFacts }[];
  readonly asked: string[];
}

/** Goes through a project by its ignore rules. `included`: ignored files that the user agreed to. */
export async function walk(
  access: FileAccess,
  included: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const state: Walk = { access, signal, included, files: [], asked: [] };
  const root = await access.list('');
  await folder(state, '', root, Rules.root(), false);
  const known = new Set(state.files.map(({ path }) => path));
  await Promise.all([...included].filter((path) => !known.has(path)).map((path) => take(state, path)));
  state.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: state.files, asked: state.asked, git: hasGit(root) };
}

async function folder(
  state: Walk,
  path: string,
  items: readonly FolderItem[],
  above: Rules,
  out: boolean,
): Promise<void> {
  throwIfCancelled(state.signal);
  const rules = await rulesOf(state.access, path, items, above);
  await Promise.all(
    items.map(async ({ name, kind }) => {
      const child = path ? `${path}/${name}` : name;
      const isFolder = kind === 'folder';
      if (rules.isNever(child, isFolder)) return;
      const verdict = rules.verdict(child, isFolder, out);
      if (isFolder) {
        const childOut = verdict === 'out' || (verdict === 'asked' && out);
        if (verdict === 'in' || rules.takesBack)
          await folder(state, child, await state.access.list(child), rules, childOut || verdict === 'asked');
      } else if (verdict === 'in' || (path === '' && isRootMarker(name))) await take(state, child);
      else if (verdict === 'asked' && !state.included.has(child)) state.asked.push(child);
    }),
  );
}

async function take(state: Walk, path: string): Promise<void> {
  // Gone or no plain file: not there.
  const facts = await state.access.stat(path);
  if (facts) state.files.push({ path, facts });
}

async function rulesOf(
  access: FileAccess,
  path: string,
  items: readonly FolderItem[],
  above: Rules,
): Promise<Rules> {
  const [git, farside] = await Promise.all(
    RULE_FILES.map(async (name) => {
      if (!items.some((item) => item.name === name && item.kind === 'file')) return undefined;
      return new TextDecoder().decode(await access.read(path ? `${path}/${name}` : name));
    }),
  );
  return above.within(path, { git, farside });
}
