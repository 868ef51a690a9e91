/** The scheme of texts that a session showed, and of its files, as read-only documents. */
export const SHOWN_SCHEME = 'farside-shown';

/** Which text a document shows: one of the session's documents, or a file of its working directory. */
export type ShownKey = Readonly<{ url: string; session: string }> &
  ({ readonly document: number } | { readonly file: string });

/** Path and query of the document; the name is for the tab, and says the language of a file. */
export function shownParts(key: ShownKey, name: string): { path: string; query: string } {
  const safe = name.replace(/[\\/:*?"<>|\x00-\x1f]/g, '_').slice(0, 80) || 'R';
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(key)) query.set(field, String(value));
  return { path: `/${safe}`, query: query.toString() };
}

export function shownKey(query: string): ShownKey | undefined {
  const read = new URLSearchParams(query);
  const [url, session, file] = [read.get('url'), read.get('session'), read.get('file')];
  const document = Number(read.get('document'));
  if (url === null || session === null) return undefined;
  if (file !== null) return { url, session, file };
  return Number.isSafeInteger(document) && document > 0 ? { url, session, document } : undefined;
}
