import type { SessionLink } from '@farside/client';
import {
  FarsideError,
  PromptKind,
  RecordType,
  decodeConsumed,
  fromUtf8,
  type JournalRecord,
} from '@farside/protocol';
import { leaving, outcomeOf, report } from './outcome.ts';
import { write } from './output.ts';
import { showOutput } from './showOutput.ts';

/** Inputs that the journal has not taken yet; more than this waits in the pipe. */
const INPUTS_UNDER_WAY = 32;
/** Bytes of one input: well under a record's limit, large enough to be few. */
const INPUT_BYTES = 64 * 1024;
const R_PROMPT = '> ';

export interface PipedOptions {
  readonly link: SessionLink;
  readonly prompt: string;
  readonly echo: boolean;
  readonly signInAgain?: () => Promise<void>;
}

/** Runs the lines of standard input and shows all that R and its children write, byte for byte. */
export async function runPiped(options: PipedOptions): Promise<number> {
  const { link } = options;
  link.onRecord((record) => show(record, options));
  const outcome = outcomeOf(link, options.signInAgain);
  const left = leaving(link);
  link.open();
  if (link.readOnly) return report(await Promise.race([outcome, left]));
  const feeding = feed(link, process.stdin).catch((error: unknown) => {
    link.close();
    throw error;
  });
  const [end] = await Promise.all([Promise.race([outcome, left]), Promise.race([feeding, outcome, left])]);
  return report(end);
}

/** Lines go up as they are; R reads them when it wants them, also as answers of readline(). */
async function feed(link: SessionLink, input: AsyncIterable<Buffer>): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const take = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const reason = 'it is not UTF-8; convert it first, e.g. with iconv -f latin1 -t utf-8';
      throw new FarsideError('badInput', { reason }, { cause });
    }
  };
  for await (const chunk of input)
    for (let at = 0; at < chunk.length; at += INPUT_BYTES) {
      const text = take(chunk.subarray(at, at + INPUT_BYTES));
      if (!text) continue;
      link.inputRaw(text);
      await roomFor(link);
    }
  take();
  link.eof();
}

/** Waits while too many inputs are under way. */
async function roomFor(link: SessionLink): Promise<void> {
  if (link.unaccepted < INPUTS_UNDER_WAY) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      if (link.unaccepted >= INPUTS_UNDER_WAY && link.status.state !== 'closed') return;
      for (const subscription of subscriptions) subscription.dispose();
      resolve();
    };
    const subscriptions = [link.onRecord(done), link.onStatus(done)];
  });
}

function show(record: JournalRecord, { prompt, echo }: PipedOptions): void | Promise<void> {
  switch (record.type) {
    case RecordType.prompt:
      return write(process.stdout, promptText(fromUtf8(record.payload), record.flag, prompt));
    case RecordType.consumed: {
      const line = decodeConsumed(record.payload);
      const shown = promptText(line.prompt, record.flag, prompt) + (echo ? line.text : '');
      return shown ? write(process.stdout, shown) : undefined;
    }
    default:
      return showOutput(record);
  }
}

const promptText = (text: string, flag: number, prompt: string): string =>
  text === R_PROMPT && String.fromCharCode(flag) === PromptKind.top ? prompt : text;
