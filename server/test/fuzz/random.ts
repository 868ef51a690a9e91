/** Random choices that can be made again: the seed is printed, and taken from FARSIDE_FUZZ_SEED. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed = Number(process.env['FARSIDE_FUZZ_SEED'] ?? Date.now() % 2 ** 31)) {
    this.seed = seed;
    this.#state = seed;
    process.stdout.write(`Seed: FARSIDE_FUZZ_SEED=${seed}\n`);
  }

  /** 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.int(256)));
  }
}

/** How often: the long form looks longer. */
export const rounds = (short: number, long: number): number => (process.env['FARSIDE_LONG'] ? long : short);
