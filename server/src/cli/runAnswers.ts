import { createInterface } from 'node:readline';
import { PromptKind } from '@farside/protocol';

/** What R gets when there is no more input: nothing for a question, no choice for a menu, go on for the browser. */
const AT_END: Readonly<Record<string, string>> = {
  [PromptKind.menu]: '0',
  [PromptKind.browser]: 'c',
};

/** Answers to readline() and its like from standard input, one line each. */
export function answers(): (kind: string) => Promise<string> {
  let lines: AsyncIterator<string> | undefined;
  return async (kind) => {
    lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    return done ? (AT_END[kind] ?? '') : String(value);
  };
}
