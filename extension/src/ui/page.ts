/** What the document of a webview is filled in with. */
export interface PageParts {
  readonly title: string;
  readonly nonce: string;
  readonly script: string;
  readonly style: string;
  /** Where the editor serves our files from. */
  readonly source: string;
  /** Where images come from; those made in the page when absent. */
  readonly images?: 'data:';
}

/** Nothing but our own script and style sheet, and images made in the page. */
export const contentPolicy = ({
  nonce,
  source,
  images = 'blob:',
}: Pick<PageParts, 'nonce' | 'source'> & { images?: string }): string =>
  [
    "default-src 'none'",
    `img-src ${images}`,
    `style-src ${source} 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');

/** Fills the document (extension/media/webview.html) in. */
export function fillPage(document: string, parts: PageParts): string {
  const values: Record<string, string> = { ...parts, policy: contentPolicy(parts) };
  return document.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escape(values[name] ?? ''));
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
