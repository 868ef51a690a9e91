import type { HelpTarget } from '@farside/protocol';

/** Where a link of a help page leads: another page, a place in this one, the web, or nowhere. */
export type Link =
  { to: 'page'; target: HelpTarget } | { to: 'place'; id: string } | { to: 'web'; url: string } | undefined;

const PAGE = /^(?:\.\.\/\.\.\/([A-Za-z0-9.]+)|\.\.)\/(?:help|html)\/([^/?#]+?)(?:\.html)?(?:#.*)?$/;
const SIBLING = /^([^/?#:]+)\.html(?:#.*)?$/;
const INDEX = '00Index';

/** Reads a link as R writes it into its pages. `own`: the package of the page. */
export function readLink(href: string, own: string): Link {
  if (href.startsWith('#')) return { to: 'place', id: decoded(href.slice(1)) };
  if (/^https?:\/\//i.test(href)) return { to: 'web', url: href };
  const page = PAGE.exec(href);
  const topic = page?.[2] ?? SIBLING.exec(href)?.[1];
  if (topic === undefined) return undefined;
  const target = { kind: 'topic' as const, package: page?.[1] ?? own, topic: decoded(topic) };
  return { to: 'page', target: topic === INDEX ? { ...target, topic: '' } : target };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
