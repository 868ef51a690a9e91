import type { Memento } from 'vscode';
import { SessionInfo } from '@farside/protocol';
import { isSize, readPlace, type Place } from '../terminal/memory.ts';

const KEY = 'farside.rTerminals';

/** A terminal with local R as the next window finds it: where it stood, since its R is gone then. */
export interface KeptLocal {
  readonly place: Place;
  readonly active: boolean;
  readonly size?: { readonly columns: number; readonly rows: number };
  /** Its remote session; `shown`: the terminal showed it. */
  readonly remote?: { readonly url: string; readonly session: SessionInfo; readonly shown: boolean };
}

/** The R terminals of this workspace, kept as they change: a window that is killed must find them again too. */
export class LocalMemory {
  readonly #memento: Memento;
  #saved = '';

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  load(): readonly KeptLocal[] {
    const kept = this.#memento.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.map(read).filter((one) => one !== undefined) : [];
  }

  save(terminals: readonly KeptLocal[]): void {
    const text = JSON.stringify(terminals);
    if (text === this.#saved) return;
    this.#saved = text;
    void this.#memento.update(KEY, terminals);
  }
}

function read(value: unknown): KeptLocal | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { place, active, size, remote } = value as Partial<KeptLocal>;
  const session = SessionInfo.safeParse(remote?.session);
  const shown = remote?.shown === true;
  const known =
    session.success && typeof remote?.url === 'string'
      ? { remote: { url: remote.url, session: session.data, shown } }
      : {};
  const sized = isSize(size) ? { size: { columns: size.columns, rows: size.rows } } : {};
  return { place: readPlace(place), active: active === true, ...sized, ...known };
}
