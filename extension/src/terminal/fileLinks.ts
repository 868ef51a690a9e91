/** A place in a source file that R named in its output. */
export interface FileReference {
  readonly start: number;
  readonly length: number;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
}

/** R writes `analysis.R#12` in tracebacks and warnings, `analysis.R:12:3` in parse errors. */
const REFERENCE =
  /(?:^|[\s("'`\[<])((?:[A-Za-z]:)?[^\s"'`:#()<>|*?[\]]+\.[A-Za-z]{1,4})[#:](\d+)(?::(\d+))?/g;
/** A terminal line longer than this is data, not a message. */
const MAX_LINE = 2_000;

/** Finds references in one line of output. */
export function findReferences(line: string): readonly FileReference[] {
  if (line.length > MAX_LINE) return [];
  return [...line.matchAll(REFERENCE)].map((match) => {
    const [whole, path = '', lineText = '1', column] = match;
    const lead = whole.indexOf(path);
    return {
      start: match.index + lead,
      length: whole.length - lead,
      path,
      line: Number(lineText),
      ...(column === undefined ? {} : { column: Number(column) }),
    };
  });
}

/** The path inside the project that a remote path means, when it lies in the session's working directory. */
export function insideProject(path: string, workdir: string | undefined): string | undefined {
  const normal = path.replaceAll('\\', '/').replace(/^\.\//, '');
  if (normal.split('/').includes('..')) return undefined;
  if (workdir !== undefined && normal.startsWith(`${workdir}/`)) return normal.slice(workdir.length + 1);
  return normal.startsWith('/') || normal.startsWith('~') || /^[A-Za-z]:/.test(normal) ? undefined : normal;
}
