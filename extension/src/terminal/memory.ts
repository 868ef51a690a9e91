import type { Memento } from 'vscode';
import { SessionInfo } from '@farside/protocol';

const KEY = 'farside.terminals';

/** Where a terminal stood, as far as VS Code tells. */
export type Place = { readonly kind: 'panel' } | { readonly kind: 'editor'; readonly column: number };

/** A terminal as the next window finds it. */
export interface KeptTerminal {
  /** Address of the server. */
  readonly url: string;
  /** The session as it was last known: enough for a title before the server answers. */
  readonly session: SessionInfo;
  readonly readOnly: boolean;
  readonly place: Place;
  /** It was the one in front. */
  readonly active: boolean;
  /** When it last showed what the session does, ms since 1970. */
  readonly lastSeen: number;
  readonly size?: { readonly columns: number; readonly rows: number };
}

/**
 * The terminals of this workspace, kept as they change: a window that is killed must find them again too. Windows on
 * the same workspace share the memory: a new one opens the same sessions, and the last to change something is kept.
 */
export class TerminalMemory {
  readonly #memento: Memento;
  #saved = '';

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  /** In the order of the tabs; what another version wrote and can not be read is left out. */
  load(): readonly KeptTerminal[] {
    const kept = this.#memento.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.map(read).filter((one) => one !== undefined) : [];
  }

  save(terminals: readonly KeptTerminal[]): void {
    const text = JSON.stringify(terminals);
    if (text === this.#saved) return;
    this.#saved = text;
    void this.#memento.update(KEY, terminals);
  }
}

function read(value: unknown): KeptTerminal | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { url, session, readOnly, place, active, lastSeen, size } = value as Partial<KeptTerminal>;
  const known = SessionInfo.safeParse(session);
  if (typeof url !== 'string' || !known.success || typeof lastSeen !== 'number') return undefined;
  return {
    url,
    session: known.data,
    readOnly: readOnly === true,
    place: readPlace(place),
    active: active === true,
    lastSeen,
    ...(isSize(size) ? { size: { columns: size.columns, rows: size.rows } } : {}),
  };
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0;

export const readPlace = (place: Partial<Place> | undefined): Place =>
  place?.kind === 'editor' && 'column' in place && isCount(place.column)
    ? { kind: 'editor', column: place.column }
    : { kind: 'panel' };

export const isSize = (size: KeptTerminal['size']): size is NonNullable<KeptTerminal['size']> =>
  typeof size === 'object' && size !== null && isCount(size.columns) && isCount(size.rows);
