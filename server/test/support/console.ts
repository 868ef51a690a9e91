import { setTimeout as delay } from 'node:timers/promises';
import { ENDPOINTS, fillPath } from '@farside/protocol';
import type { Answer, Api } from './api.ts';

export type Event = Readonly<{ seq?: number; type: string } & Record<string, unknown>>;
const ASK_AGAIN_MS = 50;

/** A client of the console by request: keeps its cursor and asks again, whatever happens to an answer. */
export class TestConsole {
  readonly api: Api;
  readonly session: string;
  readonly events: Event[] = [];
  cursor: number;
  #counter = 0;
  readonly #client: string;

  constructor(api: Api, session: string, cursor = 0, client = '00000000000000c1') {
    this.api = api;
    this.session = session;
    this.cursor = cursor;
    this.#client = client;
  }

  /** Standard output so far, and standard error when asked. */
  text(streams = ['stdout', 'stderr']): string {
    const output = this.events.filter((e) => e.type === 'output' && streams.includes(String(e['stream'])));
    return output.map((e) => String(e['text'])).join('');
  }

  async send(text: string): Promise<void> {
    const answer = await this.input(text, ++this.#counter);
    if (answer.status !== 200) throw new Error(answer.text);
  }

  input(text: string, counter: number, client = this.#client): Promise<Answer> {
    return this.api.ask('sendInput', { params: { id: this.session }, body: { client, counter, text } });
  }

  /** One answer to its end, or until enough was seen: then the connection is cut where it is. */
  async read(
    query: Record<string, string> = {},
    enough: (event: Event) => boolean = () => false,
  ): Promise<boolean> {
    const cut = new AbortController();
    const path = fillPath(ENDPOINTS.console.path, { id: this.session });
    const values = new URLSearchParams({ after: String(this.cursor), ...query });
    const reply = await fetch(`${this.api.url}${path}?${values.toString()}`, {
      headers: { authorization: `Bearer ${this.api.tokens.access_token}` },
      signal: cut.signal,
    });
    if (reply.status !== 200 || !reply.body) throw new Error(await reply.text());
    let rest = '';
    for await (const part of reply.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = JSON.parse(line) as Event;
        this.#take(event);
        if (!enough(event)) continue;
        cut.abort();
        return true;
      }
    }
    return false;
  }

  /** Reads on, over as many answers as it takes. */
  async until(enough: (event: Event) => boolean, query: Record<string, string> = {}): Promise<void> {
    for (;;) {
      const seen = await this.read(query, enough).catch(() => false);
      if (seen) return;
      await delay(ASK_AGAIN_MS);
    }
  }

  untilPrompt(): Promise<void> {
    return this.until((event) => event.type === 'prompt');
  }

  #take(event: Event): void {
    if (event.seq !== undefined) this.cursor = event.seq;
    this.events.push(event);
  }
}
