import { bytesText } from '@farside/protocol';
import type { EndCause, SessionInfo, SessionState } from '@farside/protocol';

/** How a session's state looks everywhere: tree, terminal title, status bar. */
export interface StateLook {
  /** A theme icon's id. */
  readonly icon: string;
  readonly word: string;
}

/** Shorter work is over before the number is read. */
const WORTH_TELLING_MS = 2_000;
/** Somebody who was here a minute ago knows. */
const IDLE_WORTH_TELLING_MS = 60_000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;
/** A question longer than this does not fit beside a name. */
const QUESTION_CHARS = 40;

const ENDS: Readonly<Record<EndCause, StateLook>> = {
  quit: { icon: 'circle-slash', word: 'ended' },
  asked: { icon: 'circle-slash', word: 'ended' },
  eof: { icon: 'circle-slash', word: 'ended' },
  lease: { icon: 'circle-slash', word: 'ended, not used' },
  terminated: { icon: 'circle-slash', word: 'terminated' },
  crash: { icon: 'error', word: 'crashed' },
  killed: { icon: 'error', word: 'killed' },
  oom: { icon: 'error', word: 'out of memory' },
  'memory-limit': { icon: 'error', word: 'over its memory limit' },
  startup: { icon: 'error', word: 'did not start' },
  reboot: { icon: 'circle-slash', word: 'ended by a restart' },
};

export function stateLook(state: SessionState): StateLook {
  switch (state.state) {
    case 'starting':
      return { icon: 'loading~spin', word: 'starting' };
    case 'idle':
      return state.prompt === 'browser'
        ? { icon: 'debug-alt', word: 'in the browser' }
        : { icon: 'circle-filled', word: 'idle' };
    case 'waiting':
      return { icon: 'question', word: asks(state.text) };
    case 'busy':
      return { icon: 'sync~spin', word: 'busy' };
    case 'ending':
      return { icon: 'loading~spin', word: 'ending' };
    case 'ended':
      return ENDS[state.final.cause];
  }
}

/** `asks “name?”`: the last line of a prompt is the question. */
function asks(text: string): string {
  const question = text.trim().split('\n').at(-1)?.trim() ?? '';
  if (question === '') return 'waiting for an answer';
  const cut = question.length > QUESTION_CHARS ? `${question.slice(0, QUESTION_CHARS - 1)}…` : question;
  return `asks “${cut}”`;
}

/** "12 s", "3 min", "2 h", "5 d": rough on purpose, it stands beside a name. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} min`;
  if (s < DAY_S) return `${Math.floor(s / HOUR_S)} h`;
  return `${Math.floor(s / DAY_S)} d`;
}

/** The grey text beside a session's name: what matters most comes first, since a narrow view cuts the end. */
export function sessionDetail(session: SessionInfo, now: number, current = false): string {
  const parts = [stateWords(session, now)];
  if (current) parts.push('current');
  if (session.memory !== undefined && isAlive(session)) parts.push(bytesText(session.memory));
  if (session.hello) parts.push(`R ${session.hello.rVersion}`);
  return parts.join(' · ');
}

/** "busy for 3 min", "idle for 2 h", "crashed 5 min ago". */
export function stateWords({ state, lastActivity }: SessionInfo, now: number): string {
  const { word } = stateLook(state);
  const since = state.state === 'busy' ? now - state.since : now - lastActivity;
  if (state.state === 'ended') return `${word} ${duration(since)} ago`;
  if (state.state === 'busy' && since >= WORTH_TELLING_MS) return `${word} for ${duration(since)}`;
  const idle = state.state === 'idle' || state.state === 'waiting';
  return idle && since >= IDLE_WORTH_TELLING_MS ? `${word} for ${duration(since)}` : word;
}

/** A session counts as alive until its end is recorded. */
export const isAlive = (session: SessionInfo): boolean => session.state.state !== 'ended';

/** A job's worker is listed with the jobs. */
export const isJob = (session: SessionInfo): boolean => session.kind === 'job';

/** Those that run in the order of their birth, then the ended ones, the newest first. */
export function inOrder(sessions: readonly SessionInfo[]): readonly SessionInfo[] {
  const alive = sessions.filter(isAlive).sort((a, b) => a.created - b.created);
  const ended = sessions.filter((one) => !isAlive(one)).sort((a, b) => b.lastActivity - a.lastActivity);
  return [...alive, ...ended];
}
