import type { Memento } from 'vscode';
import type { HashCache } from '@farside/client';

/** What the user decided about the files of a project, kept for the workspace. */
export interface Decisions {
  /** The preview was answered once. */
  readonly previewed: boolean;
  /** Ignored files that go up all the same. */
  readonly include: readonly string[];
  /** Files that stay here. */
  readonly exclude: readonly string[];
  /** Remote versions (`path hash`) that were offered and not wanted. */
  readonly declined: readonly string[];
}

const NOTHING: Decisions = { previewed: false, include: [], exclude: [], declined: [] };
type SavedHashes = ReturnType<HashCache['entries']>;

/** The decisions and known hashes of one project on one server. */
export class ProjectMemory {
  readonly #memento: Memento;
  readonly #key: string;

  constructor(memento: Memento, key: string) {
    this.#memento = memento;
    this.#key = `farside.project ${key}`;
  }

  get(): Decisions {
    return { ...NOTHING, ...this.#memento.get<Partial<Decisions>>(this.#key) };
  }

  update(change: Partial<Decisions>): Thenable<void> {
    return this.#memento.update(this.#key, { ...this.get(), ...change });
  }

  hashes(): SavedHashes {
    return this.#memento.get<SavedHashes>(`${this.#key} hashes`, []);
  }

  saveHashes(hashes: SavedHashes): Thenable<void> {
    return this.#memento.update(`${this.#key} hashes`, hashes);
  }
}
