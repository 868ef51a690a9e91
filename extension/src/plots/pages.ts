import type { PlotItem, PlotPage } from '@farside/protocol';

/** The pages of one session as they become known: from the list, and from records that may come before or after it. */
export class Pages {
  readonly #pages = new Map<number, PlotPage>();
  readonly #removed = new Set<number>();

  /** Whether something changed. */
  add(page: PlotPage): boolean {
    if (page.removed) {
      this.#removed.add(page.page);
      return this.#pages.delete(page.page);
    }
    const known = this.#pages.get(page.page);
    if (this.#removed.has(page.page) || (known && known.revision >= page.revision)) return false;
    this.#pages.set(page.page, page);
    return true;
  }

  items(): PlotItem[] {
    return [...this.#pages.values()]
      .sort((a, b) => a.page - b.page)
      .map(({ page, revision, operations }) => ({ page, revision, operations }));
  }

  get newest(): number | null {
    return this.#pages.size === 0 ? null : Math.max(...this.#pages.keys());
  }
}
