import {
  DELETES,
  EMPTY,
  KILLS,
  MOVES,
  bufferOf,
  insert,
  remove,
  transpose,
  vertical,
  type Buffer,
} from './buffer.ts';
import type { History } from './history.ts';
import type { Key } from './keys.ts';
import { KillRing } from './killRing.ts';
import { Undo } from './undo.ts';

/** The line being edited: text, undo, kill ring and the walk through history. Draws nothing. */
export class Line {
  readonly #history: History;
  readonly #undo = new Undo();
  readonly #kills = new KillRing();
  #buffer: Buffer = EMPTY;

  constructor(history: History) {
    this.#history = history;
  }

  get buffer(): Buffer {
    return this.#buffer;
  }
  get text(): string {
    return this.#buffer.text;
  }

  /** Replaces the text; undo brings the old one back. */
  replace(next: Buffer): void {
    this.#undo.keep(this.#buffer);
    this.#buffer = next;
  }

  insert(text: string): void {
    this.replace(insert(this.#buffer, text));
    this.#history.stop();
    this.#kills.settle('other');
  }

  /** Gives the text and begins a new one. */
  take(): string {
    const { text } = this.#buffer;
    this.#buffer = EMPTY;
    this.#undo.clear();
    this.#history.stop();
    this.#kills.settle('other');
    return text;
  }

  /** Does what a key means for the text; false when it means nothing here. */
  press(key: Key): boolean {
    const kind = this.#press(key);
    if (kind === undefined) return false;
    this.#kills.settle(kind);
    return true;
  }

  #press(key: Key): 'cut' | 'yank' | 'other' | undefined {
    const buffer = this.#buffer;
    if (key in MOVES) this.#buffer = bufferOf(buffer.text, MOVES[key as keyof typeof MOVES](buffer));
    else if (key in DELETES) this.#cut(DELETES[key as keyof typeof DELETES](buffer));
    else if (key in KILLS) {
      const [from, to] = KILLS[key as keyof typeof KILLS](buffer);
      this.#kills.cut(buffer.text.slice(from, to), to <= buffer.cursor);
      this.#cut([from, to]);
      return 'cut';
    } else return this.#other(key);
    return 'other';
  }

  #other(key: Key): 'yank' | 'other' | undefined {
    switch (key) {
      case 'yank': {
        const text = this.#kills.yank(this.#buffer.cursor);
        if (text) this.replace(insert(this.#buffer, text));
        return 'yank';
      }
      case 'yankPop':
        this.#yankPop();
        return 'yank';
      case 'transpose':
        this.replace(transpose(this.#buffer));
        return 'other';
      case 'undo':
        this.#buffer = this.#undo.back(this.#buffer) ?? this.#buffer;
        return 'other';
      case 'up':
      case 'down':
        this.#vertical(key === 'up' ? -1 : 1);
        return 'other';
      case 'historyFirst':
      case 'historyLast':
        this.#show(this.#history.jump(this.#buffer, key === 'historyFirst' ? 'first' : 'last'));
        return 'other';
      default:
        return undefined;
    }
  }

  #vertical(direction: -1 | 1): void {
    // Inside a text of several lines the arrows move; while walking the history they go on walking.
    const moved = this.#history.walking ? undefined : vertical(this.#buffer, direction);
    if (moved) this.#buffer = moved;
    else this.#show(this.#history.step(this.#buffer, direction));
  }

  #show(next: Buffer | undefined): void {
    if (next) this.replace(next);
  }

  #cut([from, to]: readonly [number, number]): void {
    if (from === to) return;
    this.replace(remove(this.#buffer, from, to));
    this.#history.stop();
  }

  #yankPop(): void {
    const swap = this.#kills.pop();
    if (!swap) return;
    const cleared = remove(this.#buffer, swap.at, swap.at + swap.old.length);
    this.replace(insert(cleared, swap.next));
  }
}
