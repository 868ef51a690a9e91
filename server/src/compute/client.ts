import type { Duplex, Readable } from 'node:stream';
import { FarsideError, SessionInfo } from '@farside/protocol';
import {
  ATTACH_UPGRADE,
  ComputeHealth,
  ComputeVersion,
  HEAD_HEADER,
  REnvironment,
  SessionChange,
  SessionList,
} from './api.ts';
import type { ComputeSettings, CreateSession } from './api.ts';
import { ComputeConnection } from './client/connection.ts';
import { lines } from './client/lines.ts';

/** An open attach stream. Read records from it, write worker frames (all but `attach`) to it. */
export interface Attachment {
  /** Whole records in order without gaps from the cursor on; ends after the final record. */
  readonly stream: Duplex;
  /** Last sequence number in the journal when attached: what comes up to here is replay. */
  readonly head: number;
}

/** Bytes with their type, e.g. a drawn plot. */
export interface Answer {
  readonly type: string;
  readonly body: Readable;
}

/**
 * `force` kills R at once; otherwise R gets `graceMs` to end by itself. `saveWorkspace`: R tries to save its global
 * environment first, within that time; `workspaceSaved` of the answer tells whether it could.
 */
export type EndOptions = { force: true } | { graceMs?: number; saveWorkspace?: boolean };

/**
 * The compute node as the web node sees it. All failures are {@link FarsideError}; `computeDown` when the
 * node can not be reached and could not be started again.
 */
export class ComputeClient {
  readonly #node: ComputeConnection;

  /** `restart` starts the node again after it died, see `ensureCompute`. */
  constructor(dataDir: string, restart?: () => Promise<void>) {
    this.#node = new ComputeConnection(dataDir, restart);
  }

  /** Frees the connections; the node and its sessions go on. */
  close(): void {
    this.#node.close();
  }

  async health(signal?: AbortSignal): Promise<ComputeHealth> {
    return ComputeHealth.parse(await this.#node.json('GET', '/health', undefined, signal));
  }

  /** The part of {@link health} that nodes of all versions have. */
  async version(signal?: AbortSignal): Promise<ComputeVersion> {
    return ComputeVersion.parse(await this.#node.json('GET', '/health', undefined, signal));
  }

  async configure(settings: ComputeSettings): Promise<void> {
    await this.#node.json('POST', '/settings', settings);
  }

  /** Starts R and waits for its first prompt. */
  async create(request: CreateSession): Promise<SessionInfo> {
    return SessionInfo.parse(await this.#node.json('POST', '/sessions', request));
  }

  async list(): Promise<SessionInfo[]> {
    return SessionList.parse(await this.#node.json('GET', '/sessions'));
  }

  async get(id: string): Promise<SessionInfo> {
    return SessionInfo.parse(await this.#node.json('GET', sessionPath(id)));
  }

  /** Ends R and answers when it is gone; directory and journal stay. */
  async end(id: string, options: EndOptions = {}): Promise<SessionInfo> {
    return SessionInfo.parse(await this.#node.json('DELETE', `${sessionPath(id)}?${endQuery(options)}`));
  }

  /** Throws `noSuchSession`. */
  async rename(id: string, name: string): Promise<SessionInfo> {
    return SessionInfo.parse(await this.#node.json('PATCH', sessionPath(id), { name }));
  }

  /** Deletes what is kept of an ended session; its working directory stays. Throws `sessionNotEnded`. */
  async remove(id: string): Promise<void> {
    await this.#node.json('DELETE', `${sessionPath(id)}/record`);
  }

  async interrupt(id: string, level: 1 | 2 = 1): Promise<void> {
    await this.#node.json('POST', `${sessionPath(id)}/interrupt`, { level });
  }

  /**
   * Out-of-band call: evaluates R code at idle without a trace in the console, and streams what it answers.
   * Errors: `callFailed` with R's message, `sessionBusy` when R was not idle within the budget. Destroy the
   * stream to give up.
   */
  async call(id: string, code: string, budgetMs: number): Promise<Readable> {
    return this.#node.stream('POST', `${sessionPath(id)}/call`, { code, budgetMs });
  }

  /** {@link call}, with the whole answer as text. */
  async callText(id: string, code: string, budgetMs: number): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of await this.call(id, code, budgetMs)) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  }

  /** A route of the plots below a session, e.g. `plots` or `plots/3?format=svg&width=400&height=400`. */
  async plots(id: string, path: string): Promise<Answer> {
    const body = await this.#node.stream('GET', `${sessionPath(id)}/${path}`);
    return { type: body.headers['content-type'] ?? 'application/octet-stream', body };
  }

  /** Documentation as JSON, read by an R of its own: see compute/help/routes.ts. Throws `noSuchHelp`. */
  async help(question: Readonly<Record<string, string | undefined>>): Promise<unknown> {
    const given = Object.entries(question).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return this.#node.json('GET', `/help?${new URLSearchParams(given).toString()}`);
  }

  /** A text that the session showed. */
  async document(id: string, document: string): Promise<Readable> {
    return this.#node.stream('GET', `${sessionPath(id)}/documents/${encodeURIComponent(document)}`);
  }

  /** R version and packages of this machine; with those of a user, whose libraries are in `personal`. */
  async rEnvironment(personal?: string): Promise<REnvironment> {
    const query = personal === undefined ? '' : `?${new URLSearchParams({ personal }).toString()}`;
    return REnvironment.parse(await this.#node.json('GET', `/r${query}`));
  }

  /**
   * Opens an attach stream behind `cursor`, the last sequence number the reader has. With `tail`, older output than
   * about so many bytes is left out and named by tombstones.
   */
  async attach(id: string, cursor: number, tail?: number): Promise<Attachment> {
    const query = tail === undefined ? `cursor=${cursor}` : `cursor=${cursor}&tail=${tail}`;
    const { socket, headers } = await this.#node.upgrade(
      `${sessionPath(id)}/attach?${query}`,
      ATTACH_UPGRADE,
    );
    return { stream: socket, head: Number(headers[HEAD_HEADER]) };
  }

  /**
   * Changes of sessions as they happen (coalesced). Ends with `computeDown` when the node dies: list the
   * sessions and call it again. `opened`: told when no change is missed any more.
   */
  async *changes(signal: AbortSignal, opened?: () => void): AsyncGenerator<SessionChange> {
    const body = await this.#node.stream('GET', '/changes', undefined, signal);
    opened?.();
    try {
      for await (const line of lines(body)) yield SessionChange.parse(JSON.parse(line));
    } catch (error) {
      if (signal.aborted) return;
      throw new FarsideError('computeDown', { reason: 'it closed the stream' }, { cause: error });
    }
  }

  /** Stops the node; sessions go on until a node is started again. */
  async shutdown(): Promise<void> {
    await this.#node.json('POST', '/shutdown');
  }
}

function endQuery(options: EndOptions): string {
  if ('force' in options) return 'force';
  const query = new URLSearchParams();
  if (options.graceMs !== undefined) query.set('grace', String(options.graceMs));
  if (options.saveWorkspace) query.set('save', '');
  return query.toString();
}

const sessionPath = (id: string): string => `/sessions/${encodeURIComponent(id)}`;
