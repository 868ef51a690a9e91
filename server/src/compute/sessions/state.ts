import {
  Final,
  fromUtf8,
  Hello,
  PromptKind,
  readPayload,
  RecordType,
  type JournalRecord,
  type SessionState,
} from '@farside/protocol';

/** What the journal says about a session. */
export interface SessionView {
  readonly state: SessionState;
  readonly hello?: Hello;
  /** ms since 1970 of the last record that is not output. */
  readonly lastActivity: number;
}

export const STARTING: SessionView = { state: { state: 'starting' }, lastActivity: 0 };

const OUTPUT = new Set<string>([
  RecordType.stdout,
  RecordType.stderr,
  RecordType.childStdout,
  RecordType.childStderr,
]);
export const isOutput = (type: string): boolean => OUTPUT.has(type);

/** The state machine of a session: pure, so that any reader of a journal comes to the same state. */
export function nextView(view: SessionView, record: JournalRecord): SessionView {
  if (isOutput(record.type)) return view;
  const state = nextState(view.state, record);
  const lastActivity = Math.floor(record.time / 1000);
  if (record.type !== RecordType.hello) return { ...view, state, lastActivity };
  const hello = readPayload(Hello, record.payload);
  return { ...view, state, lastActivity, ...(hello && { hello }) };
}

function nextState(state: SessionState, record: JournalRecord): SessionState {
  if (state.state === 'ended') return state;
  if (record.type === RecordType.final) return { state: 'ended', final: finalOf(record.payload) };
  if (state.state === 'ending') return state;
  switch (record.type) {
    case RecordType.hello:
      return { state: 'starting' };
    case RecordType.prompt:
      return promptState(String.fromCharCode(record.flag), record.payload);
    case RecordType.consumed:
      return { state: 'busy', since: Math.floor(record.time / 1000) };
    case RecordType.ending:
      return { state: 'ending' };
    default:
      return state;
  }
}

function promptState(kind: string, text: Uint8Array): SessionState {
  switch (kind) {
    case PromptKind.continuation:
      return { state: 'idle', prompt: 'continuation' };
    case PromptKind.browser:
      return { state: 'idle', prompt: 'browser' };
    case PromptKind.readline:
      return { state: 'waiting', prompt: 'readline', text: fromUtf8(text) };
    case PromptKind.menu:
      return { state: 'waiting', prompt: 'menu', text: fromUtf8(text) };
    default:
      return { state: 'idle', prompt: 'top' };
  }
}

const UNREADABLE: Final = { cause: 'crash', message: 'The session ended; its last record can not be read.' };
const finalOf = (payload: Uint8Array): Final => readPayload(Final, payload) ?? UNREADABLE;
