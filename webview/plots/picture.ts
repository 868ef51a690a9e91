import { element, show } from '../shared/dom.ts';
import { progressRing } from '../shared/toolkit.ts';

/** Drawing is shown as under way only when it takes longer than a blink. */
const BUSY_AFTER_MS = 300;

/** The picture, and what stands in its place when there is none. */
export class Picture {
  readonly root: HTMLElement;
  readonly #image = element('img', { alt: '', draggable: 'true' });
  readonly #words = element('p', { class: 'words' });
  readonly #ring = progressRing('Drawing the plot');
  #url = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.root = element(
      'main',
      { tabindex: '0', 'aria-label': 'Plot' },
      this.#image,
      this.#words,
      this.#ring,
    );
    this.#image.addEventListener('load', () => show(this.#image, true));
    show(this.#image, false);
    show(this.#ring, false);
  }

  /** Draws from a blob: an SVG in an image can neither run scripts nor clash with the page's ids. */
  draw(bytes: Uint8Array, mime: string, alt: string): void {
    const old = this.#url;
    this.#url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: mime }));
    this.#image.src = this.#url;
    this.#image.alt = alt;
    this.say('');
    if (old) URL.revokeObjectURL(old);
  }

  /** Words instead of a picture; an empty text takes them away. */
  say(text: string, role: 'note' | 'alert' = 'note'): void {
    this.#words.textContent = text;
    this.#words.setAttribute('role', role);
    show(this.#words, text !== '');
    if (text !== '') show(this.#image, false);
  }

  busy(busy: boolean): void {
    this.root.setAttribute('aria-busy', String(busy));
    clearTimeout(this.#timer);
    if (busy) this.#timer = setTimeout(() => show(this.#ring, true), BUSY_AFTER_MS);
    else show(this.#ring, false);
  }
}
