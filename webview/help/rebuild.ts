import { readLink, type Link } from './links.ts';

/** What a document may consist of. Everything else is left out, with what is inside where that is no text to read. */
const TAGS = new Set(
  (
    'p h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr td th caption pre code kbd samp var em strong b i u s sub sup br hr ' +
    'ul ol li dl dt dd blockquote div span section article main header footer nav a img figure figcaption small cite ' +
    'abbr q details summary'
  ).split(' '),
);
const DROPPED = new Set(
  'script style head title meta link iframe frame object embed template noscript svg math form textarea select'.split(
    ' ',
  ),
);
const IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;
/** Elements of one document: more would make the page useless before it makes it slow. */
const MAX_ELEMENTS = 100_000;

/**
 * Makes a document anew from the parts that are known to be harmless: no attribute is copied but spans of cells,
 * places, and images that are inside the document. `onLink` is told of a link that is followed.
 */
export function rebuild(
  html: string,
  own: string,
  onLink: (link: NonNullable<Link>) => void,
): DocumentFragment {
  // A document of its own: scripts in it do not run, images are not fetched.
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  let left = MAX_ELEMENTS;
  const copy = (from: Node, into: Node): void => {
    for (const child of from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) into.appendChild(document.createTextNode(child.nodeValue ?? ''));
      if (!(child instanceof Element) || DROPPED.has(child.localName)) continue;
      if (left-- <= 0) return;
      const made = TAGS.has(child.localName) ? element(child, own, onLink) : undefined;
      copy(child, made ? into.appendChild(made) : into);
    }
  };
  copy(parsed.body, fragment);
  return fragment;
}

function element(
  from: Element,
  own: string,
  onLink: (link: NonNullable<Link>) => void,
): HTMLElement | undefined {
  const made = document.createElement(from.localName);
  const place = from.getAttribute('id') ?? from.getAttribute('name');
  if (place) made.dataset['place'] = place;
  for (const name of ['colspan', 'rowspan']) {
    const value = Number(from.getAttribute(name));
    if (value > 0 && value <= 1000) made.setAttribute(name, String(value));
  }
  if (made instanceof HTMLImageElement) return image(made, from);
  if (made instanceof HTMLAnchorElement) follow(made, readLink(from.getAttribute('href') ?? '', own), onLink);
  return made;
}

function image(made: HTMLImageElement, from: Element): HTMLImageElement | undefined {
  const source = from.getAttribute('src') ?? '';
  if (!IMAGE.test(source)) return undefined;
  made.src = source;
  made.alt = from.getAttribute('alt') ?? '';
  return made;
}

function follow(made: HTMLAnchorElement, link: Link, onLink: (link: NonNullable<Link>) => void): void {
  if (!link) return;
  made.href = '#';
  if (link.to === 'web') made.title = link.url;
  made.addEventListener('click', (event) => {
    event.preventDefault();
    onLink(link);
  });
}
