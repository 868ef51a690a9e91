import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { FarsideError } from '@farside/protocol';

/** Asks on the terminal; the question goes to standard error, so that output stays clean. */
export async function askLine(question: string): Promise<string> {
  return ask(question, process.stderr);
}

/** Asks without showing what is typed. */
export async function askSecret(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await ask('', silent, question);
  } finally {
    process.stderr.write('\n');
  }
}

async function ask(question: string, output: NodeJS.WritableStream, shown = ''): Promise<string> {
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  // Only now: from here on the terminal itself does not show what is typed.
  process.stderr.write(shown);
  const cancelled = new AbortController();
  reader.once('SIGINT', () => cancelled.abort());
  reader.once('close', () => cancelled.abort());
  try {
    return await reader.question(question, { signal: cancelled.signal });
  } catch (cause) {
    throw new FarsideError('cancelled', { what: 'The question' }, { cause });
  } finally {
    reader.close();
  }
}
