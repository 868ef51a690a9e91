/** The scheme of journals that are open as documents. */
export const JOURNAL_SCHEME = 'farside-journal';

/** Which journal a document shows. */
export interface JournalKey {
  /** Address of the server. */
  readonly url: string;
  readonly session: string;
}

/** Path and query of the document; the name is for the tab. */
export function journalParts(key: JournalKey, name: string): { path: string; query: string } {
  const safe = name.replace(/[\\/:*?"<>|\x00-\x1f]/g, '_');
  return { path: `/${safe} (journal).txt`, query: new URLSearchParams({ ...key }).toString() };
}

export function journalKey(query: string): JournalKey | undefined {
  const read = new URLSearchParams(query);
  const url = read.get('url');
  const session = read.get('session');
  return url === null || session === null ? undefined : { url, session };
}
