/** A line that is nothing but q() or quit(), with what it is given. */
const QUIT = /^\s*(?:base::)?(?:q|quit)\s*\(([^()]*)\)\s*;?\s*(?:#.*)?$/;
const SAVES = /^\s*(?:save\s*=\s*)?["']yes["']/;

export const QUIT_QUESTION =
  'q() ends R on the server, and with it this session and its objects. End it? [y/N] ';
export const QUIT_SAVING = 'q("yes") ends this session; its objects are saved on the server. End it? [y/N] ';

/** The question to ask before a line is sent that ends the session; undefined for all others. */
export function quitQuestion(line: string): string | undefined {
  const given = QUIT.exec(line)?.[1];
  if (given === undefined) return undefined;
  return SAVES.test(given) ? QUIT_SAVING : QUIT_QUESTION;
}

/** A key that answers: yes, no, or undefined for what a terminal sends by itself. */
export function answerOf(data: string): boolean | undefined {
  if (data.startsWith('\x1b') && data.length > 1) return undefined;
  return /^y/i.test(data);
}

export interface QuitHost {
  /** Without it nothing is ever asked. */
  readonly enabled: boolean | undefined;
  readonly say: (text: string) => void;
  readonly send: (line: string) => void;
  /** The answer was no: back to where the line was typed. */
  readonly back: () => void;
}

/** Asks before a line is sent that ends R. */
export class QuitCheck {
  readonly #host: QuitHost;
  #line: string | undefined;

  constructor(host: QuitHost) {
    this.#host = host;
  }

  /** The next key answers. */
  get isAsking(): boolean {
    return this.#line !== undefined;
  }

  concerns(line: string): boolean {
    return this.#host.enabled === true && quitQuestion(line) !== undefined;
  }

  ask(line: string): void {
    this.#line = line;
    this.#host.say(quitQuestion(line) ?? '');
  }

  answer(data: string): void {
    const [line, yes] = [this.#line, answerOf(data)];
    if (line === undefined || yes === undefined) return;
    this.#line = undefined;
    this.#host.say(yes ? 'y\n' : 'n\n');
    if (yes) this.#host.send(line);
    else this.#host.back();
  }

  /** R asks for something else now. */
  reset(): void {
    this.#line = undefined;
  }
}
