import { PromptKind, RecordType } from '@farside/protocol';
import type { LinkStatus } from '../attach/index.ts';
import type { LineKind } from './editor.ts';
import type { ConsoleState } from './options.ts';
import { filtered } from './streams.ts';

type Asking = Exclude<LineKind, 'busy'>;

const KINDS: Readonly<Record<string, Asking>> = {
  [PromptKind.top]: 'top',
  [PromptKind.continuation]: 'continuation',
  [PromptKind.readline]: 'readline',
  [PromptKind.menu]: 'menu',
  [PromptKind.browser]: 'browser',
};

/** What kind of line a prompt's record asks for. */
export const kindOf = (flag: number): Asking => KINDS[String.fromCharCode(flag)] ?? 'top';

/** How a console stands that waits for such a line. */
export const stateOf = (kind: Asking): ConsoleState =>
  kind === 'top'
    ? { state: 'idle' }
    : kind === 'readline' || kind === 'menu'
      ? { state: 'waiting' }
      : { state: kind };

export const R_PROMPT = '> ';
/** A prompt as it is drawn: R's own at top level may have another name. */
export const shownPrompt = (prompt: string, kind: LineKind, own = R_PROMPT): string =>
  kind === 'top' && prompt === R_PROMPT ? own : filtered(prompt);

/** Text of R and of its children. */
export const OUTPUT: ReadonlySet<string> = new Set([
  RecordType.stdout,
  RecordType.stderr,
  RecordType.childStdout,
  RecordType.childStderr,
]);

export const offlineState = ({
  reason,
  retryAt,
  since,
}: Extract<LinkStatus, { state: 'offline' }>): ConsoleState => ({
  state: 'offline',
  reason: reason.message,
  retryAt,
  since,
});

/** While R works; `interrupts`: how often it was interrupted and has not stopped. */
export const busyState = (interrupts: 0 | 1 | 2): ConsoleState =>
  interrupts === 0 ? { state: 'busy' } : { state: 'busy', interrupts };
