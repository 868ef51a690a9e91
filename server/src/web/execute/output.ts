import { StringDecoder } from 'node:string_decoder';
import { RecordType, type JournalRecord } from '@farside/protocol';

/** A reply is one JSON text in memory: only the end of longer output is in it; the console has it whole. */
export const MAX_CONSOLE_OUTPUT = 16 * 1024 * 1024;

const OUTPUT: ReadonlySet<string> = new Set([
  RecordType.stdout,
  RecordType.stderr,
  RecordType.childStdout,
  RecordType.childStderr,
]);

/** Gathers the console text of one execution, bounded; each kind of output may be cut inside a character. */
export class ConsoleOutput {
  readonly #decoders = new Map<string, StringDecoder>();
  #parts: string[] = [];
  #size = 0;
  #dropped = 0;

  add(record: JournalRecord): void {
    if (!OUTPUT.has(record.type)) return;
    let decoder = this.#decoders.get(record.type);
    if (!decoder) this.#decoders.set(record.type, (decoder = new StringDecoder('utf8')));
    const text = decoder.write(Buffer.from(record.payload));
    this.#parts.push(text);
    this.#size += text.length;
    if (this.#size > 2 * MAX_CONSOLE_OUTPUT) this.#trim();
  }

  get text(): string {
    this.#trim();
    const left = this.#dropped > 0 ? `[... ${this.#dropped} characters left out ...]\n` : '';
    return left + this.#parts.join('');
  }

  #trim(): void {
    if (this.#size <= MAX_CONSOLE_OUTPUT) return;
    const kept = this.#parts.join('').slice(-MAX_CONSOLE_OUTPUT);
    this.#dropped += this.#size - kept.length;
    this.#parts = [kept];
    this.#size = kept.length;
  }
}
