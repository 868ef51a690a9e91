import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlotPage } from '@farside/protocol';

const pageFile = (page: number): string => `${page}.rds`;

/** Where the worker keeps the pages of a session. */
export const plotFiles = (sessionDir: string) => {
  const dir = join(sessionDir, 'plots');
  return {
    dir,
    /** What was announced about each page, one JSON object a line. */
    announced: join(dir, 'pages.jsonl'),
    page: (page: number): string => join(dir, pageFile(page)),
  };
};

/**
 * The pages of a session, live or ended, that are there; none when it never drew. A worker that was killed while it
 * removed a page may not have said so.
 */
export async function listPages(sessionDir: string): Promise<PlotPage[]> {
  const { dir, announced } = plotFiles(sessionDir);
  const text = await readFile(announced, 'utf8').catch(absent);
  const there = new Set(text === '' ? [] : await readdir(dir));
  return parsePages(text).filter(({ page }) => there.has(pageFile(page)));
}

/** The last line about a page counts; a line cut by a crash is no line. */
export function parsePages(text: string): PlotPage[] {
  const pages = new Map<number, PlotPage>();
  for (const line of text.split('\n')) {
    const page = parsePage(line);
    if (page?.removed) pages.delete(page.page);
    else if (page) pages.set(page.page, page);
  }
  return [...pages.values()].sort((a, b) => a.page - b.page);
}

function parsePage(line: string): PlotPage | undefined {
  try {
    return PlotPage.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
  throw error;
}
