/** Large ones are fast; a proxy that does not take them gets some under 1 MB, the usual limit. */
const LARGE = 64 * 1024 * 1024;
const SMALL = 900 * 1024;
/** The last bytes of a file are read and hashed before they are sent. */
const LAST = 4 * 1024 * 1024;
/** A line that breaks within milliseconds lets these through, and what is through need not be sent again. */
const TINY = 64 * 1024;
const LESS = 8;

/** How many bytes of an upload go with each request. */
export class PieceSizes {
  /** What a piece may grow to, and what it may have now. */
  #limit: number;
  #most: number;
  readonly #last: number;

  /** `isHashedLate`: the last piece is a short one. */
  constructor(isSmall: boolean, isHashedLate: boolean) {
    this.#limit = isSmall ? SMALL : LARGE;
    this.#most = this.#limit;
    this.#last = isHashedLate ? LAST : LARGE;
  }

  /** Of the next piece, when so many bytes are left. */
  next(left: number): number {
    const isInTwo = left <= this.#most && left > this.#last;
    return isInTwo ? left - this.#last : Math.min(left, this.#most);
  }

  /** A piece is there: the next one may be twice as large. */
  arrived(): void {
    this.#most = Math.min(this.#most * 2, this.#limit);
  }

  /** A proxy refused a piece for its size; false when smaller ones make no sense. */
  tooLarge(): boolean {
    const isNews = this.#limit > SMALL;
    this.#limit = SMALL;
    this.#most = Math.min(this.#most, SMALL);
    return isNews;
  }

  /** The connection ended inside a piece. Some proxies do that instead of saying that it is too large. */
  broken(): void {
    this.#limit = Math.max(Math.min(this.#limit, this.#most / 2), SMALL);
    this.#most = Math.max(this.#most / LESS, TINY);
  }
}
