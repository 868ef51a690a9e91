import { StringDecoder } from 'node:string_decoder';
import {
  decodeConsumed,
  Final,
  fromUtf8,
  PlotPage,
  readPayload,
  readTombstone,
  RecordType,
  tombstoneText,
  type JournalRecord,
} from '@farside/protocol';

const OUTPUT: ReadonlySet<string> = new Set([
  RecordType.stdout,
  RecordType.stderr,
  RecordType.childStdout,
  RecordType.childStderr,
]);

/**
 * A journal as plain text: what the terminal shows. Prompts, lines with their echo, output as R sent it (also its
 * carriage returns and colours), and a bracketed line for what is not text. Takes the records in order.
 */
export class JournalText {
  /** A kind of output may be cut inside a character. */
  readonly #decoders = new Map<string, StringDecoder>();
  #atLineStart = true;

  /** The text a record adds; often empty. */
  of(record: JournalRecord): string {
    const text = this.#text(record);
    if (text) this.#atLineStart = text.endsWith('\n');
    return text;
  }

  #text(record: JournalRecord): string {
    const { type, payload } = record;
    if (OUTPUT.has(type)) return this.#decoder(type).write(Buffer.from(payload));
    switch (type) {
      case RecordType.prompt:
        return fromUtf8(payload);
      case RecordType.consumed: {
        const { prompt, text } = decodeConsumed(payload);
        return prompt + text;
      }
      case RecordType.tombstone: {
        this.#decoders.clear();
        const tombstone = readTombstone(payload);
        return this.#line(tombstone ? tombstoneText(tombstone) : '[something is missing here]');
      }
      case RecordType.plot: {
        const plot = readPayload(PlotPage, payload);
        return plot && !plot.removed && plot.revision <= 1 ? this.#line(`[plot ${plot.page}]`) : '';
      }
      case RecordType.final:
        return this.#line(`[${readPayload(Final, payload)?.message ?? 'The session has ended.'}]`);
      default:
        return '';
    }
  }

  #line(text: string): string {
    return `${this.#atLineStart ? '' : '\n'}${text}\n`;
  }

  #decoder(type: string): StringDecoder {
    let decoder = this.#decoders.get(type);
    if (!decoder) this.#decoders.set(type, (decoder = new StringDecoder('utf8')));
    return decoder;
  }
}
