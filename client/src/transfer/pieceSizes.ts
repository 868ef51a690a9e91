/** Large ones are fast; a proxy that does not take them gets some under 1 MB, the usual limit. */
const LARGE = 64 * 1024 * 1024;
const SMALL = 900 * 1024;
/** The last bytes of a file are read and hashed before they are sent. */
const LAST = 4 * 1024 * 1024;
/** Some proxies end the connection instead of saying that a piece is too large. */
const LESS = 8;

/** How many bytes of an upload go with each request. */
export class PieceSizes {
  #most: number;
  readonly #last: number;

  /** `isHashedLate`: the last piece is a short one. */
  constructor(isSmall: boolean, isHashedLate: boolean) {
    this.#most = isSmall ? SMALL : LARGE;
    this.#last = isHashedLate ? LAST : LARGE;
  }

  /** Of the next piece, when so many bytes are left. */
  next(left: number): number {
    const isInTwo = left <= this.#most && left > this.#last;
    return isInTwo ? left - this.#last : Math.min(left, this.#most);
  }

  /** A proxy refused a piece for its size; false when smaller ones make no sense. */
  tooLarge(): boolean {
    const isNews = this.#most > SMALL;
    this.#most = SMALL;
    return isNews;
  }

  /** The connection ended inside a piece. */
  broken(): void {
    this.#most = Math.max(this.#most / LESS, SMALL);
  }
}
