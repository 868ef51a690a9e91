/** A name of a file on Linux has no more. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4_000;

/** Why a name can not be one in the session's working directory, in words for the user; undefined when it can. */
export function pathProblem(path: string): string | undefined {
  if (path.trim() === '') return 'Type a name.';
  if (path.startsWith('/') || path.startsWith('~/'))
    return 'A name inside the working directory is needed, without “/” or “~” before it.';
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'The name has a control character.';
  if (path.endsWith('/') || /(^|\/)\.$/.test(path)) return 'The name of the file is missing.';
  const names = path.split('/');
  if (names.includes('..')) return '“..” would lead out of the working directory.';
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (names.some((name) => bytes(name) > MAX_NAME_BYTES) || bytes(path) > MAX_PATH_BYTES)
    return `The name is too long: a part may have ${MAX_NAME_BYTES} bytes.`;
  return undefined;
}

/** A name from elsewhere as one that every system takes. */
export const localName = (name: string): string => {
  const clean = name.replace(/[\p{Cc}\\/:*?"<>|]/gu, '_').replace(/[. ]+$/, '');
  return clean === '' ? '_' : clean;
};

/** Folders that hold files, each with how many and how large they are, below themselves too; '' is the whole. */
export function foldersOf(
  files: readonly { readonly path: string; readonly size: number }[],
): readonly { readonly path: string; readonly count: number; readonly size: number }[] {
  const found = new Map<string, { path: string; count: number; size: number }>();
  for (const { path, size } of files) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 0; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      const known = found.get(folder) ?? { path: folder, count: 0, size: 0 };
      found.set(folder, { path: folder, count: known.count + 1, size: known.size + size });
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
