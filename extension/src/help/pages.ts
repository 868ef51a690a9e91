import type { FarsideClient } from '@farside/client';
import type { HelpEntry, HelpLink, HelpTarget, ToHelp } from '@farside/protocol';

/** The first search of a server reads every package that is installed there. */
const TIMEOUT_MS = 60_000;

/** A page without what depends on where one came from. */
export type Page = Omit<Extract<ToHelp, { type: 'page' }>, 'back' | 'forward' | 'type'>;

/** Has the server read a page. `session`: whose packages count; those of a new session without. @throws FarsideError */
export function readPage(
  client: FarsideClient,
  session: string | undefined,
  target: HelpTarget,
): Promise<Page> {
  const where = session === undefined ? {} : { session };
  switch (target.kind) {
    case 'topic':
      return topic(client, where, target);
    case 'search':
      return search(client, where, target.query);
    case 'vignettes':
      return vignettes(client, where, target.package);
    case 'vignette':
      return vignette(client, where, target);
  }
}

type Where = Readonly<{ session?: string }>;

async function topic(
  client: FarsideClient,
  where: Where,
  { topic: name, package: from }: Extract<HelpTarget, { kind: 'topic' }>,
): Promise<Page> {
  const query = { ...where, topic: name, package: from, format: 'html' };
  const page = await client.call('help', { query, timeoutMs: TIMEOUT_MS });
  const entries = page.others.map(entryOf);
  if (page.format !== 'index')
    return { title: `${page.page} {${page.package}}`, package: page.package, html: page.content, entries };
  const list: HelpTarget = { kind: 'vignettes', package: page.package };
  const more = { label: 'Vignettes', title: `of ${page.package}`, target: list };
  return { title: page.content, package: page.package, note: page.title, entries: [more, ...entries] };
}

async function search(client: FarsideClient, where: Where, query: string): Promise<Page> {
  const hits = query
    ? await client.call('searchHelp', { query: { ...where, q: query }, timeoutMs: TIMEOUT_MS })
    : [];
  const entries = hits.map(({ type, package: from, topic: name, title }): HelpEntry => {
    const target: HelpTarget =
      type === 'vignette'
        ? { kind: 'vignette', name, package: from }
        : { kind: 'topic', topic: name, package: from };
    return { label: `${from}::${name}`, title: type === 'help' ? title : `${title} (${type})`, target };
  });
  const note =
    entries.length > 0 ? undefined : query ? `Nothing was found for “${query}”.` : 'Search with ??words.';
  return { title: `Search: ${query}`, package: '', ...(note && { note }), entries };
}

async function vignettes(client: FarsideClient, where: Where, from: string): Promise<Page> {
  const all = await client.call('vignettes', { query: { ...where, package: from }, timeoutMs: TIMEOUT_MS });
  const entries = all.map(({ package: home, name, title }): HelpEntry => {
    return { label: `${home}: ${name}`, title, target: { kind: 'vignette', name, package: home } };
  });
  const note = entries.length > 0 ? {} : { note: 'There are no vignettes.' };
  return { title: from ? `Vignettes of ${from}` : 'Vignettes', package: from, ...note, entries };
}

async function vignette(
  client: FarsideClient,
  where: Where,
  { name, package: from }: Extract<HelpTarget, { kind: 'vignette' }>,
): Promise<Page> {
  const query = { ...where, format: 'html' };
  const page = await client.call('vignette', {
    params: { package: from, name },
    query,
    timeoutMs: TIMEOUT_MS,
  });
  const content = page.format === 'html' ? { html: page.content } : { text: page.content };
  return { title: page.title || name, package: from, ...content, entries: [] };
}

const entryOf = ({ package: from, page, title }: HelpLink): HelpEntry => ({
  label: page,
  title,
  target: { kind: 'topic', topic: page, package: from },
});
