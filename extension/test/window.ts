import { FarsideClient, normalizeUrl, type FarsideSocket } from '@farside/client';
import type { HandoverBody } from '@farside/protocol';
import { goodTokens, told } from '../src/local/answers.ts';
import { Handover, type Handlers } from '../src/local/handover.ts';
import { MovableStore, RSignIn, pairOf, type SignInServer } from '../src/local/signIn.ts';

/** What a window is to local R: takes its sign-in over, and has a live connection with it. */
export class Window {
  readonly #handover = new Handover(() => this.#handlers);
  readonly handed: HandoverBody<'/session'>[] = [];
  signIn: RSignIn<SignInServer> | undefined;
  socket: FarsideSocket | undefined;
  /** Connections that ended by themselves. */
  cuts = 0;
  /** The sign-in ended by itself. */
  ended = 0;

  readonly #handlers: Handlers = {
    '/session': (body) => told(() => this.#take(body)),
    '/tokens': ({ refused }) => goodTokens(this.signIn, refused),
    '/logout': () => told(async () => this.signIn?.end()),
    '/password': () => Promise.resolve({ status: 204 }),
    '/pause': () => told(() => Promise.resolve()),
    '/resume': () => told(() => Promise.resolve()),
    '/job': () => told(() => Promise.resolve()),
    '/browse': () => told(() => Promise.resolve()),
  };

  /** The environment of its local R. */
  start(): Promise<Record<string, string>> {
    return this.#handover.start();
  }

  get client(): FarsideClient {
    if (this.signIn === undefined) throw new Error('R has not signed in.');
    return this.signIn.server.client;
  }

  dispose(): void {
    this.signIn?.server.client.dispose();
    this.#handover.dispose();
  }

  async #take(body: HandoverBody<'/session'>): Promise<void> {
    this.handed.push(body);
    this.signIn?.server.client.dispose();
    const url = normalizeUrl(body.endpoint);
    const tokens = new MovableStore(pairOf(body.tokens));
    const client = new FarsideClient({ url, tokens });
    client.onSignedOut(() => void this.ended++);
    this.signIn = new RSignIn(url, { client, tokens, signOut: () => client.signOut() }, 'guest');
    this.socket = await client.socket();
    this.socket.once('disconnect', () => void this.cuts++);
  }
}
