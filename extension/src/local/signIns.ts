import { normalizeUrl } from '@farside/client';
import type { HandoverTokens } from '@farside/protocol';
import * as vscode from 'vscode';
import type { ServerConnection } from '../servers/connection.ts';
import type { Servers } from '../servers/servers.ts';
import { toFarsideError } from '../ui/toError.ts';
import { Refused } from './handover.ts';
import { MovableStore, RSignIn, pairOf } from './signIn.ts';

/** Asks the server for what R says it has: whoever sees it may show it. */
type Look = (server: ServerConnection) => Promise<unknown>;

/** Finds or makes the connection on which the session of a local R is shown. */
export class SignIns {
  readonly #servers: Servers;
  #last: RSignIn | undefined;

  constructor(servers: Servers) {
    this.#servers = servers;
  }

  get last(): RSignIn | undefined {
    return this.#last;
  }

  /** The connection for what R has at an address. @throws Refused, FarsideError */
  async resolve(endpoint: string, tokens: HandoverTokens, look: Look): Promise<RSignIn> {
    const url = normalizeUrl(endpoint);
    const last = this.#last;
    // R gives the refresh token away once: later calls are of the sign-in that is known.
    if (last?.url === url && tokens.refresh_token === undefined && (await sees(last.server, look)))
      return last;
    const made = await this.#make(url, tokens, look);
    last?.dispose();
    this.#last = made;
    return made;
  }

  /** R has signed out. */
  async end(): Promise<void> {
    const last = this.#last;
    this.#last = undefined;
    if (last === undefined) return;
    await last.end().catch(() => undefined);
    if (last.ownership === 'guest') this.#servers.removeGuest(last.server);
  }

  async #make(url: string, tokens: HandoverTokens, look: Look): Promise<RSignIn> {
    const pair = pairOf(tokens);
    const store = new MovableStore(pair);
    const listed = this.#servers.byUrl(url);
    if (listed?.state.kind === 'ready' && (await sees(listed, look)))
      return new RSignIn(url, listed, 'listed', store);
    if (listed?.state.kind === 'signedOut' && pair.refresh_token !== '') {
      // Also a guest whose sign-in is over: its terminals go on with the new one.
      await listed.adopt(pair);
      return new RSignIn(url, listed, listed.entry.guest ? 'guest' : 'adopted');
    }
    const guest = this.#servers.addGuest(url, store);
    try {
      await guest.refresh();
      if (guest.state.kind === 'failed') throw guest.state.error;
      await look(guest);
    } catch (error) {
      this.#servers.removeGuest(guest);
      const known = toFarsideError(error);
      // A server of the original has no live console: R's own prompt serves there.
      throw known.code === 'notFarside' || known.code === 'notFound' ? new Refused(410, known.text) : known;
    }
    if (listed === undefined) void this.#offerToKeep(guest, store);
    return new RSignIn(url, guest, 'guest');
  }

  /** Not in the list it is forgotten with the window. */
  async #offerToKeep(guest: ServerConnection, store: MovableStore): Promise<void> {
    const add = 'Add Server';
    const text = `R signed in to ${guest.entry.name}, which is not in your list of servers. Add it, and the session comes back after a reload of the window.`;
    if ((await vscode.window.showInformationMessage(text, add)) !== add) return;
    await this.#servers.keepGuest(guest, (next) => store.moveTo(next));
  }
}

const sees = (server: ServerConnection, look: Look): Promise<boolean> =>
  look(server).then(
    () => true,
    () => false,
  );
