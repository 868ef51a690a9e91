import type { HelpTarget, Shown } from '@farside/protocol';

/** The page of help that is meant; undefined for what is no help. */
export function helpTargetOf({
  kind,
  topic = '',
  package: from = '',
  query = '',
}: Shown): HelpTarget | undefined {
  if (kind === 'help' && (topic || from)) return { kind: 'topic', topic, package: from };
  if (kind === 'search') return { kind: 'search', query };
  if (kind === 'vignettes') return { kind: 'vignettes', package: from };
  if (kind === 'vignette' && topic && from) return { kind: 'vignette', name: topic, package: from };
  return undefined;
}

/** The line that stands in the terminal for what is shown elsewhere. */
export function noteOf(shown: Shown): string {
  const { kind, title = '', topic, package: from, query, rows = 0, columns = 0, url = '', file = '' } = shown;
  switch (kind) {
    case 'help':
      return `[help: ${topic ? `${from ?? ''}::${topic}` : `package ${from ?? ''}`}, in an editor tab]`;
    case 'search':
      return query ? `[search: ${plain(query)}, in an editor tab]` : '[help, in an editor tab]';
    case 'vignette':
      return `[vignette: ${plain(topic ?? '')}, in an editor tab]`;
    case 'vignettes':
      return '[vignettes, in an editor tab]';
    case 'view':
      return `[table: ${plain(title)}, ${rows} × ${columns}, in an editor tab]`;
    case 'text':
      return `[text: ${plain(title)}, in an editor tab]`;
    case 'url':
      return `[web page: ${plain(url)}]`;
    case 'edit':
    case 'page':
      return `[file: ${plain(file)}, in an editor tab]`;
  }
}

/** A server's words in one line, without what a terminal would act upon. */
const plain = (text: string): string =>
  text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ').slice(0, 200);
