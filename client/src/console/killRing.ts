const LIMIT = 60;

/** Texts that were cut, the newest last. */
export class KillRing {
  readonly #ring: string[] = [];
  /** Whether the last key cut too: then the pieces join. */
  #joining = false;
  #yanked: { at: number; text: string } | undefined;

  /** `backward`: the piece stood before what was cut last. */
  cut(text: string, backward: boolean): void {
    if (!text) return;
    const last = this.#joining ? (this.#ring.pop() ?? '') : '';
    this.#ring.push(backward ? text + last : last + text);
    if (this.#ring.length > LIMIT) this.#ring.shift();
    this.#joining = true;
  }

  /** The text to put in at `at`. */
  yank(at: number): string | undefined {
    const text = this.#ring.at(-1);
    this.#yanked = text === undefined ? undefined : { at, text };
    return text;
  }

  /** After a yank: the text it put in, and the one before it to take its place. */
  pop(): { at: number; old: string; next: string } | undefined {
    const yanked = this.#yanked;
    const newest = this.#ring.pop();
    if (!yanked || newest === undefined) return undefined;
    this.#ring.unshift(newest);
    const next = this.#ring.at(-1) ?? newest;
    this.#yanked = { at: yanked.at, text: next };
    return { at: yanked.at, old: yanked.text, next };
  }

  /** Told after each key: only cuts in a row join, only a pop right after a yank replaces. */
  settle(key: 'cut' | 'yank' | 'other'): void {
    this.#joining = key === 'cut';
    if (key !== 'yank') this.#yanked = undefined;
  }
}
